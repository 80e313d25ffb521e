"""DRAGAN: the minimax game with D's slope held to 1 around the data.

    max_D  E log D(x) + E log(1 - D(G(z))) - lambda E (|grad D(x + d)| - 1)^2,   d ~ N(0, c I)
    max_G  E log D(G(z))

Paper: Kodali et al. 2017, On Convergence and Stability of GANs, arXiv:1705.07215
Tasks: images, vectors
"""
# Shapes: N batch, Z latent, S the shape of a sample; d is noise.

import math
from dataclasses import dataclass
from typing import Annotated

from torch import Tensor, nn

import ganzoo
from ganzoo.nn import local_gradient_penalty, minimax, non_saturating, plain_networks, together


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.PlainConfig, ganzoo.AdamConfig):
    """lambda is the paper's, c the authors' code's; all else is common."""

    penalty: Annotated[float, "lambda: weight of the penalty on D's slope", ganzoo.Range(0, 1e6)] = 10.0
    spread: Annotated[float, "the noise's deviation, in deviations of the data", ganzoo.Range(0, 100)] = 0.5


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G: (N, Z) -> (N, *S).  D: (N, *S) -> (N,), the logit; without batch norm, for a slope at each sample alone."""
    return plain_networks(config, space, norm=None)


def value(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """V(D, G), less the penalty around the data."""
    penalty = local_gradient_penalty(nets.D, batch.real, config.spread)
    return {**minimax(*together(nets.D, batch.real, nets.G(batch.z))), "penalty": -config.penalty * penalty}


def fooling(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """E log D(G(z))."""
    return non_saturating(nets.D(nets.G(batch.z)))


def players(config: Config) -> list[ganzoo.Player]:
    """D climbs the penalised value, then G climbs E log D(G(z))."""
    return [
        ganzoo.maximize(value, over="D", by=config.adam, equilibrium=-math.log(4)),
        ganzoo.maximize(fooling, over="G", by=config.adam),
    ]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for images of any size, convolutional from 16 to 256 pixels where they are square, and for vectors."""
    return ganzoo.Architecture(Config, networks, players, spaces=("image", "vector"), size=16, steps=2000, ema=0.99)
