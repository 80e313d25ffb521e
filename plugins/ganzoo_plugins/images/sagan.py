"""SAGAN: the hinge game between networks that look at the whole image.

    max_D  E min(0, D(x) - 1) + E min(0, -D(G(z)) - 1)        max_G  E D(G(z))        eq. 4

Paper: Zhang et al. 2019, Self-Attention Generative Adversarial Networks, arXiv:1805.08318
Tasks: images
"""
# Shapes: N batch, Z latent, C H W image.

from dataclasses import dataclass
from typing import Annotated

from torch import Tensor, nn

import ganzoo
from ganzoo.nn import hinge, residual_discriminator, residual_generator, score, spectral, together


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.Config):
    """betas are the paper's; step sizes and width suit short runs on a CPU; there are no classes here."""

    latent_dim: Annotated[int, "Z, length of the noise vector (the authors')", ganzoo.Range(1, 4096)] = 128
    width: Annotated[int, "channels at every size; 16 for a CPU", ganzoo.Range(1, 512)] = 16
    lr_generator: Annotated[float, "Adam's step size for G; 1e-4 in the paper", ganzoo.Range(0, 1)] = 5e-4
    lr_discriminator: Annotated[float, "Adam's step size for D; 4e-4 in the paper", ganzoo.Range(0, 1)] = 1e-3
    beta1: Annotated[float, "Adam's decay of the mean gradient", ganzoo.Range(0, 0.9999)] = 0.0
    beta2: Annotated[float, "Adam's decay of the mean square", ganzoo.Range(0, 0.999999)] = 0.9


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G: (N, Z) -> (N, C, H, W) in [-1, 1].  D: (N, C, H, W) -> (N,).  Both of norm 1, both attend at H / 2."""
    return {
        "G": spectral(residual_generator(config.latent_dim, space.shape, config.width, attention=True)),
        "D": spectral(residual_discriminator(space.shape, config.width, attention=True)),
    }


def margins(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """How far reals are short of 1 and fakes above -1."""
    return hinge(*together(nets.D, batch.real, nets.G(batch.z)))


def discriminator_score(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """E D(G(z))."""
    return score(nets.D(nets.G(batch.z)))


def players(config: Config) -> list[ganzoo.Player]:
    """D climbs its margins, -2 when it cannot tell, then G climbs its score; one turn each."""
    betas = (config.beta1, config.beta2)
    slow, fast = ganzoo.Adam(lr=config.lr_generator, betas=betas), ganzoo.Adam(lr=config.lr_discriminator, betas=betas)
    return [
        ganzoo.maximize(margins, over="D", by=fast, equilibrium=-2.0),
        ganzoo.maximize(discriminator_score, over="G", by=slow),
    ]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for square images of 16 to 256 pixels with any number of channels."""
    return ganzoo.Architecture(Config, networks, players, size=16, batch=32, steps=1500, ema=0.99)
