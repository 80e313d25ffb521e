"""What happened in a player's turns since the last look, summed on the device: nothing here waits for it."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

__all__ = ["Tally"]


class Tally:
    """Sums of one player's terms, objective and gradient norm over its accepted turns, and counts of the others."""

    def __init__(self, device: torch.device) -> None:
        self._sums: dict[tuple[str, ...], Tensor] = {}
        self._device = device
        self._rejected = torch.zeros((), device=device)
        self._streak = torch.zeros((), device=device)

    def add(self, terms: Mapping[str, Tensor], objective: Tensor, norm: Tensor, ok: Tensor) -> None:
        """Count one turn: 0-d tensors, of which only those of an accepted turn are summed."""
        with torch.no_grad():
            row = torch.stack([*terms.values(), objective, norm, ok])  # in the widest of their types
            row = torch.where(ok, row, 0.0)
        names = tuple(terms)
        if names in self._sums:
            self._sums[names].add_(row)
        else:
            self._sums[names] = row
        refused = ~ok
        self._rejected.add_(refused)
        self._streak.add_(1).mul_(refused)

    @property
    def streak(self) -> int:
        """How many turns in a row, up to now, were not accepted. Waits for the device."""
        return int(self._streak.item())

    def read(self) -> dict[str, float]:
        """Means since the last reading, by term, and `objective`, `gradient`, `rejected`; then start anew."""
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
        self._sums.clear()
        self._rejected.zero_()
        self._streak.zero_()
