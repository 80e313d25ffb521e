"""Rows of a table with cells hidden at random: what imputation starts from. Shapes: n rows, F features of a row."""

from __future__ import annotations

import dataclasses

import torch
from torch import Tensor
from torch.nn import functional as F

from ganzoo.columns import Column, columns_of
from ganzoo.contract import Space

__all__ = ["hidden_columns", "hide"]


def hidden_columns(space: Space, share: float) -> list[Column]:
    """The columns of a table when any cell may be hidden: each has one entry more for an absent value, if it had none.

    share: of the cells, to be hidden.
    """
    columns: list[Column] = []
    for column in columns_of(space):
        shares = [(1 - share) * one for one in column.shares] + [0.0] * (not column.absent)
        shares[-1] += share
        start = columns[-1].stop if columns else 0
        columns.append(dataclasses.replace(column, start=start, absent=True, shares=tuple(shares)))
    return columns


def hide(rows: Tensor, space: Space, share: float, generator: torch.Generator) -> Tensor:
    """Rows (n, F) in the features of `hidden_columns`, each cell hidden with the probability `share`."""
    columns = columns_of(space)
    hidden = torch.rand(len(rows), len(columns), generator=generator, device=rows.device) < share
    parts = []
    for number, column in enumerate(columns):
        cells = F.pad(rows[:, column.start : column.stop], (0, int(not column.absent)))
        nothing = F.one_hot(torch.tensor(cells.shape[1] - 1, device=rows.device), cells.shape[1]).to(cells)
        parts.append(torch.where(hidden[:, number, None], nothing, cells))
    return torch.cat(parts, 1)
