"""CTGAN: rows of a table, asked for by one entry of a category each.

    max_C  E C(r, c) - E C(G(z, c), c) - lambda E (|grad C| - 1)^2          on packs of 10 rows
    max_G  E C(G(z, c), c) + E log P(G holds c | z, c)                      section 4.3

c names one entry of one category, rare ones evened out; the reals r that C sees hold it (training by sampling).

Paper: Xu et al. 2019, Modeling Tabular Data using Conditional GAN, arXiv:1907.00503
Tasks: tables
"""
# Shapes: N batch, Z latent, m rows of a pack, F features of a row, E entries of all categories.

from dataclasses import dataclass
from typing import Annotated, NamedTuple

import torch
from torch import Tensor, nn

import ganzoo
from ganzoo.nn import Conditions, TableHead, gradient_penalty, in_packs, mlp, score, wasserstein


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.AdamConfig):
    """Sizes, pack and Adam's step size are the paper's (section 4.4); its batch is 500 rows, of larger tables."""

    latent_dim: Annotated[int, "Z, length of the noise vector", ganzoo.Range(1, 4096)] = 128
    units: Annotated[int, "units of each hidden layer", ganzoo.Range(1, 8192)] = 256
    pack: Annotated[int, "m, rows that C judges at once", ganzoo.Range(1, 64)] = 10
    dropout: Annotated[float, "share of C's units dropped", ganzoo.Range(0, 0.95)] = 0.5
    penalty: Annotated[float, "lambda: weight of the penalty on C's slope", ganzoo.Range(0, 1e6)] = 10.0
    beta2: Annotated[float, "Adam's decay of the mean square", ganzoo.Range(0, 0.999999)] = 0.9


class Latent(NamedTuple):
    """Noise (N, Z), and two uniform numbers (N, 2) that choose what is asked for."""

    noise: Tensor
    which: Tensor


class RowGenerator(nn.Module):
    """Noise (N, Z) and conditions (N, E) -> logits (N, F); each layer's input stays beside its output."""

    def __init__(self, size: int, units: int, features: int) -> None:
        super().__init__()
        self.hidden = nn.ModuleList(
            nn.Sequential(nn.Linear(size + i * units, units), nn.BatchNorm1d(units), nn.ReLU()) for i in range(2)
        )
        self.last = nn.Linear(size + 2 * units, features)

    def forward(self, noise: Tensor, condition: Tensor) -> Tensor:  # noqa: D102
        x = torch.cat([noise, condition], 1)
        for layer in self.hidden:
            x = torch.cat([x, layer(x)], 1)
        logits: Tensor = self.last(x)
        return logits


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G: noise, conditions -> logits (N, F).  head: logits -> rows (N, F).  C: packs (N/m, m (F + E)) -> (N/m,)."""
    ask, units = Conditions(space), config.units
    critic = mlp(config.pack * (space.numbers + ask.count), units, units, 1, dropout=config.dropout)
    return {
        "G": RowGenerator(config.latent_dim + ask.count, units, space.numbers),
        "C": nn.Sequential(critic, nn.Flatten(0)),
        "head": TableHead(space),
        "ask": ask,
    }


def prior(n: int, config: Config, space: ganzoo.Space, device: torch.device) -> Latent:
    """N(0, I), and uniform numbers."""
    return Latent(torch.randn(n, config.latent_dim, device=device), torch.rand(n, 2, device=device))


def generate(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> Tensor:
    """Rows that hold what is asked for, or entries as often as the data hold them."""
    asked = nets.ask.entry(batch.where) if hasattr(batch, "where") else nets.ask.choose(batch.z.which, evenly=False)
    rows: Tensor = nets.head(nets.G(batch.z.noise, nets.ask.one_hot(asked)))
    return rows


def packs(rows: Tensor, condition: Tensor, config: Config) -> Tensor:
    """What C judges: rows with their conditions, m side by side."""
    return in_packs(torch.cat([rows, condition], 1), config.pack)


def rank(nets: ganzoo.Nets, rows: Tensor, batch: ganzoo.Batch, config: Config) -> Tensor:
    """C of packs of rows, with what they hold in a column of their own choice as the condition."""
    value: Tensor = nets.C(packs(rows, nets.ask.held(rows, batch.z.which), config))
    return value


def distance(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """E C(r, c) - E C(G(z, c), c), less the penalty at points between their packs."""
    asked = nets.ask.choose(batch.z.which, evenly=True)
    condition = nets.ask.one_hot(asked)
    rows = nets.head(nets.G(batch.z.noise, condition))
    real = packs(batch.real_with(nets.ask.feature(asked)), condition, config)
    fake = packs(rows, condition, config)
    penalty = gradient_penalty(nets.C, real, fake)
    return {**wasserstein(nets.C(real), nets.C(fake)), "penalty": -config.penalty * penalty}


def fooling(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """E C(G(z, c), c), and how likely G is to hold what it was asked for."""
    asked = nets.ask.choose(batch.z.which, evenly=True)
    condition = nets.ask.one_hot(asked)
    logits = nets.G(batch.z.noise, condition)
    fake = packs(nets.head(logits), condition, config)
    return {**score(nets.C(fake)), "held": nets.ask.likelihood(logits, asked)}


def players(config: Config) -> list[ganzoo.Player]:
    """C climbs the penalised distance, then G climbs its score and the likelihood of holding what was asked for."""
    return [
        ganzoo.maximize(distance, over="C", by=config.adam, equilibrium=0.0),
        ganzoo.maximize(fooling, over="G", by=config.adam),
    ]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for tables, with or without categories."""
    return ganzoo.Architecture(
        Config, networks, players, prior=prior, generate=generate, generator=("G", "head", "ask"), discriminator=("C",),
        score=rank, spaces=("table",), data="breast-cancer", batch=100, steps=5000,
    )  # fmt: skip
