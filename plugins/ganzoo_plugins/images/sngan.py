"""SNGAN: the hinge game with a discriminator of spectral norm 1.

    max_D  E min(0, D(x) - 1) + E min(0, -D(G(z)) - 1)        max_G  E D(G(z))        eqs. 16, 17

Paper: Miyato et al. 2018, Spectral Normalization for Generative Adversarial Networks, arXiv:1802.05957
Tasks: images, vectors
"""
# Shapes: N batch, Z latent, S the shape of a sample.

from dataclasses import dataclass
from typing import Annotated

from torch import Tensor, nn

import ganzoo
from ganzoo.nn import (
    convolutional,
    hinge,
    plain_networks,
    residual_discriminator,
    residual_generator,
    score,
    spectral,
    together,
)


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.PlainConfig, ganzoo.AdamConfig):
    """Numbers are those of the paper's residual networks, but for the width."""

    latent_dim: Annotated[int, "Z, length of the noise vector", ganzoo.Range(1, 4096)] = 128
    width: Annotated[int, "channels; 256 and 128 in the paper, 16 for a CPU", ganzoo.Range(1, 512)] = 16
    discriminator_turns: Annotated[int, "n_dis: turns of D per turn of G", ganzoo.Range(1, 100)] = 5
    lr: Annotated[float, "alpha: Adam's step size for both players", ganzoo.Range(0, 1)] = 2e-4
    beta1: Annotated[float, "Adam's decay of the mean gradient", ganzoo.Range(0, 0.9999)] = 0.0
    beta2: Annotated[float, "Adam's decay of the mean square", ganzoo.Range(0, 0.999999)] = 0.9


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G: (N, Z) -> (N, *S), in [-1, 1] where the data are.  D: (N, *S) -> (N,), every layer of spectral norm 1."""
    if convolutional(space):
        return {
            "G": residual_generator(config.latent_dim, space.shape, config.width),
            "D": spectral(residual_discriminator(space.shape, config.width)),
        }
    plain = plain_networks(config, space, norm=None)
    return {**plain, "D": spectral(plain["D"])}


def margins(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """How far reals are short of 1 and fakes above -1, eq. 16."""
    return hinge(*together(nets.D, batch.real, nets.G(batch.z)))


def discriminator_score(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """E D(G(z)), eq. 17."""
    return score(nets.D(nets.G(batch.z)))


def players(config: Config) -> list[ganzoo.Player]:
    """D climbs its margins n_dis times, -2 when it cannot tell, then G climbs its score."""
    return [
        ganzoo.maximize(margins, over="D", by=config.adam, turns=config.discriminator_turns, equilibrium=-2.0),
        ganzoo.maximize(discriminator_score, over="G", by=config.adam),
    ]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for images of any size, convolutional from 16 to 256 pixels where they are square, and for vectors."""
    return ganzoo.Architecture(
        Config, networks, players, spaces=("image", "vector"), size=16, batch=32, steps=1500, ema=0.99
    )
