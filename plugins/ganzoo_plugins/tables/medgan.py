"""medGAN: noise becomes codes of an autoencoder, whose decoder makes rows.

    min_{E,Dec}  what Dec(E(x)) misses of x                                 pre-training, eq. 1 and 2
    max_D        E log D(x, mean x) + E log(1 - D(x_z, mean x_z))           x_z = Dec(G(z)), section 3.3
    max_{G,Dec}  E log D(x_z, mean x_z)

D sees the mean of the batch beside each row (minibatch averaging), so that a collapse of modes shows.

Paper: Choi et al. 2017, Generating Multi-label Discrete Patient Records using Generative Adversarial Networks,
    arXiv:1703.06490
Tasks: tables
"""
# Shapes: N batch, Z latent and code, F features of a row.

import math
from dataclasses import dataclass
from typing import Annotated

import torch
from torch import Tensor, nn

import ganzoo
from ganzoo.nn import TableHead, minimax, mlp, non_saturating, whole_batch


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.AdamConfig):
    """Z, D's units, its turns and Adam's step size are those of section 4 and the authors' code."""

    latent_dim: Annotated[int, "Z, length of the noise vector and of the code", ganzoo.Range(1, 4096)] = 128
    units: Annotated[int, "units of D's first hidden layer, half of them in the second", ganzoo.Range(2, 8192)] = 256
    pretraining: Annotated[int, "steps of the autoencoder alone", ganzoo.Range(1, 10**9)] = 1000
    turns: Annotated[int, "turns of D per turn of G", ganzoo.Range(1, 100)] = 2
    lr: Annotated[float, "Adam's step size for all players", ganzoo.Range(0, 1)] = 1e-3
    beta1: Annotated[float, "Adam's decay of the mean gradient", ganzoo.Range(0, 0.9999)] = 0.9


class Shortcut(nn.Module):
    """A layer whose input is added to its output: (N, Z) -> (N, Z)."""

    def __init__(self, units: int, activation: nn.Module) -> None:
        super().__init__()
        self.layer = nn.Sequential(nn.Linear(units, units), nn.BatchNorm1d(units), activation)

    def forward(self, x: Tensor) -> Tensor:  # noqa: D102
        moved: Tensor = x + self.layer(x)
        return moved


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G: (N, Z) -> codes (N, Z).  E: rows (N, F) -> codes.  decoder: codes -> logits (N, F).  D: (N, 2 F) -> (N,)."""
    size, features = config.latent_dim, space.numbers
    return {
        "G": nn.Sequential(Shortcut(size, nn.ReLU()), Shortcut(size, nn.Tanh())),
        "E": nn.Sequential(nn.Linear(features, size), nn.Tanh()),
        "decoder": nn.Linear(size, features),
        "head": TableHead(space),
        "D": nn.Sequential(mlp(2 * features, config.units, config.units // 2, 1), nn.Flatten(0)),
    }


def generate(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> Tensor:
    """Rows of decoded noise."""
    rows: Tensor = nets.head(nets.decoder(nets.G(batch.z)))
    return rows


def score(nets: ganzoo.Nets, rows: Tensor, batch: ganzoo.Batch, config: Config) -> Tensor:
    """D of each row beside the mean of all."""
    mean = whole_batch(rows).mean(0, keepdim=True)
    logits: Tensor = nets.D(torch.cat([rows, mean.expand_as(rows)], 1))
    return logits


def reconstruction(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """What the decoder misses of a row: squared errors of numbers, cross-entropies of entries. Eq. 1 and 2."""
    return {"error": nets.head.error(nets.decoder(nets.E(batch.real)), batch.real)}


def value(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """V(D, G, Dec), reals and fakes each beside their own mean."""
    real = score(nets, batch.real, batch, config)
    return minimax(real, score(nets, generate(nets, batch, config), batch, config))


def fooling(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """E log D(x_z, mean x_z)."""
    return non_saturating(score(nets, generate(nets, batch, config), batch, config))


def players(config: Config) -> list[ganzoo.Player]:
    """E and the decoder alone for a while; then D climbs V, and G with the decoder climbs E log D."""
    first, adam = config.pretraining, config.adam
    return [
        ganzoo.minimize(reconstruction, over=("E", "decoder"), by=adam, stop=first),
        ganzoo.maximize(value, over="D", by=adam, start=first, turns=config.turns, equilibrium=-math.log(4)),
        ganzoo.maximize(fooling, over=("G", "decoder"), by=adam, start=first),
    ]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for tables of numbers and categories; the paper's are binary and counts."""
    return ganzoo.Architecture(
        Config, networks, players, generate=generate, generator=("G", "decoder", "head"), score=score,
        spaces=("table",), data="breast-cancer", batch=100, steps=5000,
    )  # fmt: skip
