"""A table's cells as numbers, with those that are absent: what imputation works on.

Shapes: N rows, F features of a row and F' of one whose cells may be absent, C columns, E numbers of all cells.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ganzoo.columns import SPREAD, Column, columns_of
from ganzoo.contract import Space
from ganzoo.errors import UsageError
from ganzoo.nn.precision import full

__all__ = ["Cells", "cell_count"]

TINY = 1e-12  # a share whose logarithm is finite


def cell_count(space: Space) -> int:
    """E: a number for each numeric column of a table, and one for each value of a category."""
    return sum(1 if column.modes else len(column.values) for column in columns_of(space))


class Cells(nn.Module):
    """Rows (N, F') -> cells (N, E), 0 where absent: a number of each numeric column, then a one-hot of each category.

    Numbers lie in [0, 1], from the column's least to its greatest. `count` is E, `columns` C, `owner` (E,) the column
    of each number. Raises UsageError for a space whose source is not the same table with cells that may be absent.
    """

    owner: Tensor
    starts: Tensor
    named: Tensor
    absent: Tensor
    spread: Tensor
    middle: Tensor

    def __init__(self, space: Space) -> None:
        super().__init__()
        self.table = columns_of(space)
        self.source = columns_of(space.source) if space.source and space.source.kind == "table" else []
        if [column.name for column in self.source if column.absent] != [column.name for column in self.table]:
            raise UsageError("this GAN fills absent cells, and the data have no such sources; type --degrade hide:0.2")
        numeric = [number for number, column in enumerate(self.table) if column.modes]
        categories = [number for number, column in enumerate(self.table) if not column.modes]
        self.numbers, self.columns = len(numeric), len(self.table)
        self.sizes = [len(self.table[number].values) for number in categories]
        owner = numeric + [number for number in categories for _ in self.table[number].values]
        self.count = cell_count(space)
        places = {
            "owner": owner,
            "starts": [self.source[number].start for number in numeric],
            "named": [feature for number in categories for feature in self.source[number].entries[:-1]],
            "absent": [column.stop - 1 for column in self.source],
        }
        for name, values in places.items():
            self.register_buffer(name, torch.tensor(values, dtype=torch.int64), persistent=False)
        scale = torch.zeros(2, self.source[-1].stop, len(numeric))
        for place, number in enumerate(numeric):
            entries = slice(self.source[number].entries[0], self.source[number].entries[-1])
            scale[:, entries, place] = torch.tensor(_scaled(self.table[number])).T
        self.register_buffer("middle", scale[0], persistent=False)
        self.register_buffer("spread", SPREAD * scale[1], persistent=False)

    def known(self, source: Tensor) -> Tensor:
        """Which columns have a value: (N, F') -> (N, C) of ones and zeros."""
        return 1 - source[:, self.absent]

    def forward(self, source: Tensor) -> Tensor:  # noqa: D102
        numbers = source[:, self.starts] * (source @ self.spread) + source @ self.middle
        return torch.cat([numbers.clamp(0, 1), source[:, self.named]], 1)

    def head(self, logits: Tensor) -> Tensor:
        """Cells (N, E) from logits (N, E): numbers by the logistic function, the entries of a category by a softmax."""
        numbers, *categories = torch.split(full(logits), [self.numbers, *self.sizes], 1)
        return torch.cat([torch.sigmoid(numbers), *(torch.softmax(category, 1) for category in categories)], 1)

    def error(self, made: Tensor, cells: Tensor) -> Tensor:
        """How far made cells are from true ones, (N, E): squared errors of numbers, cross-entropies of entries."""
        squares = (made - cells)[:, : self.numbers].square()
        return torch.cat([squares, -cells[:, self.numbers :] * made[:, self.numbers :].clamp(min=TINY).log()], 1)

    def rows(self, cells: Tensor, source: Tensor) -> Tensor:
        """Rows (N, F) of the table: the source's own cells (N, F') where it has them, else the likeliest of (N, E)."""
        known, parts = self.known(source), []
        numbers, *categories = torch.split(cells, [self.numbers, *self.sizes], 1)
        for number, (column, own) in enumerate(zip(self.table, self.source, strict=True)):
            if column.modes:
                made, numbers = _number(column, numbers[:, 0]), numbers[:, 1:]
            else:
                made = F.one_hot(categories[0].argmax(1), len(column.values)).to(cells)
                categories = categories[1:]
            given = source[:, own.start : own.start + column.stop - column.start]
            made = F.pad(made, (0, int(column.absent)))
            parts.append(torch.where(known[:, number, None] > 0, given, made))
        return torch.cat(parts, 1)


def _scaled(column: Column) -> list[tuple[float, float]]:
    """The mean and the deviation of each Gaussian where the column's least is 0 and its greatest 1."""
    reach = (column.greatest - column.least) or 1.0
    return [((mean - column.least) / reach, deviation / reach) for mean, deviation in column.modes]


def _number(column: Column, x: Tensor) -> Tensor:
    """The features of numbers (N,) in [0, 1]: their place in the likeliest Gaussian, and which that is."""
    mean, deviation = torch.tensor(_scaled(column), device=x.device).T
    share = torch.tensor(column.shares[: len(mean)], device=x.device)
    apart = (x[:, None] - mean) / deviation
    chosen = (torch.log(share / deviation) - apart.square() / 2).argmax(1, keepdim=True)
    place = (apart.gather(1, chosen) / SPREAD).clamp(-1, 1)
    return torch.cat([place, F.one_hot(chosen[:, 0], len(mean)).to(x)], 1)
