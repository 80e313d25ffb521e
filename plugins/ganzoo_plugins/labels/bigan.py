"""BiGAN: an encoder learns the generator's inverse by playing on its side.

    min_{G,E} max_D  V(D, E, G) = E log D(x, E(x)) + E log(1 - D(G(z), z))  eq. 3

Paper: Donahue et al. 2017, Adversarial Feature Learning, arXiv:1605.09782
    (the same game as Dumoulin et al. 2017, Adversarially Learned Inference, arXiv:1606.00704)
Tasks: images, vectors, encoders
"""
# Shapes: N batch, Z latent, S the shape of a sample.

import math
from dataclasses import dataclass
from typing import Annotated

import torch
from torch import Tensor, nn

import ganzoo
from ganzoo.nn import JointDiscriminator, minimax, mlp


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.Config):
    """The prior, batch norm and Adam's numbers are the paper's (permutation-invariant MNIST); the rest is for a CPU."""

    latent_dim: Annotated[int, "Z, length of the uniform noise vector; 50 in the paper", ganzoo.Range(1, 4096)] = 16
    units: Annotated[int, "units of each hidden layer; 1024 in the paper", ganzoo.Range(1, 8192)] = 256
    width: Annotated[int, "channels of D at half the full size, for images of 16, 32, ...", ganzoo.Range(1, 512)] = 32
    dropout: Annotated[float, "share of D's joint units dropped; none in the paper", ganzoo.Range(0, 0.95)] = 0.3
    discriminator_lr: Annotated[float, "Adam's step size for D, the paper's", ganzoo.Range(0, 1)] = 2e-4
    lr: Annotated[float, "Adam's step size for G and E; 2e-4 in the paper", ganzoo.Range(0, 1)] = 1e-3
    beta1: Annotated[float, "Adam's decay of the mean gradient", ganzoo.Range(0, 0.9999)] = 0.5
    beta2: Annotated[float, "Adam's decay of the mean square", ganzoo.Range(0, 0.999999)] = 0.999
    weight_decay: Annotated[float, "Adam's decay of the weights", ganzoo.Range(0, 1)] = 2.5e-5


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G: (N, Z) -> (N, *S).  E: (N, *S) -> (N, Z) in [-1, 1], as z.  D: (N, *S), (N, Z) -> (N,), the pair's logit."""
    hidden = (config.units, config.units)
    decoder = mlp(config.latent_dim, *hidden, space.numbers, norm=nn.BatchNorm1d)
    encoder = mlp(space.numbers, *hidden, config.latent_dim, norm=nn.BatchNorm1d)
    bound = nn.Identity() if space.range is None else nn.Tanh()
    return {
        "G": nn.Sequential(decoder, bound, nn.Unflatten(1, space.shape)),
        "E": nn.Sequential(nn.Flatten(), encoder, nn.Tanh()),
        "D": JointDiscriminator(space, config.latent_dim, config.width, config.units, config.dropout),
    }


def prior(n: int, config: Config, space: ganzoo.Space, device: torch.device) -> Tensor:
    """Uniform in [-1, 1]: (n, Z)."""
    return torch.rand(n, config.latent_dim, device=device) * 2 - 1


def score(nets: ganzoo.Nets, samples: Tensor, batch: ganzoo.Batch, config: Config) -> Tensor:
    """D(x, E(x)), with the code that E finds."""
    logits: Tensor = nets.D(samples, nets.E(samples))
    return logits


def pairs(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> tuple[Tensor, Tensor]:
    """The logits of (x, E(x)) and of (G(z), z): (N,) each."""
    return score(nets, batch.real, batch, config), nets.D(nets.G(batch.z), batch.z)


def value(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """V(D, E, G), eq. 3."""
    return minimax(*pairs(nets, batch, config))


def fooling(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """V with the labels exchanged, which has a slope where D is sure: E log(1 - D(x, E(x))) + E log D(G(z), z)."""
    encoded, generated = pairs(nets, batch, config)
    return minimax(generated, encoded)


def players(config: Config) -> list[ganzoo.Player]:
    """D climbs V; then G and E together climb V with the labels exchanged, section 3.4."""
    betas = (config.beta1, config.beta2)
    judging = ganzoo.Adam(lr=config.discriminator_lr, betas=betas, weight_decay=config.weight_decay)
    making = ganzoo.Adam(lr=config.lr, betas=betas, weight_decay=config.weight_decay)
    return [
        ganzoo.maximize(value, over="D", by=judging, equilibrium=-math.log(4)),
        ganzoo.maximize(fooling, over=("G", "E"), by=making),
    ]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for images of any size and for vectors; 28 x 28 unless asked otherwise."""
    return ganzoo.Architecture(
        Config, networks, players, prior=prior, score=score, spaces=("image", "vector"), size=28, steps=5000
    )
