"""GAIN: fills the absent cells of a table, by a judge of which were.

    min_D  -E [m log D(x^, h) + (1 - m) log(1 - D(x^, h))]                     eq. 7, of the cells that h hides
    min_G  -E (1 - m) log D(x^, h) + alpha E m L(x, x-)                        eq. 8
    x- = G(x~, m),  x~ = m x + (1 - m) z,  x^ = m x + (1 - m) x-               eq. 2 and 3

m says which cells are known. The hint h tells D most of m, .5 elsewhere. L is the squared error of numbers and the
cross-entropy of categories. Means over cells are in place of sums.

Paper: Yoon et al. 2018, GAIN: Missing Data Imputation using Generative Adversarial Nets, arXiv:1806.02920
Tasks: imputation, tables
"""
# Shapes: N batch, C columns, E numbers of all cells (one-hots of categories), F' features of a row with absent cells.

from dataclasses import dataclass
from typing import Annotated

import torch
from torch import Tensor, nn
from torch.nn import functional as F

import ganzoo
from ganzoo.nn import Cells, Concatenated, cell_count, mlp, whole_batch

NARROWEST = 8  # units that a small table's layers have all the same


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.AdamConfig):
    """All numbers are those of the authors' code. Layers much wider than the table copy what G is given."""

    units: Annotated[int, "units of each hidden layer; 0: as many as E, 8 or more", ganzoo.Range(0, 8192)] = 0
    hint: Annotated[float, "share of the cells that h tells", ganzoo.Range(0, 0.999)] = 0.9
    weight: Annotated[float, "alpha: weight of the known cells' error", ganzoo.Range(0, 1e6)] = 100.0
    noise: Annotated[float, "greatest number of z", ganzoo.Range(0, 1)] = 0.01
    lr: Annotated[float, "Adam's step size for both players", ganzoo.Range(0, 1)] = 1e-3
    beta1: Annotated[float, "Adam's decay of the mean gradient", ganzoo.Range(0, 0.9999)] = 0.9


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G: x~ (N, E), m (N, C) -> logits (N, E).  D: x^ (N, E), h (N, C) -> (N, C).  cells: rows (N, F') -> x (N, E)."""
    cells = Cells(space)
    units = config.units or max(NARROWEST, cells.count)
    inward = cells.count + cells.columns
    return {
        "G": Concatenated(mlp(inward, units, units, cells.count)),
        "D": Concatenated(mlp(inward, units, units, cells.columns)),
        "cells": cells,
    }


def prior(n: int, config: Config, space: ganzoo.Space, device: torch.device) -> Tensor:
    """Z ~ U(0, noise) for each number of a cell."""
    return config.noise * torch.rand(n, cell_count(space), device=device)


def filled(nets: ganzoo.Nets, batch: ganzoo.Batch) -> tuple[Tensor, Tensor, Tensor]:
    """M (N, C), x- (N, E), and x^ (N, E): known cells as they are, the others as G makes them."""
    x, m = nets.cells(batch.source), nets.cells.known(batch.source)
    each = m[:, nets.cells.owner]
    made = nets.cells.head(nets.G(each * x + (1 - each) * batch.z, m))
    return m, made, each * x + (1 - each) * made


def judged(nets: ganzoo.Nets, m: Tensor, whole: Tensor, config: Config) -> tuple[Tensor, Tensor]:
    """D's logits (N, C), and 1 for the cells that the hint does not tell, 0 for the others: (N, C)."""
    told = (torch.rand_like(m) < config.hint).float()
    return nets.D(whole, told * m + 0.5 * (1 - told)).float(), 1 - told


def mean(cells: Tensor, chosen: Tensor) -> Tensor:
    """The mean of the cells of the batch that are chosen, by 1 and 0."""
    return whole_batch(chosen * cells).sum() / whole_batch(chosen).sum().clamp(min=1)


def telling(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """The cross-entropy of m."""
    m, _, whole = filled(nets, batch)
    logits, hidden = judged(nets, m, whole, config)
    return {"known": -mean(m * F.logsigmoid(logits), hidden), "made": -mean((1 - m) * F.logsigmoid(-logits), hidden)}


def imputing(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """How D is not fooled by what was made, and how far G is from what is known."""
    m, made, whole = filled(nets, batch)
    logits, hidden = judged(nets, m, whole, config)
    error = mean(nets.cells.error(made, nets.cells(batch.source)), m[:, nets.cells.owner])
    return {"fooled": -mean((1 - m) * F.logsigmoid(logits), hidden), "error": config.weight * error}


def players(config: Config) -> list[ganzoo.Player]:
    """D, then G."""
    return [
        ganzoo.minimize(telling, over="D", by=config.adam),
        ganzoo.minimize(imputing, over="G", by=config.adam),
    ]


def generate(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> Tensor:
    """Rows without absent cells; the known ones are as they were."""
    rows: Tensor = nets.cells.rows(filled(nets, batch)[2], batch.source)
    return rows


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for tables, whose cells are hidden anew in each turn, besides those that are absent in the data."""
    return ganzoo.Architecture(
        Config, networks, players, prior=prior, generate=generate, generator=("G", "cells"), discriminator=(),
        source="paired", degrade="hide:0.2", spaces=("table",), data="breast-cancer", batch=128, steps=3000,
    )  # fmt: skip
