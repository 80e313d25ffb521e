"""BEGAN: an autoencoder judges by its error; a number keeps the balance.

    min_D  L(x) - k L(G(z))        min_G  L(G(z))        k <- k + lambda_k (gamma L(x) - L(G(z))) in [0, 1]
    L(v) = |v - D(v)|, the mean error

Paper: Berthelot et al. 2017, BEGAN: Boundary Equilibrium Generative Adversarial Networks, arXiv:1703.10717
Tasks: images, vectors
"""
# Shapes: N batch, Z latent and length of a code, S the shape of a sample.

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import torch
from torch import Tensor, nn

import ganzoo
from ganzoo.nn import Autoencoder, Scalar, encoder_for, generator_for


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.PlainConfig, ganzoo.AdamConfig):
    """Sizes and paces suit short runs on a CPU, as does batch norm in G, which the paper has not."""

    latent_dim: Annotated[int, "Z, of the noise vector and of the codes; 64 in the paper", ganzoo.Range(1, 4096)] = 16
    diversity: Annotated[
        float,
        "gamma: fakes' error by reals'; .3 to .7 in the paper, below 1 bars are near enough to digits",
        ganzoo.Range(0, 1),
    ] = 1.0
    pace: Annotated[float, "lambda_k: how fast k adapts; 1e-3 in the paper's long runs", ganzoo.Range(0, 100)] = 0.01
    lr: Annotated[float, "Adam's step size for both players; 1e-4 in the paper", ganzoo.Range(0, 1)] = 5e-4


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G: (N, Z) -> (N, *S), in the range of the data.  D: (N, *S) -> errors (N,), codes (N, Z).  balance: k, from 0."""
    sizes = config.latent_dim, config.width, config.units
    decoder = generator_for(space, *sizes, norm=None)
    return {
        "G": generator_for(space, *sizes),
        "D": Autoencoder(encoder_for(space, *sizes, norm=None), decoder, power=1),
        "balance": Scalar(),
    }


def prior(n: int, config: Config, space: ganzoo.Space, device: torch.device) -> Tensor:
    """Z ~ U(-1, 1): (n, Z)."""
    return 2 * torch.rand(n, config.latent_dim, device=device) - 1


def errors(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """L(x) - k L(G(z)); logged beside it: k, and the measure of convergence."""
    real, fake = nets.D(batch.real)[0].mean(), nets.D(nets.G(batch.z))[0].mean()
    gap = config.diversity * real - fake
    batch.keep("gap", gap)
    k = nets.balance.value
    return {"real": real, "fake": -k * fake, "k": k.clone(), "convergence": (real + gap.abs()).detach()}


def adapt(nets: ganzoo.Nets, terms: Mapping[str, Tensor], kept: Mapping[str, Tensor], config: Config) -> None:
    """K moves by lambda_k times how far fakes are from gamma times the error of reals, within [0, 1]."""
    nets.balance.value.add_(config.pace * kept["gap"]).clamp_(0, 1)


def error(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """L(G(z))."""
    return {"fake": nets.D(nets.G(batch.z))[0].mean()}


def realness(nets: ganzoo.Nets, samples: Tensor, batch: ganzoo.Batch, config: Config) -> Tensor:
    """Less error is more real: (N,)."""
    error: Tensor = nets.D(samples)[0]
    return -error


def players(config: Config) -> list[ganzoo.Player]:
    """D descends the errors of reals and climbs those of fakes, k adapts, then G descends the error of fakes."""
    return [
        ganzoo.minimize(errors, over="D", by=config.adam, after=adapt),
        ganzoo.minimize(error, over="G", by=config.adam),
    ]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for images of any size, convolutional from 16 to 256 pixels where they are square, and for vectors."""
    return ganzoo.Architecture(
        Config,
        networks,
        players,
        prior=prior,
        score=realness,
        spaces=("image", "vector"),
        size=16,
        steps=2000,
        ema=0.99,
    )
