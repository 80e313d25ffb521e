"""BGAN: the generator seeks the boundary on which D cannot decide.

    max_D  E log D(x) + E log(1 - D(G(z)))        min_G  E (log D(G(z)) - log(1 - D(G(z))))^2 / 2

Paper: Hjelm et al. 2018, Boundary-Seeking Generative Adversarial Networks, arXiv:1702.08431
Tasks: images, vectors
"""
# Shapes: N batch, Z latent, S the shape of a sample.

import math
from dataclasses import dataclass

from torch import Tensor

import ganzoo
from ganzoo.nn import boundary_seeking, minimax, plain_networks


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.PlainConfig, ganzoo.AdamConfig):
    """The game for continuous data has no numbers of its own; these are common ones."""


def value(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """V(D, G); reals and fakes pass apart, since batch norm would mix their statistics."""
    return minimax(nets.D(batch.real), nets.D(nets.G(batch.z)))


def from_boundary(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """How far fakes are from D's boundary: half the squared logit, finite however sure D is."""
    return boundary_seeking(nets.D(nets.G(batch.z)))


def players(config: Config) -> list[ganzoo.Player]:
    """D climbs V, then G descends its distance from the boundary."""
    return [
        ganzoo.maximize(value, over="D", by=config.adam, equilibrium=-math.log(4)),
        ganzoo.minimize(from_boundary, over="G", by=config.adam),
    ]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for images of any size, convolutional from 16 to 256 pixels where they are square, and for vectors."""
    return ganzoo.Architecture(Config, plain_networks, players, spaces=("image", "vector"), size=16, steps=1500)
