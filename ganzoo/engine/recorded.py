"""Turns played from recordings: on a CUDA device all that one turn launches is one graph, launched at once.

It is game.py's turn on the same draws: a batch is fetched as ever and copied to where the recording reads it, the
generators are seeded, and the recording is played. A player's first turn is played plainly, which shows what it reads;
its second too, watched for what no recording can hold, and once more as a recording, which must come to the same; from
the third on the recording plays. Where that cannot be, turns stay plain, and `news` says why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from ganzoo.contract import Batch
from ganzoo.counted import counted
from ganzoo.engine.batches import cut, leaves
from ganzoo.engine.device import seed_generators
from ganzoo.errors import PluginError

if TYPE_CHECKING:
    from ganzoo.engine.game import Game
    from ganzoo.engine.seat import Move, Seat

__all__ = ["Record", "Recorder", "Recording", "Watching", "cuda_graph"]

Record: TypeAlias = Callable[[Callable[[], None]], Callable[[], None]]  # a function -> the same, without Python

_WARM_UPS = 3  # plays before a graph is captured, in which libraries make their workspaces
_APART = 0.05  # of how far a turn moves a tensor: how far from there its recording may
_ROUNDING = 1e-6  # of a tensor's norm


class Recorder:
    """Plays a game's turns, from recordings that `record` makes where it can.

    news: sentences for the user that nobody has fetched yet.
    """

    def __init__(self, game: Game, record: Record) -> None:
        self._game, self._record = game, record
        self._read: dict[str, list[str]] = {}  # fields of a batch, by player
        self._plain: set[str] = set()
        self._recordings: dict[str, Recording] = {}
        self.news: list[str] = []

    def play(self, seat: Seat, batch: Batch, step: int, turn: int) -> Move:
        """One player's turn on a batch, as `Game.play` plays it."""
        name = seat.player.name
        if name in self._recordings:
            return self._recordings[name].play(batch, step, turn)
        if name in self._read and name not in self._plain:
            return self._try(seat, batch, step, turn)
        move = self._game.play(seat, batch, step, turn)
        self._read[name] = batch.touched
        return move

    def _try(self, seat: Seat, batch: Batch, step: int, turn: int) -> Move:
        """Play a turn plainly, and once more from a recording of it; what it leaves is the plain turn's."""
        state, name = self._game.state, seat.player.name
        tensors = list({id(t): t for t in [*state.tensors().values(), *(b.detach() for b in state.buffers())]}.values())
        odd = [
            field for field in self._read[name] if not all(isinstance(v, Tensor) for v in leaves(getattr(batch, field)))
        ]
        before = [tensor.clone() for tensor in tensors]
        with Watching() as watching:
            move = self._game.play(seat, batch, step, turn)
        why = f"it reads {odd[0]!r}, which is not made of tensors" if odd else watching.why
        after = [tensor.clone() for tensor in tensors]
        try:
            if not why:
                recording = Recording(self._game, seat, batch, self._record)
                torch._foreach_copy_(tensors, before)
                recording.play(batch, step, turn)
                why = "" if agree(before, after, tensors) else "its recording moved the weights elsewhere"
        except (RuntimeError, PluginError) as error:  # the plain turn had none: it is the recording's
            why = str(error.__cause__ or error).partition("\n")[0]
        torch._foreach_copy_(tensors, after)
        if why:
            self._stay_plain(name, why)
        else:
            self._recordings[name] = recording
            self.news.append(f"{name}: each turn is one graph")
        return move

    def _stay_plain(self, name: str, why: str) -> None:
        self._plain.add(name)
        self.news.append(f"{name}: each turn is launched operator by operator, not as one graph: {why}")


class Recording:
    """One player's turn as it was recorded.

    An optimiser whose numbers change with progress moves between two recordings. Making them moves the game's state.
    """

    def __init__(self, game: Game, seat: Seat, batch: Batch, record: Record) -> None:
        self._game, self._seat, self._progress = game, seat, 0.0
        self._fields = {name: cut(getattr(batch, name), slice(None)) for name in batch.touched}
        fetch = {name: partial(self._fields.__getitem__, name) for name in self._fields}
        self._batch = Batch(len(batch), step=batch.step, progress=batch.progress, device=batch.device, fetch=fetch)
        self._move: Move
        if seat.mover.changes:
            weigh = record(self._weigh)
            self._stages = [weigh, self._step, record(self._settle)]
        else:
            self._stages = [record(self._whole)]

    def play(self, batch: Batch, step: int, turn: int) -> Move:
        """The turn on a batch. The move's tensors are overwritten by the next turn."""
        for name, value in self._fields.items():
            for mine, given in zip(leaves(value), leaves(getattr(batch, name)), strict=True):
                mine.copy_(given)
        self._progress = step / self._game.steps
        seed_generators(self._game.device, counted(self._game.seed, "turn", step, self._seat.player.name, turn))
        for stage in self._stages:
            stage()
        return self._move

    def _whole(self) -> None:
        self._weigh()
        self._step()
        self._settle()

    def _weigh(self) -> None:
        game, seat = self._game, self._seat
        seat.guard.keep()
        terms, objective = game.objective(seat, self._batch, self._batch.step)
        gradients = game.gradients(seat, objective)
        self._move = game.move(seat, {k: term.detach() for k, term in terms.items()}, objective.detach(), gradients)

    def _step(self) -> None:
        self._game.step_weights(self._move, self._move.ok, self._progress)

    def _settle(self) -> None:
        self._game.after(self._move, self._batch, self._batch.step)
        self._seat.guard.settle(self._move.ok)
        self._game.follow(self._seat, self._move.ok)


class Watching(TorchDispatchMode):  # type: ignore[no-untyped-call]  # of torch's base
    """Inside, operators run as ever; `why` is what the first one does that a recording cannot hold, or empty."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.why = ""

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


def agree(before: Sequence[Tensor], expected: Sequence[Tensor], found: Sequence[Tensor]) -> bool:
    """Whether every found tensor is where it was expected, within rounding and a twentieth of the way from before."""

    def apart(one: Tensor, other: Tensor | float = 0.0) -> Tensor:
        return torch.where(one == other, 0.0, one.double() - other).square().sum().sqrt()  # 0 also of two infinities

    right = [
        apart(is_, should) <= _APART * apart(should, was) + _ROUNDING * apart(should)
        for was, should, is_ in zip(before, expected, found, strict=True)
    ]
    return bool(torch.stack(right).all())


def cuda_graph(play: Callable[[], None], device: torch.device) -> Callable[[], None]:
    """What `play` launches on a CUDA device, as one graph; `play` is called several times for it.

    Draws follow the device's default generator as it is at every replay. Raises RuntimeError where it cannot be.
    """
    with torch.cuda.device(device):
        here, aside = torch.cuda.current_stream(), torch.cuda.Stream()  # type: ignore[no-untyped-call]
        aside.wait_stream(here)
        with torch.cuda.stream(aside):
            for _ in range(_WARM_UPS):
                play()
        here.wait_stream(aside)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(
            graph, stream=aside, capture_error_mode="thread_local"
        ):  # other threads may be reading data
            play()
    return graph.replay
