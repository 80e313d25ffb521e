"""Which rows of a table hold which entry, so that a batch can be drawn of rows that hold what is asked."""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["Matching"]


class Matching:
    """An index of rows by the entries that they hold. samples: (M, F), the entries of one-hots being 0 or 1."""

    def __init__(self, samples: Tensor) -> None:
        feature, row = (samples == 1).T.nonzero(as_tuple=True)  # sorted by feature
        counts = torch.bincount(feature, minlength=samples.shape[1])
        self._rows = torch.cat([row, torch.arange(len(samples), device=row.device)])
        self._counts = torch.cat([counts, counts.new_tensor([len(samples)])])  # the last: any row will do
        self._starts = self._counts.cumsum(0) - self._counts

    def draw(self, feature: Tensor, share: Tensor) -> Tensor:
        """A row for each feature (n,) that it holds, -1 for any: (n,) int64. share: (n,) in [0, 1), which one of them.

        A feature that no row holds gets a row of another.
        """
        counts = self._counts[feature]
        place = self._starts[feature] + (share.double() * counts).long()
        return self._rows[place.clamp(max=len(self._rows) - 1)]
