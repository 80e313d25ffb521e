"""R3GAN: pairs of reals and fakes, and D's slope held down on both.

    max_D min_G  E log sigmoid(D(x) - D(G(z))) - gamma / 2 (E |grad D(x)|^2 + E |grad D(G(z))|^2)        eqs. 2, 3
    (G climbs E log sigmoid(D(G(z)) - D(x)) in place of descending, as in the authors' code)

Paper: Huang et al. 2024, The GAN is dead; long live the GAN! A Modern Baseline GAN, arXiv:2501.05441
Tasks: images, vectors
"""
# Shapes: N batch, Z latent, S the shape of a sample, C H W image.

import math
from dataclasses import dataclass
from typing import Annotated

from torch import Tensor, nn

import ganzoo
from ganzoo.nn import (
    calm_discriminator,
    calm_generator,
    convolutional,
    plain_networks,
    relativistic,
    scores_and_slopes,
    together,
)


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.PlainConfig, ganzoo.AdamConfig):
    """beta1 and beta2 are the paper's last; sizes, gamma and the step size suit small images and a CPU."""

    latent_dim: Annotated[int, "Z, length of the noise vector (the paper's)", ganzoo.Range(1, 4096)] = 64
    width: Annotated[int, "channels at the full size; 96 to 768 in the paper", ganzoo.Range(1, 1024)] = 16
    blocks: Annotated[int, "residual blocks at every size; 2 in the paper", ganzoo.Range(1, 8)] = 1
    gamma: Annotated[
        float, "twice the weight of both penalties; tuned per data set in the paper", ganzoo.Range(0, 1e6)
    ] = 0.2
    lr: Annotated[float, "Adam's step size for both players; 2e-4 in the paper", ganzoo.Range(0, 1)] = 1e-3
    beta1: Annotated[float, "Adam's decay of the mean gradient", ganzoo.Range(0, 0.9999)] = 0.0
    beta2: Annotated[float, "Adam's decay of the mean square", ganzoo.Range(0, 0.999999)] = 0.99


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G: (N, Z) -> (N, *S), in [-1, 1] where the data are.  D: (N, *S) -> (N,), unbounded; no normalisation in D."""
    if convolutional(space):
        return {
            "G": calm_generator(config.latent_dim, space.shape, config.width, config.blocks),
            "D": calm_discriminator(space.shape, config.width, config.blocks),
        }
    return plain_networks(config, space, norm=None)


def more_real(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """How much more real D finds each real than its fake, less its slope at both."""
    real, on_real = scores_and_slopes(nets.D, batch.real)
    fake, on_fake = scores_and_slopes(nets.D, nets.G(batch.z))
    return {
        **relativistic(real, fake),
        "r1": -config.gamma / 2 * on_real.mean(),
        "r2": -config.gamma / 2 * on_fake.mean(),
    }


def more_real_than_real(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """How much more real D finds each fake than its real: G needs reals too."""
    real, fake = together(nets.D, batch.real, nets.G(batch.z))
    return relativistic(fake, real)


def players(config: Config) -> list[ganzoo.Player]:
    """D climbs the penalised difference, then G climbs the opposite one."""
    return [
        ganzoo.maximize(more_real, over="D", by=config.adam, equilibrium=-math.log(2)),
        ganzoo.maximize(more_real_than_real, over="G", by=config.adam),
    ]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for images of any size, convolutional from 16 to 256 pixels where they are square, and for vectors."""
    return ganzoo.Architecture(
        Config,
        networks,
        players,
        spaces=("image", "vector"),
        size=16,
        batch=32,
        steps=1200,
        ema=0.99,
        on={
            "vector": {
                "batch": 256,  # with fewer, more samples stay between modes
                "steps": 5000,
                "ema": 0.0,
                "schedule": "cosine",
                "options": {"units": 64, "gamma": 0.02, "lr": 3e-3},
            }
        },
    )
