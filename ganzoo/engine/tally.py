"""What happened in a player's turns since the last look, summed on the device: nothing here waits for it."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

__all__ = ["Tally"]

_MOST = 64  # turns that are put aside before they are summed


class Tally:
    """Sums of one player's terms, objective and gradient norm over its accepted turns, and counts of the others.

    A turn is only put aside as a row of a table, and many are summed together: an operator on a few numbers takes
    as long as one on thousands.
    """

    def __init__(self, device: torch.device) -> None:
        self._names: tuple[str, ...] | None = None
        self._table, self._filled = torch.empty(0, device=device), 0
        self._sums: dict[tuple[str, ...], Tensor] = {}
        self._rejected = torch.zeros((), device=device)
        self._streak = torch.zeros((), device=device)

    def add(self, terms: Iterable[str], row: Tensor) -> None:
        """Count one turn: its terms' names, and what they, its objective and its gradient's norm were, and 1 or 0 for
        whether it was accepted (terms + 3,). Only accepted turns are summed.
        """
        names = tuple(terms)
        if names != self._names or self._filled == _MOST:
            self._sum()
        if names != self._names:
            self._names = names
            self._table = row.new_empty(_MOST, len(row), dtype=torch.promote_types(row.dtype, torch.float32))
        self._table[self._filled] = row
        self._filled += 1

    def _sum(self) -> None:
        if not self._filled or self._names is None:
            return
        rows = self._table[: self._filled]
        ok = rows[:, -1] > 0
        sums = torch.where(ok[:, None], rows, 0.0).sum(0)
        before = self._sums.get(self._names)
        self._sums[self._names] = sums if before is None else before + sums
        self._rejected.add_((~ok).sum())
        self._streak.mul_((~ok).all()).add_((~ok).flip(0).cumprod(0).sum())  # those after the last accepted one
        self._filled = 0

    @property
    def streak(self) -> int:
        """How many turns in a row, up to now, were not accepted. Waits for the device."""
        self._sum()
        return int(self._streak.item())

    def read(self) -> dict[str, float]:
        """Means since the last reading, by term, and `objective`, `gradient`, `rejected`; then start anew."""
        self._sum()
        record: dict[str, float] = {}
        for names, sums in self._sums.items():
            *values, turns = sums.tolist()
            if turns:
                record |= {name: v / turns for name, v in zip((*names, "objective", "gradient"), values, strict=True)}
        record["rejected"] = self._rejected.item()
        self._sums.clear()
        self._rejected.zero_()
        return record

    def clear(self) -> None:
        """Forget everything, after going back to a checkpoint."""
        self._filled = 0
        self._sums.clear()
        self._rejected.zero_()
        self._streak.zero_()
