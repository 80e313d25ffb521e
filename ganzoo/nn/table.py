"""Rows of a table from logits, conditions on them, their label. Shapes: N batch, F features of a row, E entries.

Xu et al. 2019, Modeling Tabular Data using Conditional GAN, arXiv:1907.00503, section 4.3
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ganzoo.columns import Column, columns_of
from ganzoo.contract import Space
from ganzoo.errors import UsageError, nearest
from ganzoo.nn.blocks import SIZES
from ganzoo.nn.precision import full

__all__ = ["Conditions", "RowClassifier", "RowPicture", "TableHead", "label_entries"]

TINY = 1e-12  # a share whose logarithm is finite
ROWS = 1e4  # a share of the rows as a count, for its logarithm


def label_entries(space: Space, name: str = "") -> range:
    """The features of a table's label: of the category of that name, else of the last one. Raises UsageError."""
    categories = {column.name: column for column in columns_of(space) if column.kind == "category"}
    if not categories or (name and name not in categories):
        known = f"; {nearest(name, categories)}" if categories else ", and the table has no category"
        raise UsageError(f"this GAN needs a column of categories as the label{known}")
    return categories[name or list(categories)[-1]].entries


class RowClassifier(nn.Module):
    """How badly a network (N, F) -> (N, K), not shown the label, names the one that rows (N, F) have; 0-d.

    entries: of the label's one-hot in a row, K of them; shares of it are likelihoods. Park et al. 2018,
    arXiv:1806.03384, eq. 5, by the cross-entropy.
    """

    entries: Tensor

    def __init__(self, net: nn.Module, entries: range) -> None:
        super().__init__()
        self.net = net
        self.register_buffer("entries", torch.tensor(entries), persistent=False)

    def forward(self, rows: Tensor) -> Tensor:  # noqa: D102
        logits = self.net(rows.index_fill(1, self.entries, 0))
        return nn.functional.cross_entropy(full(logits), rows[:, self.entries])


class RowPicture(nn.Module):
    """Rows (N, F) as the smallest pictures (N, 1, S, S) of 16, 32, ... pixels that hold them, filled up with zeros.

    Raises UsageError for rows that none holds.
    """

    def __init__(self, numbers: int) -> None:
        super().__init__()
        self.side = next((side for side in SIZES if side**2 >= numbers), 0)
        if not self.side:
            raise UsageError(f"rows of {numbers:,} features; pictures of rows hold at most {SIZES[-1] ** 2:,}")

    def forward(self, rows: Tensor) -> Tensor:  # noqa: D102
        return nn.functional.pad(rows, (0, self.side**2 - rows.shape[1])).view(-1, 1, self.side, self.side)


class TableHead(nn.Module):
    """Logits (N, F) as the features of rows: places by tanh, the entries of each one-hot by a Gumbel softmax.

    temperature: of the softmax, .2 in section 4.4; the noise is torch's, in evaluation too, since it is what draws
    one entry of several. Jang et al. 2017, Categorical Reparameterization with Gumbel-Softmax, eq. 2.
    """

    group: Tensor
    places: Tensor

    def __init__(self, space: Space, temperature: float = 0.2) -> None:
        super().__init__()
        self.temperature = temperature
        columns = columns_of(space)
        group = torch.empty(space.numbers, dtype=torch.int64)  # which one-hot a feature belongs to
        for number, column in enumerate(columns):
            group[column.start : column.stop] = number
        places = [column.start for column in columns if column.modes]
        self.columns = len(columns)
        self.register_buffer("group", group, persistent=False)
        self.register_buffer("places", torch.tensor(places, dtype=torch.int64), persistent=False)

    def forward(self, logits: Tensor) -> Tensor:  # noqa: D102
        logits = full(logits)
        gumbel = -torch.log(-torch.log(torch.rand_like(logits).clamp(min=TINY)))
        shares = self.softmax((logits + gumbel) / self.temperature)
        return shares.index_copy(1, self.places, torch.tanh(logits[:, self.places]))

    def softmax(self, logits: Tensor) -> Tensor:
        """The softmax within each column's one-hot: (N, F) -> (N, F), 0 at the places, which are not entries."""
        group = self.group.expand_as(logits)
        logits = logits.index_fill(1, self.places, -torch.inf)
        peak = logits.new_full((logits.shape[0], self.columns), -torch.inf).scatter_reduce(1, group, logits, "amax")
        rising = torch.exp(logits - peak.detach().gather(1, group))
        total = rising.new_zeros(logits.shape[0], self.columns).scatter_add(1, group, rising)
        return rising / total.gather(1, group)

    def error(self, logits: Tensor, rows: Tensor) -> Tensor:
        """How badly logits (N, F) say rows (N, F): squared errors of places, cross-entropies of entries; 0-d.

        Summed over a row's columns, the mean over rows. Entries of rows may be shares.
        """
        logits, rows = full(logits), full(rows)
        likelihood = torch.log(self.softmax(logits).clamp(min=TINY)) * rows
        entries = likelihood.index_fill(1, self.places, 0).sum(1)
        places = (torch.tanh(logits[:, self.places]) - rows[:, self.places]).square().sum(1)
        return (places - entries).mean()


class Conditions(nn.Module):
    """What a row can be asked for: one entry of one category, counted from 0 to E over all of them, -1 for none.

    `count` is E; 0 for a table without categories, of which nothing can be asked.
    """

    features: Tensor
    owner: Tensor
    first: Tensor
    evenly: Tensor
    as_found: Tensor

    def __init__(self, space: Space) -> None:
        super().__init__()
        columns = [column for column in columns_of(space) if column.kind == "category"]
        features = [feature for column in columns for feature in column.entries]
        owner = [number for number, column in enumerate(columns) for _ in column.entries]
        first = [owner.index(number) for number in range(len(columns))]
        self.count = len(features)
        for name, numbers in (("features", features), ("owner", owner), ("first", first)):
            self.register_buffer(name, torch.tensor(numbers, dtype=torch.int64), persistent=False)
        self.register_buffer("evenly", _cumulative(columns, logarithm=True), persistent=False)
        self.register_buffer("as_found", _cumulative(columns, logarithm=False), persistent=False)

    def choose(self, which: Tensor, *, evenly: bool) -> Tensor:
        """An entry (N,) for two uniform numbers each (N, 2): a column by the first, its entry by the second.

        evenly: entries by the logarithm of how often they are found, so that rare ones are learned too, as in
        training by sampling, section 4.3; else as often as they are found.
        """
        if not self.count:
            return torch.full((which.shape[0],), -1, device=which.device)
        column = self._column(which)
        table = self.evenly if evenly else self.as_found
        return self.first[column] + (table[column] <= which[:, 1:].double()).sum(1)

    def feature(self, entry: Tensor) -> Tensor:
        """Where entries (N,) are in a row: (N,), -1 where nothing is asked for."""
        return torch.where(entry < 0, -1, self.features[entry]) if self.count else entry

    def entry(self, feature: Tensor) -> Tensor:
        """The entries whose features (N,) these are: (N,), -1 where it is of none."""
        found = self.features == feature[:, None]
        return torch.where(found.any(1), found.float().argmax(1), -1) if self.count else torch.full_like(feature, -1)

    def one_hot(self, entry: Tensor) -> Tensor:
        """The conditional vector of entries (N,): (N, E), all zeros where nothing is asked for."""
        return (entry[:, None] == torch.arange(self.count, device=entry.device)).float()

    def held(self, rows: Tensor, which: Tensor) -> Tensor:
        """The conditional vector (N, E) that rows (N, F) themselves meet, in the columns that (N, 2) choose."""
        entries = rows[:, self.features]
        return entries * (self.owner == self._column(which)[:, None]) if self.count else entries

    def likelihood(self, logits: Tensor, entry: Tensor) -> Tensor:
        """E log P of holding the entries (N,), under the softmax of logits (N, F) in their columns; 0-d, at most 0.

        0 for a table without categories. Section 4.3, "conditional generator": its cross-entropy, negated.
        """
        if not self.count:
            return full(logits).sum() * 0
        inside = self.owner == self.owner[entry][:, None]
        candidates = full(logits)[:, self.features].masked_fill(~inside, -torch.inf)
        return torch.log_softmax(candidates, 1).gather(1, entry[:, None]).mean()

    def _column(self, which: Tensor) -> Tensor:
        return (which[:, 0] * len(self.first)).long().clamp(max=max(0, len(self.first) - 1))


def _cumulative(columns: list[Column], *, logarithm: bool) -> Tensor:
    """The cumulative shares of each column's entries, (columns, most entries) float64; infinite after the last."""
    table = torch.full(
        (len(columns), max((len(c.entries) for c in columns), default=1)), torch.inf, dtype=torch.float64
    )
    for row, column in enumerate(columns):
        shares = torch.tensor(column.shares, dtype=torch.float64)
        weights = torch.log1p(shares * ROWS) if logarithm else shares
        table[row, : len(shares) - 1] = (weights.cumsum(0) / weights.sum())[:-1]
    return table
