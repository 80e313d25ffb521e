"""A recording without a device that makes graphs: the same operators again, on the same memory, without the Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from ganzoo.engine.batches import leaves
from ganzoo.engine.ways import Way
from ganzoo.testing.case import Case

__all__ = ["recorded", "tape"]


def recorded(case: Case) -> str:
    """20 Per player: is its turn one graph on a CUDA device? Tried without one, by calling the same operators again."""
    recorder = case.game(ways=[Way("one graph", tape)]).recorder
    assert recorder is not None, "it plays alternately"
    return "; ".join(recorder.make())


def tape(play: Callable[[], None]) -> Callable[[], None]:
    """What `play` computes, to be computed again: as a CUDA graph, it reads and writes the tensors that it had."""
    tape = _Tape()
    with tape:
        play()
    return tape.play


class _Tape(TorchDispatchMode):  # type: ignore[no-untyped-call]  # of torch's base
    """Operators with what they were called on and what they gave, all kept alive."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._calls: list[tuple[Any, Any, Any, Any]] = []

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        called = _as_it_is([args, kwargs or {}])
        found = func(*args, **(kwargs or {}))
        self._calls.append((func, *called, _as_it_is(found)))
        return found

    def play(self) -> None:
        """Every operator once more; what is new is written where the first one was."""
        with torch.no_grad():
            for func, args, kwargs, first in self._calls:
                again = func(*args, **kwargs)
                for mine, new in zip(leaves(first), leaves(again), strict=True):
                    if isinstance(mine, Tensor) and mine.data_ptr() != new.data_ptr():
                        mine.copy_(new)


def _as_it_is(value: Any) -> Any:
    """The same memory in tensors of their own, whose shapes nobody changes later."""
    if isinstance(value, Tensor):
        return value.detach()
    if isinstance(value, Mapping):
        return {key: _as_it_is(item) for key, item in value.items()}
    return type(value)(map(_as_it_is, value)) if isinstance(value, list | tuple) else value
