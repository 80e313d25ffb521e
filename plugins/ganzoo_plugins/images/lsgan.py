"""LSGAN: least squares in place of the log-likelihood of a classifier.

    min_D  E (D(x) - 1)^2 / 2 + E D(G(z))^2 / 2        min_G  E (D(G(z)) - 1)^2 / 2        eq. 9

Paper: Mao et al. 2017, Least Squares Generative Adversarial Networks, arXiv:1611.04076
Tasks: images, vectors
"""
# Shapes: N batch, Z latent, S the shape of a sample.

from dataclasses import dataclass
from typing import Annotated

from torch import Tensor, nn

import ganzoo
from ganzoo.nn import discriminator_for, generator_for, least_squares_discriminator, least_squares_generator


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.Config):
    """The labels 0, 1, 1 of eq. 9 are fixed; sizes are small for a CPU, Adam's numbers are DCGAN's."""

    latent_dim: Annotated[int, "Z, length of the noise vector", ganzoo.Range(1, 4096)] = 100
    width: Annotated[int, "channels at half the full size; 32 for a CPU", ganzoo.Range(1, 512)] = 32
    units: Annotated[int, "units of each hidden layer where there are no convolutions", ganzoo.Range(1, 8192)] = 256
    lr: Annotated[float, "Adam's step size for both players (DCGAN's)", ganzoo.Range(0, 1)] = 2e-4
    beta1: Annotated[float, "Adam's decay of the mean gradient (DCGAN's)", ganzoo.Range(0, 0.9999)] = 0.5
    beta2: Annotated[float, "Adam's decay of the mean square", ganzoo.Range(0, 0.999999)] = 0.999


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G: (N, Z) -> (N, *S), in [-1, 1] where the data are.  D: (N, *S) -> (N,), a score without a sigmoid."""
    return {
        "G": generator_for(space, config.latent_dim, config.width, config.units),
        "D": discriminator_for(space, config.width, config.units),
    }


def errors(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """How far D is from giving 1 to reals and 0 to fakes, eq. 9; apart, since batch norm would mix them."""
    return least_squares_discriminator(nets.D(batch.real), nets.D(nets.G(batch.z)))


def error(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """How far D is from giving 1 to fakes, eq. 9."""
    return least_squares_generator(nets.D(nets.G(batch.z)))


def players(config: Config) -> list[ganzoo.Player]:
    """D descends its errors, which are 1/4 when it cannot tell, then G descends its own."""
    adam = ganzoo.Adam(lr=config.lr, betas=(config.beta1, config.beta2))
    return [
        ganzoo.minimize(errors, over="D", by=adam, equilibrium=0.25),
        ganzoo.minimize(error, over="G", by=adam),
    ]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for images of any size, convolutional from 16 to 256 pixels where they are square, and for vectors."""
    return ganzoo.Architecture(Config, networks, players, spaces=("image", "vector"), size=16, steps=1500)
