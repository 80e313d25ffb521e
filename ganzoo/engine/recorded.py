"""Turns played from recordings: all that one turn computes is launched at once, or by fewer and larger operators.

It is game.py's turn on the same draws: a batch is fetched as ever and copied to where the recording reads it, the
generators are seeded, and the recording is played. Recordings are made before the first step. For each player a turn is
played plainly, which shows what it reads; once more, watched for what no recording can hold; and as a recording, which
must come to the same; then all is put back. Where that cannot be, turns stay plain, and a sentence says why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from ganzoo.contract import Batch
from ganzoo.counted import counted
from ganzoo.engine.batches import cut, leaves
from ganzoo.engine.device import seed_generators
from ganzoo.engine.seat import Move
from ganzoo.engine.ways import Compile, Record, Way
from ganzoo.errors import PluginError

if TYPE_CHECKING:
    from ganzoo.engine.game import Game
    from ganzoo.engine.seat import Seat

__all__ = ["Recorder", "Recording", "Watching", "agree"]

_APART = 0.05  # of a gradient, or of how far a turn moves a tensor: how far from there its recording may be
_ELSEWHERE = "played so it comes to something else"
_ROUNDING = 1e-6  # of a tensor's norm


class Recorder:
    """Plays a game's turns, from recordings where `make` has made one. ways: the best first."""

    def __init__(self, game: Game, ways: Sequence[Way]) -> None:
        self._game, self._ways = game, ways
        self._recordings: dict[str, Recording] = {}

    def play(self, seat: Seat, batch: Batch, step: int, turn: int) -> Move:
        """One player's turn on a batch, as `Game.play` plays it."""
        if recording := self._recordings.get(seat.player.name):
            return recording.play(batch, step, turn)
        return self._game.play(seat, batch, step, turn)

    def make(self) -> Iterator[str]:
        """Make the recordings, saying what each player's turn is from here on; the game's state stays as it is."""
        state = self._game.state
        tensors = list({id(t): t for t in [*state.tensors().values(), *(b.detach() for b in state.buffers())]}.values())
        for seat in self._game.seats:
            for way in self._ways if self._game.shards.undivided(seat.player.name) else ():
                why = self._try(seat, way, tensors)
                if not why:
                    yield f"{seat.player.name}: each turn is {way.name}"
                    break
                yield f"{seat.player.name}: each turn is played operator by operator, it is not {way.name}: {why}"

    def _try(self, seat: Seat, way: Way, tensors: list[Tensor]) -> str:
        """Why a player's turn cannot be played this way, empty if it can. tensors: all that a turn may change."""
        game, step, before = self._game, seat.player.start, [tensor.clone() for tensor in tensors]
        first, batch = game.batch(seat, step, 0), game.batch(seat, step, 0)
        game.play(seat, first, step, 0)
        torch._foreach_copy_(tensors, before)
        for name in first.touched:
            if not all(isinstance(value, Tensor) for value in leaves(getattr(batch, name))):
                return f"it reads {name!r}, which is not made of tensors"
        with Watching() as watching:
            move = game.play(seat, batch, step, 0)
        torch._foreach_copy_(tensors, before)
        why: str = watching.why
        if why:
            return why
        try:
            recording = Recording(game, seat, batch, way.compile)
            torch._foreach_copy_(tensors, before)  # making it moved them
            if not _alike(move, recording.play(batch, step, 0)):
                return _ELSEWHERE
            if way.record:
                after = [tensor.clone() for tensor in tensors]
                recording.record(way.record)
                torch._foreach_copy_(tensors, before)
                recording.play(batch, step, 0)
                if not agree(before, after, tensors):
                    return _ELSEWHERE
            self._recordings[seat.player.name] = recording
        except (RuntimeError, PluginError) as error:  # the plain turn had none: it is the recording's
            return str(error.__cause__ or error).strip().partition("\n")[0] or type(error).__name__
        finally:
            torch._foreach_copy_(tensors, before)
        return ""


class Recording:
    """One player's turn on memory of its own, which can be recorded. Making or recording it moves the game's state."""

    def __init__(self, game: Game, seat: Seat, batch: Batch, compile: Compile | None) -> None:
        self._game, self._seat, self._progress = game, seat, 0.0
        self._fields = {name: cut(getattr(batch, name), slice(None)) for name in batch.touched}
        fetch = {name: partial(self._fields.__getitem__, name) for name in self._fields}
        self._batch = Batch(len(batch), step=batch.step, progress=batch.progress, device=batch.device, fetch=fetch)
        self._weigh = _compiled(self._weighed, self._batch, compile) if compile else self._weighed
        self._move: Move
        self._stages: list[Callable[[], None]] = [self._begin, self._step, self._settle]

    def record(self, record: Record) -> None:
        """Play from a recording from here on; from two where the optimiser's numbers change with progress."""
        if self._seat.mover.changes:
            self._stages = [record(self._begin), self._step, record(self._settle)]
        else:
            self._stages = [record(self._whole)]

    def play(self, batch: Batch, step: int, turn: int) -> Move:
        """The turn on a batch. The move's tensors may be overwritten by the next turn."""
        for name, value in self._fields.items():
            for mine, given in zip(leaves(value), leaves(getattr(batch, name)), strict=True):
                mine.copy_(given)
        self._progress = step / self._game.steps
        seed_generators(self._game.device, counted(self._game.seed, "turn", step, self._seat.player.name, turn))
        for stage in self._stages:
            stage()
        return self._move

    def _whole(self) -> None:
        self._begin()
        self._step()
        self._settle()

    def _begin(self) -> None:
        self._seat.guard.keep()
        self._move = self._weigh()

    def _weighed(self) -> Move:
        game, seat = self._game, self._seat
        terms, objective = game.objective(seat, self._batch, self._batch.step)
        gradients = game.gradients(seat, objective)
        return game.move(seat, {k: term.detach() for k, term in terms.items()}, objective.detach(), gradients)

    def _step(self) -> None:
        self._game.step_weights(self._move, self._move.ok, self._progress)

    def _settle(self) -> None:
        self._game.after(self._move, self._batch, self._batch.step)
        self._seat.guard.settle(self._move.ok)
        self._game.follow(self._seat, self._move.ok)


def _compiled(weigh: Callable[[], Move], batch: Batch, compile: Compile) -> Callable[[], Move]:
    """`weigh` on a batch, compiled: what it comes to is taken apart into tensors, and put together again."""
    moves: list[Move] = []

    def apart() -> list[Tensor]:
        moves[:] = [move := weigh()]
        present = [gradient for gradient in move.gradients if gradient is not None]
        return [move.objective, move.norm, move.ok, *move.terms.values(), *batch.kept.values(), *present]

    compute = compile(apart)

    def together() -> Move:
        objective, norm, ok, *rest = compute()
        (move,), found = moves, iter(rest)
        terms = {name: next(found) for name in move.terms}
        batch.kept.update({name: next(found) for name in batch.kept})
        gradients = [None if gradient is None else next(found) for gradient in move.gradients]
        return Move(move.seat, terms, objective, gradients, norm, ok)

    return together


class Watching(TorchDispatchMode):  # type: ignore[no-untyped-call]  # of torch's base
    """Inside, operators run as ever; `why` is what the first one does that a recording cannot hold, or empty."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.why: str = ""

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        found = func(*args, **(kwargs or {}))
        if not self.why and (why := _unrecordable(func, args, found)):
            self.why = f"{why} ({func.overloadpacket})"
        return found


def _unrecordable(func: Any, args: Sequence[Any], found: Any) -> str:
    """Why an operator's call on these arguments, which gave `found`, cannot be recorded; empty if it can."""
    if torch.Tag.data_dependent_output in func.tags:
        return "it asks the host for a number"
    tensors = [value for value in leaves(list(args)) if isinstance(value, Tensor)]
    masks = func.overloadpacket in (torch.ops.aten.index, torch.ops.aten.index_put, torch.ops.aten.index_put_)
    if torch.Tag.dynamic_output_shape in func.tags and not masks:
        return "it makes a tensor whose shape depends on values"
    if masks and any(tensor.dtype in (torch.bool, torch.uint8) for tensor in tensors[1:]):
        return "it chooses elements by a mask, so that their number depends on values"
    if func.overloadpacket in (torch.ops.aten._to_copy, torch.ops.aten.copy_):
        devices = {tensor.device for tensor in [*tensors, found]}
        if len(devices) > 1:
            return "it copies between devices"
    return ""


def _alike(one: Move, other: Move) -> bool:
    """Whether gradients and terms are the same, within rounding; all together, as single ones may be rounding alone."""

    def size(tensors: Iterable[Tensor]) -> Tensor:
        return sum((tensor.double().square().sum() for tensor in tensors), torch.zeros(())).sqrt()

    def near(these: Iterable[Tensor | None], those: Iterable[Tensor | None]) -> bool:
        pairs = [(a, b) for a, b in zip(these, those, strict=True) if a is not None and b is not None]
        return bool(size(a.double() - b for a, b in pairs) <= _APART * size(a for a, _ in pairs))

    reached = [[gradient is None for gradient in move.gradients] for move in (one, other)]
    return (
        reached[0] == reached[1]
        and near(one.gradients, other.gradients)
        and near(one.terms.values(), other.terms.values())
    )


def agree(before: Sequence[Tensor], expected: Sequence[Tensor], found: Sequence[Tensor]) -> bool:
    """Whether every found tensor is where it was expected, within rounding and a twentieth of the way from before."""

    def apart(one: Tensor, other: Tensor | float = 0.0) -> Tensor:
        return torch.where(one == other, 0.0, one.double() - other).square().sum().sqrt()  # 0 also of two infinities

    right = [
        apart(is_, should) <= _APART * apart(should, was) + _ROUNDING * apart(should)
        for was, should, is_ in zip(before, expected, found, strict=True)
    ]
    return bool(torch.stack(right).all())
