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
from ganzoo.nn import discriminator_for, divergence_penalty, generator_for, score, together, wasserstein


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.Config):
    """k and p are the paper's choice; sizes are small for a CPU, Adam's numbers are DCGAN's."""

    latent_dim: Annotated[int, "Z, length of the noise vector", ganzoo.Range(1, 4096)] = 100
    width: Annotated[int, "channels at half the full size; 32 for a CPU", ganzoo.Range(1, 512)] = 32
    units: Annotated[int, "units of each hidden layer where there are no convolutions", ganzoo.Range(1, 8192)] = 256
    weight: Annotated[float, "k: weight of the slope's power", ganzoo.Range(0, 1e6)] = 2.0
    power: Annotated[float, "p: power of the slope", ganzoo.Range(1, 20)] = 6.0
    lr: Annotated[float, "Adam's step size for both players (DCGAN's)", ganzoo.Range(0, 1)] = 2e-4
    beta1: Annotated[float, "Adam's decay of the mean gradient (DCGAN's)", ganzoo.Range(0, 0.9999)] = 0.5
    beta2: Annotated[float, "Adam's decay of the mean square", ganzoo.Range(0, 0.999999)] = 0.999


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G: (N, Z) -> (N, *S), in [-1, 1] where the data are.  D: (N, *S) -> (N,), unbounded, no batch norm."""
    return {
        "G": generator_for(space, config.latent_dim, config.width, config.units),
        "D": discriminator_for(space, config.width, config.units, norm=None),
    }


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
    adam = ganzoo.Adam(lr=config.lr, betas=(config.beta1, config.beta2))
    return [
        ganzoo.maximize(divergence, over="D", by=adam, equilibrium=0.0),
        ganzoo.maximize(critic_score, over="G", by=adam),
    ]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for images of any size, convolutional from 16 to 256 pixels where they are square, and for vectors."""
    return ganzoo.Architecture(Config, networks, players, spaces=("image", "vector"), size=16, steps=2000, ema=0.99)
