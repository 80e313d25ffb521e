"""Adversarial autoencoder: its codes are made to look like noise.

    min_{E,G}  E |x - G(E(x))|^2                                            reconstruction phase
    min_E max_D  E log D(z) + E log(1 - D(E(x)))                            regularisation phase

Paper: Makhzani et al. 2015, Adversarial Autoencoders, arXiv:1511.05644
Tasks: images, vectors, encoders
"""
# Shapes: N batch, Z latent, S the shape of a sample.

import math
from dataclasses import dataclass
from typing import Annotated

from torch import Tensor, nn

import ganzoo
from ganzoo.nn import encoder_for, generator_for, minimax, mlp, non_saturating, together


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.PlainConfig):
    """Z is the paper's (section 2.3, MNIST); units are smaller, Adam in place of momentum, for a CPU."""

    latent_dim: Annotated[int, "Z, length of the code", ganzoo.Range(1, 4096)] = 8
    units: Annotated[int, "units of each hidden layer; 1000 in the paper", ganzoo.Range(1, 8192)] = 512
    lr: Annotated[float, "Adam's step size for the reconstruction", ganzoo.Range(0, 1)] = 1e-3
    adversarial_lr: Annotated[float, "Adam's step size for D and for E against D", ganzoo.Range(0, 1)] = 2e-4
    beta1: Annotated[float, "Adam's decay of the mean gradient (DCGAN's)", ganzoo.Range(0, 0.9999)] = 0.5
    beta2: Annotated[float, "Adam's decay of the mean square", ganzoo.Range(0, 0.999999)] = 0.999


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G, the decoder: (N, Z) -> (N, *S).  E: (N, *S) -> (N, Z).  D: (N, Z) -> (N,), the logit of being noise."""
    return {
        "G": generator_for(space, config.latent_dim, config.width, config.units),
        "E": encoder_for(space, config.latent_dim, config.width, config.units, norm=None),
        "D": nn.Sequential(mlp(config.latent_dim, config.units, config.units, 1), nn.Flatten(0)),
    }


def reconstruction(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """E |x - G(E(x))|^2, the mean over all numbers of a sample."""
    return {"error": (batch.real - nets.G(nets.E(batch.real))).square().mean()}


def value(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """E log D(z) + E log(1 - D(E(x)))."""
    return minimax(*together(nets.D, batch.z, nets.E(batch.real)))


def fooling(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """E log D(E(x)): the codes look like noise."""
    return non_saturating(nets.D(nets.E(batch.real)))


def players(config: Config) -> list[ganzoo.Player]:
    """E and G descend the error, D climbs V on the codes, E climbs E log D(E(x)). Section 2."""
    betas = (config.beta1, config.beta2)
    adversarial = ganzoo.Adam(lr=config.adversarial_lr, betas=betas)
    return [
        ganzoo.minimize(reconstruction, over=("E", "G"), by=ganzoo.Adam(lr=config.lr, betas=betas)),
        ganzoo.maximize(value, over="D", by=adversarial, equilibrium=-math.log(4)),
        ganzoo.maximize(fooling, over="E", by=adversarial),
    ]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for images of any size and for vectors; 28 x 28 unless asked otherwise. D sees codes alone."""
    return ganzoo.Architecture(
        Config, networks, players, discriminator=(), spaces=("image", "vector"), size=28, steps=4000
    )
