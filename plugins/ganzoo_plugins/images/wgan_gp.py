"""WGAN-GP: a critic kept 1-Lipschitz by a penalty on its slope.

    min_G max_D  E D(x) - E D(G(z)) - lambda E (|grad D(x^)| - 1)^2        eq. 3

Paper: Gulrajani et al. 2017, Improved Training of Wasserstein GANs, arXiv:1704.00028
Tasks: images, vectors
"""
# Shapes: N batch, Z latent, S the shape of a sample, C H W image; x^ lies between a real and a fake.

from dataclasses import dataclass
from typing import Annotated

from torch import Tensor, nn

import ganzoo
from ganzoo.nn import (
    conv_discriminator,
    conv_generator,
    discriminator_for,
    generator_for,
    gradient_penalty,
    score,
    together,
    wasserstein,
)


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.PlainConfig, ganzoo.AdamConfig):
    """Numbers are those of Algorithm 1, sizes those of the authors' code (MNIST and toy data)."""

    latent_dim: Annotated[int, "Z, length of the noise vector, the authors'", ganzoo.Range(1, 4096)] = 128
    units: Annotated[int, "units of each hidden layer for vectors, the authors'", ganzoo.Range(1, 8192)] = 512
    critic_turns: Annotated[int, "n_critic: turns of D per turn of G", ganzoo.Range(1, 100)] = 5
    penalty: Annotated[float, "lambda: weight of the penalty on D's slope", ganzoo.Range(0, 1e6)] = 10.0
    lr: Annotated[float, "alpha: Adam's step size for both players", ganzoo.Range(0, 1)] = 1e-4
    beta1: Annotated[float, "Adam's decay of the mean gradient", ganzoo.Range(0, 0.9999)] = 0.0
    beta2: Annotated[float, "Adam's decay of the mean square", ganzoo.Range(0, 0.999999)] = 0.9


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G: (N, Z) -> (N, *S), in [-1, 1] where the data are.  D: (N, *S) -> (N,), unbounded, no batch norm."""
    if space.kind == "image":
        return {
            "G": conv_generator(config.latent_dim, space.shape, config.width),
            "D": conv_discriminator(space.shape, config.width, norm=None),
        }
    return {
        "G": generator_for(space, config.latent_dim, config.width, config.units),
        "D": discriminator_for(space, config.width, config.units),
    }


def distance(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """E D(x) - E D(G(z)), less the penalty at points between."""
    fake = nets.G(batch.z)
    penalty = gradient_penalty(nets.D, batch.real, fake)
    return {**wasserstein(*together(nets.D, batch.real, fake)), "penalty": -config.penalty * penalty}


def critic_score(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """E D(G(z)), the part of the distance that G can move."""
    return score(nets.D(nets.G(batch.z)))


def players(config: Config) -> list[ganzoo.Player]:
    """D climbs the penalised distance n_critic times, then G climbs its score. Algorithm 1."""
    return [
        ganzoo.maximize(distance, over="D", by=config.adam, turns=config.critic_turns, equilibrium=0.0),
        ganzoo.maximize(critic_score, over="G", by=config.adam),
    ]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for square images of 16 to 256 pixels with any number of channels, and for vectors."""
    return ganzoo.Architecture(Config, networks, players, spaces=("image", "vector"), size=16, steps=1000)
