"""WGAN-div: a Wasserstein divergence, which asks nothing of D's slope.

    min_G max_D  E D(x) - E D(G(z)) - k E |grad D(x^)|^p

Paper: Wu et al. 2018, Wasserstein Divergence for GANs, arXiv:1712.01026
Tasks: images, vectors
"""
# Shapes: N batch, Z latent, S the shape of a sample; x^ lies between a real and a fake.

from dataclasses import dataclass
from typing import Annotated

from torch import Tensor, nn

import ganzoo
from ganzoo.nn import divergence_penalty, plain_networks, score, together, wasserstein


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.PlainConfig, ganzoo.AdamConfig):
    """k and p are the paper's choice; all else is common."""

    weight: Annotated[float, "k: weight of the slope's power", ganzoo.Range(0, 1e6)] = 2.0
    power: Annotated[float, "p: power of the slope", ganzoo.Range(1, 20)] = 6.0


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G: (N, Z) -> (N, *S).  D: (N, *S) -> (N,), unbounded; without batch norm, for a slope at each sample alone."""
    return plain_networks(config, space, norm=None)


def divergence(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """E D(x) - E D(G(z)), less the power of D's slope at points between."""
    fake = nets.G(batch.z)
    penalty = divergence_penalty(nets.D, batch.real, fake, config.power)
    return {**wasserstein(*together(nets.D, batch.real, fake)), "penalty": -config.weight * penalty}


def critic_score(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """E D(G(z)), the part of the divergence that G can move."""
    return score(nets.D(nets.G(batch.z)))


def players(config: Config) -> list[ganzoo.Player]:
    """D climbs the divergence, then G climbs its score; turn by turn, as in Algorithm 1."""
    return [
        ganzoo.maximize(divergence, over="D", by=config.adam, equilibrium=0.0),
        ganzoo.maximize(critic_score, over="G", by=config.adam),
    ]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for images of any size, convolutional from 16 to 256 pixels where they are square, and for vectors."""
    return ganzoo.Architecture(Config, networks, players, spaces=("image", "vector"), size=16, steps=2000, ema=0.99)
