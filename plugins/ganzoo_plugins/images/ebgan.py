"""EBGAN: an autoencoder gives reals low energy, fakes up to a margin.

    min_D  E(x) + max(0, m - E(G(z)))        min_G  E(G(z)) + lambda P        eqs. 1, 2
    E(v) = |v - Dec(Enc(v))|^2, the mean; P the mean squared cosine between the codes of a batch of fakes, section 2.4

Paper: Zhao et al. 2017, Energy-based Generative Adversarial Networks, arXiv:1609.03126
Tasks: images, vectors
"""
# Shapes: N batch, Z latent, F code, S the shape of a sample.

from dataclasses import dataclass
from typing import Annotated

from torch import Tensor, nn
from torch.nn import functional as F

import ganzoo
from ganzoo.nn import Autoencoder, encoder_for, generator_for, pulling_away


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.PlainConfig, ganzoo.AdamConfig):
    """lambda is the paper's, m fits energies that are means; all else is common."""

    code_dim: Annotated[int, "F, length of the autoencoder's code", ganzoo.Range(1, 4096)] = 32
    margin: Annotated[float, "m: energy above which D leaves fakes alone", ganzoo.Range(0, 1e6)] = 0.2
    pull: Annotated[float, "lambda: weight of the pulling-away term", ganzoo.Range(0, 1e6)] = 0.1


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G: (N, Z) -> (N, *S), in [-1, 1] where the data are.  D: (N, *S) -> energies (N,), codes (N, F)."""
    encoder = encoder_for(space, config.code_dim, config.width, config.units, norm=None)
    decoder = generator_for(space, config.code_dim, config.width, config.units, norm=None)
    return {
        "G": generator_for(space, config.latent_dim, config.width, config.units),
        "D": Autoencoder(encoder, decoder, power=2),
    }


def energies(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """The energy of reals, and what fakes lack of the margin, eq. 1."""
    real, fake = nets.D(batch.real)[0], nets.D(nets.G(batch.z))[0]
    return {"real": real.mean(), "fake": F.relu(config.margin - fake).mean()}


def energy(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """The energy of fakes, eq. 2, and how alike their codes are, section 2.4."""
    fake, codes = nets.D(nets.G(batch.z))
    return {"fake": fake.mean(), "alike": config.pull * pulling_away(codes)}


def realness(nets: ganzoo.Nets, samples: Tensor, batch: ganzoo.Batch, config: Config) -> Tensor:
    """Less energy is more real: (N,)."""
    energy: Tensor = nets.D(samples)[0]
    return -energy


def players(config: Config) -> list[ganzoo.Player]:
    """D shapes the energy, which is m in sum when the game is solved (theorem 1), then G descends it."""
    return [
        ganzoo.minimize(energies, over="D", by=config.adam, equilibrium=config.margin),
        ganzoo.minimize(energy, over="G", by=config.adam),
    ]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for images of any size, convolutional from 16 to 256 pixels where they are square, and for vectors."""
    return ganzoo.Architecture(
        Config, networks, players, score=realness, spaces=("image", "vector"), size=16, steps=2000
    )
