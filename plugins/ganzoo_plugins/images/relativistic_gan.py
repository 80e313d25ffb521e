"""Relativistic GAN: D says which is more real, not whether one is real.

    RSGAN    max_D  E log sigmoid(D(x) - D(G(z)))        max_G  E log sigmoid(D(G(z)) - D(x))
    RaSGAN   max_D  E log sigmoid(D(x) - E D(G(z))) + E log(1 - sigmoid(D(G(z)) - E D(x))),  and exchanged for G

Paper: Jolicoeur-Martineau 2018, The relativistic discriminator: a key element missing from standard GAN,
    arXiv:1807.00734
Tasks: images, vectors
"""
# Shapes: N batch, Z latent, S the shape of a sample.

import math
from dataclasses import dataclass
from typing import Annotated

from torch import Tensor

import ganzoo
from ganzoo.nn import plain_networks, relativistic, relativistic_average


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.PlainConfig, ganzoo.AdamConfig):
    """Adam's numbers are DCGAN's, as in the paper's experiments with them."""

    average: Annotated[bool, "RaSGAN: against the average of the others, not RSGAN's pairs"] = True


def more_real(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """How much more real D finds the data, by pairs or against the average; apart, since batch norm would mix them."""
    compare = relativistic_average if config.average else relativistic
    return compare(nets.D(batch.real), nets.D(nets.G(batch.z)))


def more_real_than_real(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """The same with the data and the generated exchanged: G needs reals too."""
    compare = relativistic_average if config.average else relativistic
    return compare(nets.D(nets.G(batch.z)), nets.D(batch.real))


def players(config: Config) -> list[ganzoo.Player]:
    """D climbs how much more real the data are, then G how much more real its own are. Algorithms 1 and 2."""
    solved = -math.log(4) if config.average else -math.log(2)
    return [
        ganzoo.maximize(more_real, over="D", by=config.adam, equilibrium=solved),
        ganzoo.maximize(more_real_than_real, over="G", by=config.adam),
    ]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for images of any size, convolutional from 16 to 256 pixels where they are square, and for vectors."""
    return ganzoo.Architecture(Config, plain_networks, players, spaces=("image", "vector"), size=16, steps=1500)
