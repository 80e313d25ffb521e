"""Turns played from recordings: all that one turn computes is launched at once, or by fewer and larger operators.

It is game.py's turn on the same draws: a batch is fetched as ever and copied to where the recording reads it, the
generators are seeded, and the recording is played. Recordings are made before the first step. For each player a turn is
played plainly, which shows what it reads; once more, watched for what no recording can hold; and as a recording, which
must come to the same; then all is put back. Where that cannot be, turns stay plain, and a sentence says why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
from ganzoo.engine.snapshot import Snapshot
from ganzoo.engine.ways import Record, Way
from ganzoo.errors import PluginError

if TYPE_CHECKING:
    from ganzoo.engine.game import Game
    from ganzoo.engine.seat import Seat

__all__ = ["Recorder", "Recording", "Watching"]

_APART = 0.05  # of what a turn comes to, its objective and terms: how far from there its recording may be
_ELSEWHERE = "played so it comes to something else"


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
        for seat in self._game.seats:
            for way in self._ways if self._game.shards.undivided(seat.player.name) else ():
                why = self._try(seat, way)
                if not why:
                    yield f"{seat.player.name}: each turn is {way.name}"
                    break
                yield f"{seat.player.name}: each turn is played operator by operator, it is not {way.name}: {why}"

    def _try(self, seat: Seat, way: Way) -> str:
        """Why a player's turn cannot be played this way, empty if it can."""
        game, step, before = self._game, seat.player.start, Snapshot(self._game.state)
        first, batch = game.batch(seat, step, 0), game.batch(seat, step, 0)
        game.play(seat, first, step, 0)
        before.put_back()
        for name in first.touched:
            if not all(isinstance(value, Tensor) for value in leaves(getattr(batch, name))):
                return f"it reads {name!r}, which is not made of tensors"
        with Watching() as watching:
            move = game.play(seat, batch, step, 0)
        expected = Snapshot(game.state)
        before.put_back()
        why: str = watching.why
        if why:
            return why
        try:
            recording = Recording(game, seat, batch, move, way.record)
            before.put_back()  # making it moved them
            row = recording.play(batch, step, 0).row
            near = (row - move.row).norm() <= _APART * move.row.norm()
            if not near or not (before.same if way.exact else before.alike)(expected, Snapshot(game.state)):
                return _ELSEWHERE
            self._recordings[seat.player.name] = recording
        except (RuntimeError, PluginError) as error:  # the plain turn had none: it is the recording's
            return str(error.__cause__ or error).strip().partition("\n")[0] or type(error).__name__
        finally:
            before.put_back()
        return ""


class Recording:
    """One player's turn on memory of its own, recorded; making it moves the game's state.

    batch, move: one that was played plainly, and what it came to. Where the optimiser's numbers change with progress
    the turn is recorded in two parts, between which it moves.
    """

    def __init__(self, game: Game, seat: Seat, batch: Batch, move: Move, record: Record) -> None:
        self._game, self._seat, self._progress = game, seat, 0.0
        self._fields = {name: cut(getattr(batch, name), slice(None)) for name in batch.touched}
        fetch = {name: partial(self._fields.__getitem__, name) for name in self._fields}
        self._batch = Batch(len(batch), step=batch.step, progress=batch.progress, device=batch.device, fetch=fetch)
        terms = {name: term.detach().clone() for name, term in move.terms.items()}
        self._move = Move(seat, terms, move.objective.detach(), [], move.norm, move.ok.clone())
        self._row = self._move.row = move.row.clone()
        self._kept = {name: value.clone() for name, value in batch.kept.items()}
        if seat.mover.changes:
            self._move.gradients = [gradient if gradient is None else gradient.clone() for gradient in move.gradients]
            self._stages = [record(self._first_part), self._step, record(self._second_part)]
        else:
            self._stages = [record(self._whole)]

    def play(self, batch: Batch, step: int, turn: int) -> Move:
        """The turn on a batch. Of what is returned the row is this turn's, until the next one is played."""
        for name, value in self._fields.items():
            _write(value, getattr(batch, name))
        self._progress = step / self._game.steps
        seed_generators(self._game.device, counted(self._game.seed, "turn", step, self._seat.player.name, turn))
        for stage in self._stages:
            stage()
        return self._move

    def _whole(self) -> None:
        move = self._weigh()
        self._game.step_weights(move, move.ok, self._progress)
        self._settle(move)

    def _first_part(self) -> None:
        move, mine = self._weigh(), self._move
        _write([mine.terms, mine.gradients, mine.ok], [move.terms, move.gradients, move.ok])
        _write(self._kept, self._batch.kept)

    def _step(self) -> None:
        self._game.step_weights(self._move, self._move.ok, self._progress)

    def _second_part(self) -> None:
        self._batch.kept.update(self._kept)
        self._settle(self._move)

    def _weigh(self) -> Move:
        game, seat = self._game, self._seat
        seat.guard.keep()
        terms, objective = game.objective(seat, self._batch, self._batch.step)
        gradients = game.gradients(seat, objective)
        move = game.move(seat, {k: term.detach() for k, term in terms.items()}, objective.detach(), gradients)
        self._row.copy_(move.row)
        return move

    def _settle(self, move: Move) -> None:
        self._game.after(move, self._batch, self._batch.step)
        self._seat.guard.settle(move.ok)
        self._game.follow(self._seat, move.ok)


def _write(mine: Any, given: Any) -> None:
    """Copy the tensors in a tuple, a list or a mapping into those in another one, place by place."""
    for one, other in zip(leaves(mine), leaves(given), strict=True):
        if one is not None:
            one.copy_(other)


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
