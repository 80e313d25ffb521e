"""WaveGAN: sounds by convolutions in time, of a class where there are any.

    min_G max_C  E C(x) - E C(G(z)) - lambda E (|grad C(x^)| - 1)^2

C shuffles the phase of its layers, so that it does not learn the artefacts of transposed convolutions by their place.
Where there are labels y, G has them beside z, C's score has a term for each, as in cGANs with projection, and C names
them, as in AC-GANs: C climbs mu E log P(y | x) too, and G mu E log P(y | G(z)).

Paper: Donahue et al. 2019, Adversarial Audio Synthesis, arXiv:1802.04208
Tasks: audio, labels
"""
# Shapes: N batch, Z latent, K classes, T numbers of a sound, F features.

from dataclasses import dataclass
from typing import Annotated

import torch
from torch import Tensor, nn

import ganzoo
from ganzoo.nn import (
    MaybeLabelled,
    MaybeNaming,
    gradient_penalty,
    label_of,
    naming,
    score,
    wasserstein,
    wave_encoder,
    wave_generator,
)


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.AdamConfig):
    """Z, lambda and Adam's decay are those of table 5; width, turns and step size are for minutes of a CPU.

    Of spoken digits .55 are heard as those asked for after 1,600 steps, and those of one digit are alike.
    """

    latent_dim: Annotated[int, "Z, length of the noise vector", ganzoo.Range(1, 4096)] = 100
    width: Annotated[int, "channels of the widest layer in time; 64 in tables 3 and 4", ganzoo.Range(1, 512)] = 8
    shuffle: Annotated[int, "n: the most steps that a phase is shifted by", ganzoo.Range(0, 64)] = 2
    critic_turns: Annotated[int, "turns of C per turn of G; 5 in the paper", ganzoo.Range(1, 100)] = 1
    classes: Annotated[float, "mu: weight of C's naming the classes (ours)", ganzoo.Range(0, 1e6)] = 10.0
    penalty: Annotated[float, "lambda: weight of the penalty on C's slope", ganzoo.Range(0, 1e6)] = 10.0
    lr: Annotated[float, "Adam's step size for both players; 1e-4 in the paper", ganzoo.Range(0, 1)] = 1e-3
    beta2: Annotated[float, "Adam's decay of the mean square", ganzoo.Range(0, 0.999999)] = 0.9


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G: (N, Z), labels (N,) -> (N, 1, T).  C: (N, 1, T), labels -> scores (N,), logits (N, K)."""
    classes = len(space.classes)
    body = wave_encoder(space, config.width, config.shuffle)
    with torch.no_grad():
        features = body(torch.zeros(1, *space.shape)).shape[1]
    return {
        "G": MaybeLabelled(wave_generator(space, config.latent_dim + classes, config.width), classes),
        "C": MaybeNaming(body, features, classes),
    }


def generate(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> Tensor:
    """G(z), of the batch's labels where there are any."""
    sounds: Tensor = nets.G(batch.z, label_of(batch))
    return sounds


def rank(nets: ganzoo.Nets, sounds: Tensor, batch: ganzoo.Batch, config: Config) -> Tensor:
    """C's score of sounds and the batch's labels."""
    value: Tensor = nets.C(sounds, label_of(batch))[0]
    return value


def distance(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """E C(x) - E C(G(z)), less the penalty at points between, and the likelihood of the reals' classes."""
    fake = generate(nets, batch, config)
    penalty = gradient_penalty(lambda x: rank(nets, x, batch, config), batch.real, fake)
    value, logits = nets.C(batch.real, label_of(batch))
    return {
        **wasserstein(value, rank(nets, fake, batch, config)),
        "penalty": -config.penalty * penalty,
        **naming(logits, batch, config.classes),
    }


def fooling(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """E C(G(z)), and the likelihood of the classes that were asked for."""
    value, logits = nets.C(generate(nets, batch, config), label_of(batch))
    return {**score(value), **naming(logits, batch, config.classes)}


def players(config: Config) -> list[ganzoo.Player]:
    """C climbs the penalised distance, then G climbs its score."""
    return [
        ganzoo.maximize(distance, over="C", by=config.adam, turns=config.critic_turns, equilibrium=0.0),
        ganzoo.maximize(fooling, over="G", by=config.adam),
    ]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for sounds of 32, 64, ... numbers, with labels or without."""
    return ganzoo.Architecture(
        Config, networks, players, generate=generate, discriminator=("C",), score=rank, spaces=("audio",), data="tones",
        size=4096, batch=32, steps=1600, ema=0.99,
    )  # fmt: skip
