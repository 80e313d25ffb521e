"""BGAN: the generator seeks the boundary on which D cannot decide.

    max_D  E log D(x) + E log(1 - D(G(z)))        min_G  E (log D(G(z)) - log(1 - D(G(z))))^2 / 2

Paper: Hjelm et al. 2018, Boundary-Seeking Generative Adversarial Networks, arXiv:1702.08431
Tasks: images, vectors
"""
# Shapes: N batch, Z latent, S the shape of a sample.

import math
from dataclasses import dataclass
from typing import Annotated

from torch import Tensor, nn

import ganzoo
from ganzoo.nn import boundary_seeking, discriminator_for, generator_for, minimax


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.Config):
    """The game for continuous data; sizes are small for a CPU, Adam's numbers are DCGAN's."""

    latent_dim: Annotated[int, "Z, length of the noise vector", ganzoo.Range(1, 4096)] = 100
    width: Annotated[int, "channels at half the full size; 32 for a CPU", ganzoo.Range(1, 512)] = 32
    units: Annotated[int, "units of each hidden layer where there are no convolutions", ganzoo.Range(1, 8192)] = 256
    lr: Annotated[float, "Adam's step size for both players (DCGAN's)", ganzoo.Range(0, 1)] = 2e-4
    beta1: Annotated[float, "Adam's decay of the mean gradient (DCGAN's)", ganzoo.Range(0, 0.9999)] = 0.5
    beta2: Annotated[float, "Adam's decay of the mean square", ganzoo.Range(0, 0.999999)] = 0.999


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G: (N, Z) -> (N, *S), in [-1, 1] where the data are.  D: (N, *S) -> (N,), the logit of being real."""
    return {
        "G": generator_for(space, config.latent_dim, config.width, config.units),
        "D": discriminator_for(space, config.width, config.units),
    }


def value(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """V(D, G); reals and fakes pass apart, since batch norm would mix their statistics."""
    return minimax(nets.D(batch.real), nets.D(nets.G(batch.z)))


def from_boundary(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """How far fakes are from D's boundary: half the squared logit, finite however sure D is."""
    return boundary_seeking(nets.D(nets.G(batch.z)))


def players(config: Config) -> list[ganzoo.Player]:
    """D climbs V, then G descends its distance from the boundary."""
    adam = ganzoo.Adam(lr=config.lr, betas=(config.beta1, config.beta2))
    return [
        ganzoo.maximize(value, over="D", by=adam, equilibrium=-math.log(4)),
        ganzoo.minimize(from_boundary, over="G", by=adam),
    ]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for images of any size, convolutional from 16 to 256 pixels where they are square, and for vectors."""
    return ganzoo.Architecture(Config, networks, players, spaces=("image", "vector"), size=16, steps=1500)
