"""A game's state at one moment, to be put back, and whether two turns from there come to the same."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator

import torch
from torch import Tensor, nn

from ganzoo.engine.state import State, tensors_of

__all__ = ["Snapshot"]

_APART = 0.05  # of how far a turn moves something: how far from there another may move it
_ROUNDING = 1e-6  # of the norm of what is moved


class Snapshot:
    """Copies of all that a turn may change, by what it is: weights, their average, each buffer, optimisers' numbers."""

    def __init__(self, state: State) -> None:
        self._live: dict[str, list[Tensor]] = defaultdict(list)
        for part, modules in (("nets", state.modules), ("average", state.average)):
            for name, value in tensors_of(modules).items():
                kind = part if isinstance(value, nn.Parameter) else f"{part} {name.rpartition('.')[2]}"
                self._live[kind].append(value.detach())
        for buffer in state.buffers():  # those too that no checkpoint holds
            self._live["buffers"].append(buffer.detach())
        for mover in state.movers.values():
            for name, value in mover.state().items():
                self._live[name.rpartition(".")[2]].append(value)
        self._copies = {kind: [tensor.clone() for tensor in tensors] for kind, tensors in self._live.items()}

    def put_back(self) -> None:
        """Make the state what it was."""
        for kind, tensors in self._live.items():
            torch._foreach_copy_(tensors, self._copies[kind])

    def same(self, one: Snapshot, other: Snapshot) -> bool:
        """Whether two turns from here moved each tensor to one place, within a twentieth of the way and rounding."""
        return all(
            _norm(_between([second], [first])) <= _APART * _norm(_between([first], [was])) + _ROUNDING * _norm([first])
            for kind, copies in self._copies.items()
            for was, first, second in zip(copies, one._copies[kind], other._copies[kind], strict=True)
        )

    def alike(self, one: Snapshot, other: Snapshot) -> bool:
        """Whether two turns from here moved all that is of one kind as far and in the same direction, to a twentieth.

        So it may be where arithmetic differs: an optimiser may make a whole step of a gradient that is rounding alone.
        """
        for kind, was in self._copies.items():
            first, second = one._copies[kind], other._copies[kind]
            far, apart = _norm(_between(first, was)), _norm(_between(second, first))
            along = _dot(_between(first, was), _between(second, was))
            right = abs(along - far**2) <= _APART * far**2 and abs(_norm(_between(second, was)) - far) <= _APART * far
            if not right and not apart <= _ROUNDING * _norm(first):
                return False
        return True


def _between(these: Iterable[Tensor], those: Iterable[Tensor]) -> Iterator[Tensor]:
    """Differences in double precision; 0 also between the same infinities."""
    for one, other in zip(these, those, strict=True):
        yield torch.where((one == other).cpu(), 0.0, one.cpu().double() - other.cpu().double())


def _dot(these: Iterable[Tensor], those: Iterable[Tensor]) -> float:
    return sum(float((one * other).sum()) for one, other in zip(these, those, strict=True))


def _norm(tensors: Iterable[Tensor]) -> float:
    return math.sqrt(sum(float(tensor.cpu().double().square().sum()) for tensor in tensors))
