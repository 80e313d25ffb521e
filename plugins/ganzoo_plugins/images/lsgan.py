"""LSGAN: least squares in place of the log-likelihood of a classifier.

    min_D  E (D(x) - 1)^2 / 2 + E D(G(z))^2 / 2        min_G  E (D(G(z)) - 1)^2 / 2        eq. 9

Paper: Mao et al. 2017, Least Squares Generative Adversarial Networks, arXiv:1611.04076
Tasks: images, vectors
"""
# Shapes: N batch, Z latent, S the shape of a sample.

from dataclasses import dataclass

from torch import Tensor

import ganzoo
from ganzoo.nn import least_squares_discriminator, least_squares_generator, plain_networks


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.PlainConfig, ganzoo.AdamConfig):
    """The labels 0, 1, 1 of eq. 9 are fixed; the numbers are common ones."""


def errors(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """How far D is from giving 1 to reals and 0 to fakes, eq. 9; apart, since batch norm would mix them."""
    return least_squares_discriminator(nets.D(batch.real), nets.D(nets.G(batch.z)))


def error(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """How far D is from giving 1 to fakes, eq. 9."""
    return least_squares_generator(nets.D(nets.G(batch.z)))


def players(config: Config) -> list[ganzoo.Player]:
    """D descends its errors, which are 1/4 when it cannot tell, then G descends its own."""
    return [
        ganzoo.minimize(errors, over="D", by=config.adam, equilibrium=0.25),
        ganzoo.minimize(error, over="G", by=config.adam),
    ]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for images of any size, convolutional from 16 to 256 pixels where they are square, and for vectors."""
    return ganzoo.Architecture(Config, plain_networks, players, spaces=("image", "vector"), size=16, steps=1500)
