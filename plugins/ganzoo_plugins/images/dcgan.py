"""DCGAN: the minimax game between convolutional networks with batch norm.

    max_D  E log D(x) + E log(1 - D(G(z)))        max_G  E log D(G(z))

Paper: Radford et al. 2015, Unsupervised Representation Learning with Deep Convolutional Generative
    Adversarial Networks, arXiv:1511.06434
Tasks: images
"""
# Shapes: N batch, Z latent, C H W image.

import math
from dataclasses import dataclass
from typing import Annotated

from torch import Tensor, nn

import ganzoo
from ganzoo.nn import conv_discriminator, conv_generator, minimax, non_saturating, normal_init


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.AdamConfig):
    """Defaults are those of section 4, but for the width (and batches of 64, there 128)."""

    latent_dim: Annotated[int, "Z, length of the noise vector", ganzoo.Range(1, 4096)] = 100
    width: Annotated[int, "channels at half the full size; 128 in figure 1, 32 for a CPU", ganzoo.Range(1, 512)] = 32


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G: (N, Z) -> (N, C, H, W) in [-1, 1].  D: (N, C, H, W) -> (N,), the logit of being real."""
    return {
        "G": normal_init(conv_generator(config.latent_dim, space.shape, config.width)),
        "D": normal_init(conv_discriminator(space.shape, config.width)),
    }


def value(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """V(D, G); reals and fakes pass apart, since batch norm would mix their statistics."""
    return minimax(nets.D(batch.real), nets.D(nets.G(batch.z)))


def fooling(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """E log D(G(z))."""
    return non_saturating(nets.D(nets.G(batch.z)))


def players(config: Config) -> list[ganzoo.Player]:
    """D climbs V, then G climbs E log D(G(z))."""
    return [
        ganzoo.maximize(value, over="D", by=config.adam, equilibrium=-math.log(4)),
        ganzoo.maximize(fooling, over="G", by=config.adam),
    ]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for square images of 16 to 256 pixels with any number of channels."""
    return ganzoo.Architecture(Config, networks, players, size=32, steps=1000)
