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

from torch import Tensor, nn

import ganzoo
from ganzoo.nn import discriminator_for, generator_for, relativistic, relativistic_average


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.Config):
    """Sizes are small for a CPU; Adam's numbers are DCGAN's, as in the paper's experiments with them."""

    latent_dim: Annotated[int, "Z, length of the noise vector", ganzoo.Range(1, 4096)] = 100
    width: Annotated[int, "channels at half the full size; 32 for a CPU", ganzoo.Range(1, 512)] = 32
    units: Annotated[int, "units of each hidden layer where there are no convolutions", ganzoo.Range(1, 8192)] = 256
    average: Annotated[bool, "RaSGAN: against the average of the others, not RSGAN's pairs"] = True
    lr: Annotated[float, "Adam's step size for both players (DCGAN's)", ganzoo.Range(0, 1)] = 2e-4
    beta1: Annotated[float, "Adam's decay of the mean gradient (DCGAN's)", ganzoo.Range(0, 0.9999)] = 0.5
    beta2: Annotated[float, "Adam's decay of the mean square", ganzoo.Range(0, 0.999999)] = 0.999


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G: (N, Z) -> (N, *S), in [-1, 1] where the data are.  D: (N, *S) -> (N,), unbounded."""
    return {
        "G": generator_for(space, config.latent_dim, config.width, config.units),
        "D": discriminator_for(space, config.width, config.units),
    }


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
    adam = ganzoo.Adam(lr=config.lr, betas=(config.beta1, config.beta2))
    solved = -math.log(4) if config.average else -math.log(2)
    return [
        ganzoo.maximize(more_real, over="D", by=adam, equilibrium=solved),
        ganzoo.maximize(more_real_than_real, over="G", by=adam),
    ]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for images of any size, convolutional from 16 to 256 pixels where they are square, and for vectors."""
    return ganzoo.Architecture(Config, networks, players, spaces=("image", "vector"), size=16, steps=1500)
