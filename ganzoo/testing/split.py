"""Is the gradient of a batch the mean of its parts' gradients, as sharing a batch between devices assumes?"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor

from ganzoo.contract import Batch
from ganzoo.testing.case import CPU, Case

__all__ = ["splits"]


def splits(case: Case) -> str:
    """15 Per player: does splitting the batch give the same gradient?"""
    findings = []
    for index, player in enumerate(case.architecture.players(case.config)):
        whole = _gradient(case, index, [slice(0, 4)])
        parts = _gradient(case, index, [slice(0, 2), slice(2, 4)])
        difference = float((whole - parts).norm() / whole.norm().clamp(min=1e-12))
        text = "splits exactly" if difference < 1e-4 else f"differs by {difference:.1%} when split"
        findings.append(f"{player.name} {text}")
    return ", ".join(findings) + " (draws, batch statistics and batch-wide losses do)"


def _gradient(case: Case, index: int, slices: list[slice]) -> Tensor:
    """One player's gradient, the mean over parts of one batch, flattened."""
    game = case.game(batch=4)
    seat = game.seats[index]
    whole = game.batch(seat, seat.player.start, 0)
    total: Tensor | int = 0
    for part in slices:
        fetch: dict[str, Callable[[], Any]] = {
            name: _slice(whole, name, part) for name in ("z", "real", "label", "source", "source_label")
        }
        fetch["real_with"] = partial(_real_with, whole, part)
        batch = Batch(part.stop - part.start, step=whole.step, progress=whole.progress, device=CPU, fetch=fetch)
        _, objective = game.evaluate(seat, batch, seat.player.start, 0)
        gradients = game.gradients(seat, objective)
        total = total + torch.cat([(torch.zeros_like(p) if g is None else g).flatten()
                                   for p, g in zip(seat.on, gradients, strict=True)])  # fmt: skip
    assert isinstance(total, Tensor)
    return total / len(slices)


def _real_with(batch: Batch, part: slice) -> Callable[[Tensor], Tensor]:
    def draw(feature: Tensor) -> Tensor:
        whole = feature.new_full((len(batch),), -1)
        whole[part] = feature
        return batch.real_with(whole)[part]

    return draw


def _slice(batch: Batch, name: str, part: slice) -> Callable[[], Any]:
    def cut(value: Any) -> Any:
        if isinstance(value, Tensor):
            return value[part]
        if isinstance(value, dict):
            return {key: cut(inner) for key, inner in value.items()}
        return type(value)(*map(cut, value)) if hasattr(value, "_fields") else type(value)(map(cut, value))

    return lambda: cut(getattr(batch, name))
