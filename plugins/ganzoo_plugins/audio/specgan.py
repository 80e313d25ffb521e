"""SpecGAN: sounds by pictures of spectra, of a class where there are any.

    min_G max_C  E C(s(x)) - E C(G(z)) - lambda E (|grad C(s^)| - 1)^2
    s(x) = clip(log |STFT x| - mean, -3 std, 3 std) / (3 std)            mean and std of each pitch over the data

A sound is what Griffin and Lim's rounds find for the magnitudes of G(z). Where there are labels y, G has them beside
z, C's score has a term for each, as in cGANs with projection, and C names them, as in AC-GANs: C climbs
mu E log P(y | s(x)) too, and G mu E log P(y | G(z)).

Paper: Donahue et al. 2019, Adversarial Audio Synthesis, arXiv:1802.04208
Tasks: audio, labels
"""
# Shapes: N batch, Z latent, K classes, T numbers of a sound, B bins of pitch, M frames in time; B M = T.

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from torch import Tensor, nn

import ganzoo
from ganzoo.nn import (
    MaybeLabelled,
    MaybeNaming,
    SoundPictures,
    conv_encoder,
    conv_generator,
    gradient_penalty,
    label_of,
    naming,
    score,
    wasserstein,
)


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.AdamConfig):
    """Rounds, Z, lambda and Adam's decay are the paper's; width, turns and step size are for minutes of a CPU.

    Of spoken digits .93 are heard as those asked for after 600 steps of these numbers, .69 without mu, .85 with mu but
    without projection, .84 without batch norm in G; .56 after 2,000 of five turns at 3e-4 with neither mu nor norm.
    """

    latent_dim: Annotated[int, "Z, length of the noise vector", ganzoo.Range(1, 4096)] = 100
    width: Annotated[int, "channels at half the full size; 64 in the paper", ganzoo.Range(1, 512)] = 8
    window: Annotated[int, "numbers of a window, 2 B; the paper's 16 ms are 128 at 8 kHz", ganzoo.Range(32, 512)] = 128
    rounds: Annotated[int, "of Griffin and Lim, 16 in the paper", ganzoo.Range(1, 1000)] = 16
    critic_turns: Annotated[int, "turns of C per turn of G; 5 in the paper", ganzoo.Range(1, 100)] = 1
    classes: Annotated[float, "mu: weight of C's naming the classes (ours)", ganzoo.Range(0, 1e6)] = 10.0
    penalty: Annotated[float, "lambda: weight of the penalty on C's slope", ganzoo.Range(0, 1e6)] = 10.0
    lr: Annotated[float, "Adam's step size for both players; 1e-4 in the paper", ganzoo.Range(0, 1)] = 1e-3
    beta2: Annotated[float, "Adam's decay of the mean square", ganzoo.Range(0, 0.999999)] = 0.9


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G: (N, Z), labels (N,) -> (N, 1, B, M).  C: (N, 1, B, M), labels -> scores (N,), logits (N, K).  pictures: s.

    G has batch norm, the paper's has none.
    """
    pictures, classes, features = SoundPictures(space, config.window), len(space.classes), 8 * config.width
    shape = pictures.shape
    encoder = nn.Sequential(conv_encoder(shape, features, config.width, norm=None), nn.LeakyReLU(0.2))
    return {
        "G": MaybeLabelled(conv_generator(config.latent_dim + classes, shape, config.width), classes),
        "C": MaybeNaming(encoder, features, classes),
        "pictures": pictures,
    }


def pictures_of(nets: ganzoo.Nets, batch: ganzoo.Batch) -> Tensor:
    """G(z), of the batch's labels where there are any: (N, 1, B, M)."""
    made: Tensor = nets.G(batch.z, label_of(batch))
    return made


def generate(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> Tensor:
    """The sounds of G(z)."""
    sounds: Tensor = nets.pictures.sounds(pictures_of(nets, batch), config.rounds)
    return sounds


def rank(nets: ganzoo.Nets, sounds: Tensor, batch: ganzoo.Batch, config: Config) -> Tensor:
    """C's score of the sounds' pictures and the batch's labels."""
    value: Tensor = nets.C(nets.pictures(sounds), label_of(batch))[0]
    return value


def distance(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """E C(s(x)) - E C(G(z)), less the penalty at pictures between, and the likelihood of the reals' classes."""
    loudness = nets.pictures.loudness(batch.real)
    batch.keep("mean", loudness.mean((0, 2)))
    batch.keep("square", loudness.square().mean((0, 2)))
    label, real, fake = label_of(batch), nets.pictures(batch.real), pictures_of(nets, batch)
    penalty = gradient_penalty(lambda x: nets.C(x, label)[0], real, fake)
    value, logits = nets.C(real, label)
    return {
        **wasserstein(value, nets.C(fake, label)[0]),
        "penalty": -config.penalty * penalty,
        **naming(logits, batch, config.classes),
    }


def measure(nets: ganzoo.Nets, terms: Mapping[str, Tensor], kept: Mapping[str, Tensor], config: Config) -> None:
    """The mean and the mean square of each pitch are those of all turns so far."""
    nets.pictures.take(kept["mean"], kept["square"])


def fooling(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """E C(G(z)), and the likelihood of the classes that were asked for."""
    value, logits = nets.C(pictures_of(nets, batch), label_of(batch))
    return {**score(value), **naming(logits, batch, config.classes)}


def players(config: Config) -> list[ganzoo.Player]:
    """C climbs the penalised distance, then G climbs its score."""
    return [
        ganzoo.maximize(distance, over="C", by=config.adam, turns=config.critic_turns, after=measure, equilibrium=0.0),
        ganzoo.maximize(fooling, over="G", by=config.adam),
    ]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for sounds of 16, 32, ... frames, with labels or without."""
    return ganzoo.Architecture(
        Config, networks, players, generate=generate, generator=("G", "pictures"), discriminator=("C",), score=rank,
        spaces=("audio",), data="tones", size=4096, batch=32, steps=2000, ema=0.99,
    )  # fmt: skip
