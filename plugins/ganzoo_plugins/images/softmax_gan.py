"""Softmax GAN: D spreads one unit of probability over a batch of both.

    min_D  log Z - E D(x)        min_G  log Z - (E D(x) + E D(G(z))) / 2,
    Z the sum of exp D over the reals and fakes of a batch        (the paper's D has the opposite sign)

Paper: Lin 2017, Softmax GAN, arXiv:1704.06191
Tasks: images, vectors
"""
# Shapes: N batch, Z latent, S the shape of a sample.

from dataclasses import dataclass

from torch import Tensor

import ganzoo
from ganzoo.nn import plain_networks, softmax_discriminator, softmax_generator


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.PlainConfig, ganzoo.AdamConfig):
    """The game has no numbers of its own; these are common ones."""


def mass_on_reals(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """The cross-entropy between all mass on the reals and D's share of it; apart for batch norm's sake."""
    return softmax_discriminator(nets.D(batch.real), nets.D(nets.G(batch.z)))


def mass_on_all(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """The cross-entropy between mass spread evenly over the batch and D's share of it: G needs reals too."""
    return softmax_generator(nets.D(batch.real), nets.D(nets.G(batch.z)))


def players(config: Config) -> list[ganzoo.Player]:
    """D puts the mass on the reals, then G draws its share. Both descend."""
    return [
        ganzoo.minimize(mass_on_reals, over="D", by=config.adam),
        ganzoo.minimize(mass_on_all, over="G", by=config.adam),
    ]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for images of any size, convolutional from 16 to 256 pixels where they are square, and for vectors."""
    return ganzoo.Architecture(Config, plain_networks, players, spaces=("image", "vector"), size=16, steps=1500)
