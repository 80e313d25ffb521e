"""Vanilla GAN: the original minimax game between two small perceptrons.

    min_G max_D  V(D, G) = E log D(x) + E log(1 - D(G(z)))                  eq. 1

Paper: Goodfellow et al. 2014, Generative Adversarial Networks, arXiv:1406.2661
Tasks: images, vectors
"""
# Shapes: N batch, Z latent, S the shape of a sample.

import math
from dataclasses import dataclass
from typing import Annotated

from torch import Tensor, nn

import ganzoo
from ganzoo.nn import discriminator_for, generator_for, minimax, mlp, non_saturating, saturating, together


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.AdamConfig):
    """The game and dropout in D are the paper's; sizes are common for MNIST, Adam's numbers are DCGAN's."""

    latent_dim: Annotated[int, "Z, length of the noise vector", ganzoo.Range(1, 4096)] = 100
    width: Annotated[int, "units of each hidden layer of both networks", ganzoo.Range(1, 8192)] = 256
    dropout: Annotated[float, "share of D's hidden units dropped; in the paper too", ganzoo.Range(0, 0.95)] = 0.3
    saturating: Annotated[bool, "G descends E log(1 - D(G(z))), eq. 1, not climbs E log D(G(z))"] = False


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G: (N, Z) -> (N, *S), in [-1, 1] where the data are.  D: (N, *S) -> (N,), the logit of being real."""
    if space.kind == "vector":  # deeper ones than the paper's, which leave fewer samples between modes
        return {
            "G": generator_for(space, config.latent_dim, config.width, config.width),
            "D": discriminator_for(space, config.width, config.width, dropout=config.dropout),
        }
    hidden = (config.width, config.width)
    bound = nn.Identity() if space.range is None else nn.Tanh()
    return {
        "G": nn.Sequential(mlp(config.latent_dim, *hidden, space.numbers), bound, nn.Unflatten(1, space.shape)),
        "D": nn.Sequential(nn.Flatten(), mlp(space.numbers, *hidden, 1, dropout=config.dropout), nn.Flatten(0)),
    }


def value(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """V(D, G) = E log D(x) + E log(1 - D(G(z))), eq. 1."""
    return minimax(*together(nets.D, batch.real, nets.G(batch.z)))


def fooling(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """E log D(G(z)), which unlike V has a slope where D is sure of fakes. Section 3."""
    return non_saturating(nets.D(nets.G(batch.z)))


def caught(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """E log(1 - D(G(z))), the part of V that G can move, eq. 1."""
    return saturating(nets.D(nets.G(batch.z)))


def players(config: Config) -> list[ganzoo.Player]:
    """D climbs V; then G climbs E log D(G(z)), or with `saturating` descends V as in Algorithm 1."""
    return [
        ganzoo.maximize(value, over="D", by=config.adam, equilibrium=-math.log(4)),
        ganzoo.minimize(caught, over="G", by=config.adam)
        if config.saturating
        else ganzoo.maximize(fooling, over="G", by=config.adam),
    ]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for images of any size and for vectors; 28 x 28 unless asked otherwise."""
    return ganzoo.Architecture(Config, networks, players, spaces=("image", "vector"), size=28, steps=8000, ema=0.998)
