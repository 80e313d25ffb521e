"""WaveGAN: sounds by convolutions in time, of a class where there are any.

    min_G max_C  E C(x) - E C(G(z)) - lambda E (|grad C(x^)| - 1)^2

C shuffles the phase of its layers, so that it does not learn the artefacts of transposed convolutions by their place.
Beside it S plays the same game with spectra, s(x) = log |STFT x| in place of x, as vocoders are judged by waves and by
spectra (UnivNet, arXiv:2106.07889). Where there are labels y, G has them beside z, the scores have a term for each, as
in cGANs with projection, and S names them, as in AC-GANs: S climbs mu E log P(y | s(x)) too, and G
mu E log P(y | s(G(z))). The paper has neither; without S C names them.

Paper: Donahue et al. 2019, Adversarial Audio Synthesis, arXiv:1802.04208
Tasks: audio, labels
"""
# Shapes: N batch, Z latent, K classes, T numbers of a sound, F features, B bins of pitch, M frames in time.

from dataclasses import dataclass
from typing import Annotated

import torch
from torch import Tensor, nn

import ganzoo
from ganzoo.nn import (
    MaybeLabelled,
    MaybeNaming,
    label_of,
    log_spectra,
    naming,
    naming_distance,
    score,
    spectra_encoder,
    wave_encoder,
    wave_generator,
)


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.AdamConfig):
    """Z, lambda and Adam's decay are those of table 5; width, turns and step size are for minutes of a CPU.

    Of spoken digits .99 are heard as those asked for after 1,400 steps of these numbers, .55 without S after 1,600.
    """

    latent_dim: Annotated[int, "Z, length of the noise vector", ganzoo.Range(1, 4096)] = 100
    width: Annotated[int, "channels of the widest layer in time; 64 in tables 3 and 4", ganzoo.Range(1, 512)] = 8
    shuffle: Annotated[int, "n: the most steps that a phase is shifted by", ganzoo.Range(0, 64)] = 2
    spectra: Annotated[int, "channels of S at half the spectra's size (ours); 0 for no S", ganzoo.Range(0, 512)] = 8
    window: Annotated[int, "numbers of a window of s, 16 ms at 8 kHz", ganzoo.Range(2, 4096)] = 128
    critic_turns: Annotated[int, "turns of the critics per turn of G; 5 in the paper", ganzoo.Range(1, 100)] = 1
    classes: Annotated[float, "mu: weight of naming the classes (ours)", ganzoo.Range(0, 1e6)] = 10.0
    penalty: Annotated[float, "lambda: weight of the penalty on slopes", ganzoo.Range(0, 1e6)] = 10.0
    lr: Annotated[float, "Adam's step size for all players; 1e-4 in the paper", ganzoo.Range(0, 1)] = 1e-3
    beta2: Annotated[float, "Adam's decay of the mean square", ganzoo.Range(0, 0.999999)] = 0.9


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G: (N, Z), labels (N,) -> (N, 1, T).  C: (N, 1, T), labels -> scores (N,).  S: (N, 1, B, M) alike, logits (N, K).

    C has the logits where there is no S.
    """
    classes, silence = len(space.classes), torch.zeros(1, *space.shape)
    nets = {
        "G": MaybeLabelled(wave_generator(space, config.latent_dim + classes, config.width), classes),
        "C": critic(wave_encoder(space, config.width, config.shuffle), silence, classes, named=not config.spectra),
    }
    if config.spectra:
        nets["S"] = critic(spectra_encoder(config.spectra), log_spectra(silence, config.window), classes)
    return nets


def critic(body: nn.Module, example: Tensor, classes: int, *, named: bool = True) -> MaybeNaming:
    """Scores, and logits if named, of the body's features; example: (1, ...), what it sees."""
    with torch.no_grad():
        features = body(example).shape[1]
    return MaybeNaming(body, features, classes, named=named)


def generate(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> Tensor:
    """G(z), of the batch's labels where there are any."""
    sounds: Tensor = nets.G(batch.z, label_of(batch))
    return sounds


def rank(nets: ganzoo.Nets, sounds: Tensor, batch: ganzoo.Batch, config: Config) -> Tensor:
    """C's score of sounds and the batch's labels."""
    value: Tensor = nets.C(sounds, label_of(batch))[0]
    return value


def distance(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """E C(x) - E C(G(z)), less the penalty at sounds between, and the likelihood of the reals' classes."""
    fake = generate(nets, batch, config)
    return naming_distance(nets.C, batch.real, fake, batch, penalty=config.penalty, classes=config.classes)


def spectral_distance(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """The same of S and of spectra."""
    real, fake = (log_spectra(sounds, config.window) for sounds in (batch.real, generate(nets, batch, config)))
    return naming_distance(nets.S, real, fake, batch, penalty=config.penalty, classes=config.classes)


def fooling(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """E C(G(z)) and E S(s(G(z))), and the likelihood of the classes that were asked for."""
    sounds, label = generate(nets, batch, config), label_of(batch)
    value, logits = nets.C(sounds, label)
    terms = {**score(value), **naming(logits, batch, config.classes)}
    if config.spectra:
        value, logits = nets.S(log_spectra(sounds, config.window), label)
        terms |= {"spectral_score": value.mean(), **naming(logits, batch, config.classes)}
    return terms


def players(config: Config) -> list[ganzoo.Player]:
    """C climbs the penalised distance, S that of spectra, then G climbs their scores."""
    critic_turns = config.critic_turns
    listening = ganzoo.maximize(distance, over="C", by=config.adam, turns=critic_turns, equilibrium=0.0)
    looking = ganzoo.maximize(spectral_distance, over="S", by=config.adam, turns=critic_turns, equilibrium=0.0)
    making = ganzoo.maximize(fooling, over="G", by=config.adam)
    return [listening, looking, making] if config.spectra else [listening, making]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for sounds of 32, 64, ... numbers, with labels or without."""
    return ganzoo.Architecture(
        Config, networks, players, generate=generate, discriminator=("C", "S"), score=rank, spaces=("audio",),
        data="tones", size=4096, batch=32, steps=1400, ema=0.99,
    )  # fmt: skip
