"""ClusterGAN: a one-hot part of the latent vector that E reads back.

    min_{G,E} max_D  E D(x) - E D(G(z)) + beta_n E |z_n - E_n(G(z))|^2 + beta_c E H(z_c, E_c(G(z)))

with WGAN-GP's penalty on D; |.|^2 is the mean over z_n's numbers, as in the authors' code; the cluster of x is the
greatest of E_c(x).

Paper: Mukherjee et al. 2019, ClusterGAN: Latent Space Clustering in Generative Adversarial Networks, arXiv:1809.03627
Tasks: images, vectors, codes, encoders
"""
# Shapes: N batch, Z noise, K clusters, F features, S the shape of a sample.

from dataclasses import dataclass
from typing import Annotated, NamedTuple

import torch
from torch import Tensor, nn

import ganzoo
from ganzoo.nn import (
    Concatenated,
    Headed,
    categorical_likelihood,
    discriminator_for,
    draw_category,
    encoder_for,
    generator_for,
    gradient_penalty,
    score,
    together,
    wasserstein,
)


class Codes(NamedTuple):
    """What G is fed with: noise (N, Z) and a cluster (N, K) as one-hot."""

    noise: Tensor
    cluster: Tensor


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.AdamConfig):
    """Codes, weights and Adam's numbers are the paper's for MNIST."""

    noise: Annotated[int, "length of z_n", ganzoo.Range(1, 4096)] = 30
    clusters: Annotated[int, "K, length of z_c", ganzoo.Range(2, 1024)] = 10
    noise_std: Annotated[float, "sigma of z_n: small, so that z_c decides", ganzoo.Range(1e-6, 100)] = 0.1
    noise_weight: Annotated[float, "beta_n", ganzoo.Range(0, 1e6)] = 10.0
    cluster_weight: Annotated[float, "beta_c", ganzoo.Range(0, 1e6)] = 10.0
    critic_turns: Annotated[int, "turns of D per turn of G and E", ganzoo.Range(1, 100)] = 5
    penalty: Annotated[float, "lambda: weight of the penalty on D's slope", ganzoo.Range(0, 1e6)] = 10.0
    units: Annotated[int, "units of each hidden layer", ganzoo.Range(1, 8192)] = 256
    width: Annotated[int, "channels at half the full size, for images of 16, 32, ...", ganzoo.Range(1, 512)] = 32
    lr: Annotated[float, "Adam's step size for all players; 1e-4 in the paper, 5e-4 for a CPU", ganzoo.Range(0, 1)] = (
        5e-4
    )
    beta2: Annotated[float, "Adam's decay of the mean square", ganzoo.Range(0, 0.999999)] = 0.9


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G: codes -> (N, *S).  D: (N, *S) -> (N,), unbounded.  E: (N, *S) -> noise (N, Z) and cluster logits (N, K)."""
    units, width = config.units, config.width
    body = nn.Sequential(encoder_for(space, units, width, units, hidden=1, norm=None), nn.LeakyReLU(0.2))
    return {
        "G": Concatenated(generator_for(space, config.noise + config.clusters, width, units)),
        "D": discriminator_for(space, width, units, norm=None),
        "E": Headed(body, nn.Linear(units, config.noise), nn.Linear(units, config.clusters)),
    }


def prior(n: int, config: Config, space: ganzoo.Space, device: torch.device) -> Codes:
    """z_n from N(0, sigma^2 I), z_c uniform."""
    noise = config.noise_std * torch.randn(n, config.noise, device=device)
    return Codes(noise, draw_category(n, config.clusters, device))


def generate(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> Tensor:
    """G(z_n, z_c)."""
    samples: Tensor = nets.G(*batch.z)
    return samples


def distance(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """E D(x) - E D(G(z)), less the penalty at points between."""
    fake = generate(nets, batch, config)
    penalty = gradient_penalty(nets.D, batch.real, fake)
    return {**wasserstein(*together(nets.D, batch.real, fake)), "penalty": -config.penalty * penalty}


def fooling(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """E D(G(z)), less what E misreads of the codes."""
    fake = generate(nets, batch, config)
    noise, logits = nets.E(fake)
    return {
        **score(nets.D(fake)),
        "noise": -config.noise_weight * (batch.z.noise - noise).square().mean(),
        "cluster": config.cluster_weight * categorical_likelihood(logits, batch.z.cluster),
    }


def players(config: Config) -> list[ganzoo.Player]:
    """D climbs the penalised distance, then G and E together climb the score and the reading of the codes."""
    return [
        ganzoo.maximize(distance, over="D", by=config.adam, turns=config.critic_turns, equilibrium=0.0),
        ganzoo.maximize(fooling, over=("G", "E"), by=config.adam),
    ]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for images of any size and for vectors; 28 x 28 unless asked otherwise."""
    return ganzoo.Architecture(
        Config, networks, players, prior=prior, generate=generate, spaces=("image", "vector"), size=28, steps=1500
    )
