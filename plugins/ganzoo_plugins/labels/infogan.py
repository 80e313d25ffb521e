"""InfoGAN: a part of the latent code can be read back from the picture.

    min_{G,Q} max_D  V(D, G) - lambda L_I(G, Q)                             eq. 6
    L_I(G, Q) = E log Q(c | G(z, c)) + H(c)                                 eq. 5

Paper: Chen et al. 2016, InfoGAN: Interpretable Representation Learning by Information Maximizing Generative
    Adversarial Nets, arXiv:1606.03657
Tasks: images, vectors, codes
"""
# Shapes: N batch, Z noise, K categories, C continuous codes, F features, S the shape of a sample.

from dataclasses import dataclass
from typing import Annotated, NamedTuple

import torch
from torch import Tensor, nn

import ganzoo
from ganzoo.nn import (
    Concatenated,
    Dropout,
    Headed,
    categorical_likelihood,
    draw_category,
    encoder_for,
    gaussian_likelihood,
    generator_for,
    minimax,
    non_saturating,
)

SLOPE, READER_UNITS = 0.1, 128  # of LeakyReLU and of Q's own layer, table 1


class Codes(NamedTuple):
    """What G is fed with: noise (N, Z), a category (N, K) as one-hot, continuous codes (N, C) in [-1, 1]."""

    noise: Tensor
    category: Tensor
    continuous: Tensor


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.Config):
    """Codes, lambda and Adam's numbers are those of appendix C.1 (MNIST); units are smaller, for a CPU."""

    noise: Annotated[int, "Z, length of the noise that is not read back", ganzoo.Range(1, 4096)] = 62
    categories: Annotated[int, "K of the categorical code", ganzoo.Range(2, 1024)] = 10
    continuous: Annotated[int, "C, how many codes are uniform in [-1, 1]", ganzoo.Range(1, 1024)] = 2
    category_weight: Annotated[float, "lambda for the category", ganzoo.Range(0, 1e3)] = 1.0
    continuous_weight: Annotated[float, "lambda for the continuous codes", ganzoo.Range(0, 1e3)] = 0.1
    units: Annotated[int, "units of each hidden layer; 1024 in table 1", ganzoo.Range(1, 8192)] = 256
    width: Annotated[int, "channels at half the full size, for images of 16, 32, ...", ganzoo.Range(1, 512)] = 32
    dropout: Annotated[float, "share of D's features dropped; none in the paper", ganzoo.Range(0, 0.95)] = 0.3
    discriminator_lr: Annotated[float, "Adam's step size for D and Q", ganzoo.Range(0, 1)] = 2e-4
    generator_lr: Annotated[float, "Adam's step size for G", ganzoo.Range(0, 1)] = 1e-3
    beta1: Annotated[float, "Adam's decay of the mean gradient", ganzoo.Range(0, 0.9999)] = 0.5
    beta2: Annotated[float, "Adam's decay of the mean square", ganzoo.Range(0, 0.999999)] = 0.999


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G: codes -> (N, *S).  D: (N, *S) -> logits (N,).  Q, on D's body: (N, *S) -> (N, K) logits, (N, C) means."""
    size = config.noise + config.categories + config.continuous
    encoder = encoder_for(space, config.units, config.width, config.units, hidden=1, norm=None)
    body = nn.Sequential(encoder, nn.LeakyReLU(SLOPE), Dropout(config.dropout))
    reader = nn.Sequential(nn.Linear(config.units, READER_UNITS), nn.LeakyReLU(SLOPE))
    heads = nn.Linear(READER_UNITS, config.categories), nn.Linear(READER_UNITS, config.continuous)
    return {
        "G": Concatenated(generator_for(space, size, config.width, config.units)),
        "D": nn.Sequential(body, nn.Linear(config.units, 1), nn.Flatten(0)),
        "Q": nn.Sequential(body, Headed(reader, *heads)),
    }


def prior(n: int, config: Config, space: ganzoo.Space, device: torch.device) -> Codes:
    """Normal noise, a uniform category, uniform continuous codes."""
    continuous = torch.rand(n, config.continuous, device=device) * 2 - 1
    noise = torch.randn(n, config.noise, device=device)
    return Codes(noise, draw_category(n, config.categories, device), continuous)


def generate(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> Tensor:
    """G(z, c)."""
    samples: Tensor = nets.G(*batch.z)
    return samples


def information(nets: ganzoo.Nets, fake: Tensor, codes: Codes, config: Config) -> dict[str, Tensor]:
    """Lambda L_I less the constants H(c), eq. 5."""
    logits, mean = nets.Q(fake)
    return {
        "category": config.category_weight * categorical_likelihood(logits, codes.category),
        "continuous": config.continuous_weight * gaussian_likelihood(mean, codes.continuous),
    }


def telling(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """V(D, G) + lambda L_I: D tells fakes, Q reads the codes, on one body."""
    fake = generate(nets, batch, config)
    return {**minimax(nets.D(batch.real), nets.D(fake)), **information(nets, fake, batch.z, config)}


def fooling(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """E log D(G(z, c)) + lambda L_I: G fools D and makes the codes readable."""
    fake = generate(nets, batch, config)
    return {**non_saturating(nets.D(fake)), **information(nets, fake, batch.z, config)}


def players(config: Config) -> list[ganzoo.Player]:
    """D and Q climb V + lambda L_I, then G; Q moves with D, whose body it shares, as in the authors' code."""
    betas = (config.beta1, config.beta2)
    return [
        ganzoo.maximize(telling, over=("D", "Q"), by=ganzoo.Adam(lr=config.discriminator_lr, betas=betas)),
        ganzoo.maximize(fooling, over="G", by=ganzoo.Adam(lr=config.generator_lr, betas=betas)),
    ]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for images of any size and for vectors; 28 x 28 unless asked otherwise."""
    return ganzoo.Architecture(
        Config, networks, players, prior=prior, generate=generate, discriminator=("D", "Q"),
        spaces=("image", "vector"), size=28, steps=5000, ema=0.998,
    )  # fmt: skip
