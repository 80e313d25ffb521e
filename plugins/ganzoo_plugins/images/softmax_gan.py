"""Softmax GAN: D spreads one unit of probability over a batch of both.

    min_D  log Z - E D(x)        min_G  log Z - (E D(x) + E D(G(z))) / 2,
    Z the sum of exp D over the reals and fakes of a batch        (the paper's D has the opposite sign)

Paper: Lin 2017, Softmax GAN, arXiv:1704.06191
Tasks: images, vectors
"""
# Shapes: N batch, Z latent, S the shape of a sample.

from dataclasses import dataclass
from typing import Annotated

from torch import Tensor, nn

import ganzoo
from ganzoo.nn import discriminator_for, generator_for, softmax_discriminator, softmax_generator


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.Config):
    """Sizes are small for a CPU, Adam's numbers are DCGAN's."""

    latent_dim: Annotated[int, "Z, length of the noise vector", ganzoo.Range(1, 4096)] = 100
    width: Annotated[int, "channels at half the full size; 32 for a CPU", ganzoo.Range(1, 512)] = 32
    units: Annotated[int, "units of each hidden layer where there are no convolutions", ganzoo.Range(1, 8192)] = 256
    lr: Annotated[float, "Adam's step size for both players (DCGAN's)", ganzoo.Range(0, 1)] = 2e-4
    beta1: Annotated[float, "Adam's decay of the mean gradient (DCGAN's)", ganzoo.Range(0, 0.9999)] = 0.5
    beta2: Annotated[float, "Adam's decay of the mean square", ganzoo.Range(0, 0.999999)] = 0.999


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G: (N, Z) -> (N, *S), in [-1, 1] where the data are.  D: (N, *S) -> (N,), an unnormalised log-probability."""
    return {
        "G": generator_for(space, config.latent_dim, config.width, config.units),
        "D": discriminator_for(space, config.width, config.units),
    }


def mass_on_reals(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """The cross-entropy between all mass on the reals and D's share of it; apart for batch norm's sake."""
    return softmax_discriminator(nets.D(batch.real), nets.D(nets.G(batch.z)))


def mass_on_all(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """The cross-entropy between mass spread evenly over the batch and D's share of it: G needs reals too."""
    return softmax_generator(nets.D(batch.real), nets.D(nets.G(batch.z)))


def players(config: Config) -> list[ganzoo.Player]:
    """D puts the mass on the reals, then G draws its share. Both descend."""
    adam = ganzoo.Adam(lr=config.lr, betas=(config.beta1, config.beta2))
    return [
        ganzoo.minimize(mass_on_reals, over="D", by=adam),
        ganzoo.minimize(mass_on_all, over="G", by=adam),
    ]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for images of any size, convolutional from 16 to 256 pixels where they are square, and for vectors."""
    return ganzoo.Architecture(Config, networks, players, spaces=("image", "vector"), size=16, steps=1500)
