"""WGAN: a critic of bounded weights measures a distance between samples.

    min_G max_D  E D(x) - E D(G(z)),    every weight of D within [-c, c]        eq. 2, Algorithm 1

Paper: Arjovsky et al. 2017, Wasserstein GAN, arXiv:1701.07875
Tasks: images, vectors
"""
# Shapes: N batch, Z latent, S the shape of a sample.

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from torch import Tensor

import ganzoo
from ganzoo.nn import plain_networks, score, wasserstein


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.PlainConfig):
    """Numbers are those of Algorithm 1, but for the step size."""

    critic_turns: Annotated[int, "n_critic: turns of D per turn of G", ganzoo.Range(1, 100)] = 5
    clip: Annotated[float, "c: the greatest weight of D, up or down", ganzoo.Range(1e-6, 1e6)] = 0.01
    lr: Annotated[float, "alpha: RMSprop's step size; 5e-5 in the paper, more for a short run", ganzoo.Range(0, 1)] = (
        2e-4
    )


def distance(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """E D(x) - E D(G(z)), eq. 2; apart, since batch norm would mix them."""
    return wasserstein(nets.D(batch.real), nets.D(nets.G(batch.z)))


def clip_weights(nets: ganzoo.Nets, terms: Mapping[str, Tensor], kept: Mapping[str, Tensor], config: Config) -> None:
    """Every weight of D back into [-c, c], after each turn of D. Algorithm 1, line 7."""
    for parameter in nets.D.parameters():
        parameter.clamp_(-config.clip, config.clip)


def critic_score(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """E D(G(z)), the part of the distance that G can move."""
    return score(nets.D(nets.G(batch.z)))


def players(config: Config) -> list[ganzoo.Player]:
    """D climbs the distance n_critic times, clipped each time, then G climbs its score. Algorithm 1."""
    rmsprop = ganzoo.RMSprop(lr=config.lr)
    turns = config.critic_turns
    return [
        ganzoo.maximize(distance, over="D", by=rmsprop, turns=turns, after=clip_weights, equilibrium=0.0),
        ganzoo.maximize(critic_score, over="G", by=rmsprop),
    ]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for images of any size, convolutional from 16 to 256 pixels where they are square, and for vectors."""
    return ganzoo.Architecture(Config, plain_networks, players, spaces=("image", "vector"), size=16, steps=1500)
