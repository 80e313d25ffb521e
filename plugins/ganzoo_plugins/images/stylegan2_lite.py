"""StyleGAN2, small: styles scale every convolution; penalties are lazy.

    max_D  E log D(x) + E log(1 - D(G(w))) - gamma / 2 E |grad D(x)|^2        the last every 16 steps
    max_G  E log D(G(w)) - lambda E (|J^T y| - a)^2,  w = M(z)                the last every 8 steps, eq. 4

Without mixed styles, large widths and the minibatch's deviation.

Paper: Karras et al. 2020, Analyzing and Improving the Image Quality of StyleGAN, arXiv:1912.04958
Tasks: images
"""
# Shapes: N batch, Z latent, S style, C H W image; J the Jacobian dG(w)/dw, y noise, a the mean of |J^T y|.

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import torch
from torch import Tensor, nn

import ganzoo
from ganzoo.nn import (
    MappingNetwork,
    Scalar,
    Synthesis,
    minimax,
    non_saturating,
    path_lengths,
    r1,
    residual_discriminator,
    together,
    whole_batch,
)


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.Config):
    """Intervals and betas are the paper's; sizes, gamma, lambda and step sizes suit small images and short runs."""

    latent_dim: Annotated[int, "Z, length of the noise vector; 512 in the paper", ganzoo.Range(1, 4096)] = 64
    style_dim: Annotated[int, "S, length of a style; 512 in the paper", ganzoo.Range(1, 4096)] = 64
    layers: Annotated[int, "layers of the mapping network; 8 in the paper", ganzoo.Range(1, 32)] = 4
    width: Annotated[int, "channels at the full size; doubled with each halving", ganzoo.Range(1, 512)] = 16
    gamma: Annotated[float, "twice the weight of D's slope at reals", ganzoo.Range(0, 1e6)] = 1.0
    gamma_every: Annotated[int, "steps between turns of that penalty", ganzoo.Range(1, 1000)] = 16
    path: Annotated[float, "lambda: weight of the paths' spread; 2 in the authors' code", ganzoo.Range(0, 1e6)] = 0.1
    path_every: Annotated[int, "steps between turns of that penalty", ganzoo.Range(1, 1000)] = 8
    path_pace: Annotated[float, "how fast a follows the mean; .01 in the authors' code", ganzoo.Range(0, 1)] = 0.1
    lr_generator: Annotated[float, "Adam's step size for M and G; the paper's", ganzoo.Range(0, 1)] = 2e-3
    lr_discriminator: Annotated[float, "Adam's step size for D, not equalised here", ganzoo.Range(0, 1)] = 2e-3
    beta1: Annotated[float, "Adam's decay of the mean gradient", ganzoo.Range(0, 0.9999)] = 0.0
    beta2: Annotated[float, "Adam's decay of the mean square", ganzoo.Range(0, 0.999999)] = 0.99


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """M: (N, Z) -> (N, S).  G: (N, S) -> (N, C, H, W) in [-1, 1].  D: (N, C, H, W) -> (N,).  path: a, from 0."""
    return {
        "M": MappingNetwork(config.latent_dim, config.style_dim, config.layers),
        "G": Synthesis(space.shape, config.style_dim, config.width),
        "D": residual_discriminator(space.shape, 2 * config.width),
        "path": Scalar(),
    }


def generate(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> Tensor:
    """G(M(z)): (N, C, H, W)."""
    images: Tensor = nets.G(nets.M(batch.z))
    return images


def value(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """E log D(x) + E log(1 - D(G(w)))."""
    return minimax(*together(nets.D, batch.real, generate(nets, batch, config)))


def slope(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """R1, with the weight of all the steps that it stands for."""
    return {"r1": config.gamma / 2 * config.gamma_every * r1(nets.D, batch.real)}


def fooling(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """E log D(G(w))."""
    return non_saturating(nets.D(generate(nets, batch, config)))


def paths(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """The spread of |J^T y| around its mean a, eq. 4, with the weight of all the steps that it stands for."""
    styles = nets.M(batch.z)
    lengths = path_lengths(nets.G(styles), styles)
    mean = torch.lerp(nets.path.value, whole_batch(lengths.detach()).mean(), config.path_pace)
    batch.keep("mean", mean)
    spread = (lengths - mean).square().mean()
    return {"paths": config.path * config.path_every * spread, "length": lengths.detach().mean()}


def follow(nets: ganzoo.Nets, terms: Mapping[str, Tensor], kept: Mapping[str, Tensor], config: Config) -> None:
    """Store the mean length a."""
    nets.path.value.copy_(kept["mean"])


def players(config: Config) -> list[ganzoo.Player]:
    """D and G in turn; the penalties share the optimisers, slowed by their share of the turns (appendix B)."""

    def adam(lr: float, every: int) -> ganzoo.Adam:
        share = every / (every + 1)
        return ganzoo.Adam(lr=lr * share, betas=(config.beta1**share, config.beta2**share))

    judge = adam(config.lr_discriminator, config.gamma_every)
    maker = adam(config.lr_generator, config.path_every)
    return [
        ganzoo.maximize(value, over="D", by=judge, equilibrium=-math.log(4)),
        ganzoo.minimize(slope, over="D", by=judge, every=config.gamma_every),
        ganzoo.maximize(fooling, over=("M", "G"), by=maker),
        ganzoo.minimize(paths, over=("M", "G"), by=maker, every=config.path_every, after=follow),
    ]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for square images of 16 to 256 pixels with any number of channels."""
    return ganzoo.Architecture(
        Config, networks, players, generate=generate, generator=("M", "G"), size=16, steps=2000, batch=32, ema=0.99
    )
