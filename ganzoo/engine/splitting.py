"""Is the gradient of a batch the mean of its parts' gradients, as playing it in parts assumes? Measured per player."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from ganzoo.contract import Batch
from ganzoo.engine.batches import part_of
from ganzoo.engine.game import Game
from ganzoo.engine.seat import Seat
from ganzoo.errors import GanzooError
from ganzoo.nn.dropout import mask

__all__ = ["SPLITS", "how_it_splits", "same_draws", "split_difference"]

SPLITS = {
    "equal": "the same gradients to rounding",
    "draws": "different draws",
    "objective": "a different objective: batch norm and batch-wide losses see a part",
}
EXACT = 1e-4  # of the gradient's norm: float32's rounding, and far below any batch statistic of few samples
_FIXED: dict[Any, float | None] = {
    torch.rand: 0.3,
    torch.rand_like: 0.3,
    torch.randn: 0.7,
    torch.randn_like: 0.7,
    torch.normal: 0.7,
    torch.randint: 0,
    torch.randint_like: 0,
    Tensor.random_: 1,
    Tensor.uniform_: 0.3,
    Tensor.normal_: 0.7,
    Tensor.bernoulli_: 1,
    mask: 1.0,
}
_KEPT = (torch.nn.functional.dropout, torch.dropout, torch.bernoulli)  # give back what they are given


def how_it_splits(game: Game, seat: Seat) -> str:
    """What a batch in parts has, one of `SPLITS`. The game's batch is even; nothing in it is changed."""
    if split_difference(game, seat) < EXACT:
        return "equal"
    return "draws" if split_difference(game, seat, alike=True) < EXACT else "objective"


def split_difference(game: Game, seat: Seat, *, alike: bool = False) -> float:
    """By how much of its norm the gradient differs if the batch is played in two halves.

    alike: what the objective draws is the same for every sample, so that only what looks at the batch tells halves
    apart.
    """
    batch = game.batch(seat, seat.player.start, 0)
    half, size = len(batch) // 2, len(batch)
    whole = _gradient(game, seat, batch, [slice(0, size)], alike)
    halves = _gradient(game, seat, batch, [slice(0, half), slice(half, size)], alike)
    return float((whole - halves).norm() / whole.norm().clamp(min=1e-12))


@contextmanager
def same_draws() -> Iterator[None]:
    """Inside, every draw of torch gives every sample the same number."""
    with _Same():
        yield


class _Same(TorchFunctionMode):
    def __torch_function__(
        self, function: Callable[..., Any], types: Any, args: Sequence[Any] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        if function in _KEPT:
            return args[0]
        made = function(*args, **(kwargs or {}))
        return made.fill_(value) if (value := _FIXED.get(function)) is not None else made


def _gradient(game: Game, seat: Seat, whole: Batch, parts: Sequence[slice], alike: bool) -> Tensor:
    """One player's gradient, the mean over parts of one batch, flattened. Buffers are put back."""
    seat.guard.keep()
    total = torch.zeros(())
    for part in parts:
        batch = part_of(whole, part)
        for name in whole.fields:
            with suppress(GanzooError):  # of labels and latents that there are not
                getattr(batch, name)  # before draws are made alike
        with same_draws() if alike else nullcontext():
            _, objective = game.evaluate(seat, batch, seat.player.start, 0)
            gradients = game.gradients(seat, objective, share=len(batch) / len(whole))
        flat = [(torch.zeros_like(p) if g is None else g).flatten() for p, g in zip(seat.on, gradients, strict=True)]
        total = total + torch.cat(flat)
        seat.guard.restore()
    return total
