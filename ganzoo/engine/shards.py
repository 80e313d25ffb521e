"""A batch in parts: shards, which processes share out among them, and micro-batches, where memory is short.

A shard is a part of the game: it has draws, batch statistics and a seed of its own, whoever plays it, so that V shards
give the same bits on any number of processes. A micro-batch is a part of a shard for memory's sake alone: its
samples are the shard's. Gradients, terms and what layers wrote into buffers are means over samples, added in the order
of the shards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from ganzoo.contract import Batch
from ganzoo.engine.batches import joined, part_of
from ganzoo.engine.processes import Processes
from ganzoo.errors import GanzooError, UsageError
from ganzoo.nn.whole import sharing
from ganzoo.plurals import many

if TYPE_CHECKING:
    from ganzoo.engine.game import Game
    from ganzoo.engine.seat import Move, Seat

__all__ = ["Part", "Shards"]


@dataclass(frozen=True)
class Part:
    """One part of a batch: its place among this process's samples and among all, and the path of its draws."""

    here: slice
    first: int
    size: int
    path: tuple[int | str, ...]


class Shards:
    """A batch of `batch` samples in `count` shards, as even as they can be, dealt out to the processes in order.

    whole: layers and losses that look at all samples see those of all processes. micro: by player, how many
    micro-batches a shard is played in. asking: this process's wishes, numbers that are summed over all processes with
    each turn; asked: their sums. Raises UsageError where a process would have no shard or a shard no sample.
    """

    def __init__(self, batch: int, count: int = 1, processes: Processes | None = None, *, whole: bool = False) -> None:
        self.processes, self.count, self.whole = processes or Processes(), count, whole
        several = self.processes.count
        if count < several:
            raise UsageError(f"{several} processes and {count} shards: each plays at least one; start {count} at most")
        if batch < count:
            raise UsageError(f"--batch {batch} in {count} shards: each has at least one sample; type --batch {count}")
        if whole and (count != several or batch % count):
            instead = f"--processes {count}" if count != several else f"--batch {batch - batch % count}"
            raise UsageError(
                "--statistics whole: each process plays one shard, all of one size; there are "
                f"{many(several, 'process')}, {many(count, 'shard')} and a batch of {batch}; type {instead}"
            )
        self.batch = batch
        self.sizes = _even(batch, count)
        self.dealt = _even(count, several)  # shards by process
        start = sum(self.dealt[: self.processes.rank])
        self.mine = range(start, start + self.dealt[self.processes.rank])
        self.first = sum(self.sizes[:start])  # of this process's samples among all
        self.size = sum(self.sizes[shard] for shard in self.mine)  # how many they are
        self.micro: dict[str, int] = {}
        self.asking = self.asked = torch.zeros(3)

    @property
    def here(self) -> slice:
        """The samples of this process in the whole batch."""
        return slice(self.first, self.first + self.size)

    def path(self, shard: int) -> tuple[int | str, ...]:
        """What is added to the path of a shard's draws; nothing where there is but one."""
        return ("shard", shard) if self.count > 1 else ()

    def undivided(self, player: str) -> bool:
        """Whether a player's turn is one pass over one batch in one process: the plain game."""
        return self.count == 1 and self.micro.get(player, 1) == 1

    def draw(self, draw: Callable[[int, tuple[int | str, ...]], Any]) -> Any:
        """What `draw(size, path)` gives for each of this process's shards, joined."""
        return joined([draw(self.sizes[shard], self.path(shard)) for shard in self.mine])

    def finer(self, player: str) -> bool:
        """Play this player's turns in twice as many micro-batches from here; False where that cannot be."""
        now = self.micro.get(player, 1)
        if self.whole or now >= max(self.sizes[shard] for shard in self.mine):
            return False
        self.micro[player] = 2 * now
        return True

    def parts(self, shard: int, player: str) -> Iterator[Part]:
        """The micro-batches of a shard."""
        start = sum(self.sizes[:shard])
        count = min(self.micro.get(player, 1), self.sizes[shard])
        for number, size in enumerate(_even(self.sizes[shard], count)):
            micro = ("micro", number) if count > 1 else ()
            here = slice(start - self.first, start - self.first + size)
            yield Part(here, start, size, (*self.path(shard), *micro))
            start += size

    def weigh(self, game: Game, seat: Seat, batch: Batch, step: int, turn: int) -> Move:
        """What a player would do, by the gradients of all parts. Buffers are left as the mean of what parts left.

        Out of memory, a player's shards are played in finer parts, again from the start of the turn.
        """
        turn_in_parts = _Turn(self, game, seat, batch)
        while (rows := turn_in_parts.rows(step, turn)) is None:
            if game.device.type != "cpu":
                torch.get_device_module(game.device).empty_cache()
            if not self.finer(seat.player.name):
                raise GanzooError(
                    f"out of memory: player {seat.player.name!r} does not fit {game.device} even with one sample "
                    "at a time; choose a smaller --size, smaller networks (see `ganzoo show`), or another --device"
                )
        return turn_in_parts.move(self.processes.sum_in_order(rows, self.dealt))


class _Turn:
    """One turn in parts: each shard becomes one row of numbers, and the sum of all rows becomes a move."""

    def __init__(self, shards: Shards, game: Game, seat: Seat, batch: Batch) -> None:
        self.shards, self.game, self.seat, self.batch = shards, game, seat, batch
        buffers = game.state.buffers()
        self.buffers = [buffer for buffer in buffers if buffer.is_floating_point()]
        self.before = [buffer.clone() for buffer in self.buffers]
        self.counters = [buffer for buffer in buffers if not buffer.is_floating_point()]
        self.counted = [counter.clone() for counter in self.counters]
        self.shapes: list[torch.Size] = []
        self.terms: tuple[str, ...] = ()
        self.kept: dict[str, Tensor] = {}
        self.all_used = False

    def rows(self, step: int, turn: int) -> Tensor | None:
        """The rows of this process's shards, (n, L), or (1, L), their sum, without others; None if memory ends."""
        alone = self.shards.processes.count == 1
        rows: list[Tensor] = []
        try:
            for shard in self.shards.mine:
                row = None
                for part in self.shards.parts(shard, self.seat.player.name):
                    self._rewind()
                    more = self._play(part, step, turn)
                    row = more if row is None else row.add_(more)
                assert row is not None
                if alone and rows:
                    rows[0] += row
                else:
                    rows.append(row)
            return torch.stack(rows)
        except torch.OutOfMemoryError:
            self._rewind()
            return None

    def _rewind(self) -> None:
        """Every part starts from the buffers that the turn began with."""
        with torch.no_grad():
            for buffer, before in zip([*self.buffers, *self.counters], [*self.before, *self.counted], strict=True):
                buffer.copy_(before)

    def _play(self, part: Part, step: int, turn: int) -> Tensor:
        game, seat, share = self.game, self.seat, part.size / self.shards.batch
        batch = part_of(self.batch, part.here)
        with sharing(self.shards.processes.count) if self.shards.whole else nullcontext():
            terms, objective = game.evaluate(seat, batch, step, turn, part.path)
            gradients = game.gradients(seat, objective, share=share)
        self.terms, self.kept = tuple(terms), batch.kept
        self.all_used = None not in gradients
        with torch.no_grad():
            changes = [
                torch.where(now == then, 0, now - then) * share  # also where both are infinite
                for now, then in zip(self.buffers, self.before, strict=True)
            ]
            values = [
                *(torch.zeros_like(p) if g is None else g for p, g in zip(seat.on, gradients, strict=True)),
                torch.tensor([gradient is not None for gradient in gradients], device=game.device),
                *(term * share for term in terms.values()),
                objective * share,
                *changes,
                *(self._placed(value, part, name in batch.rows) for name, value in batch.kept.items()),
                self.shards.asking.to(game.device),
            ]
            self.shapes = [value.shape for value in values]
            kind = torch.float64 if any(value.dtype == torch.float64 for value in values) else torch.float32
            return torch.cat([value.reshape(-1).to(kind) for value in values])

    def _placed(self, value: Tensor, part: Part, per_sample: bool) -> Tensor:
        """What the objective put aside: rows of samples at their places in the whole batch, else its share."""
        if not per_sample:
            return value * (part.size / self.shards.batch)
        whole = value.new_zeros(self.shards.batch, *value.shape[1:])
        whole[part.first : part.first + part.size] = value
        return whole

    def move(self, total: Tensor) -> Move:
        """The move along the summed row."""
        lengths = [shape.numel() for shape in self.shapes]
        values = [value.view(shape) for value, shape in zip(torch.split(total, lengths), self.shapes, strict=True)]
        values.reverse()  # the next one is the last

        def take(like: Sequence[Tensor]) -> list[Tensor]:
            return [values.pop().to(tensor.dtype) for tensor in like]

        gradients: list[Tensor | None] = [*take(self.seat.on)]
        used = values.pop() > 0
        terms = {name: values.pop() for name in self.terms}
        objective = values.pop()
        with torch.no_grad():
            for buffer, before, change in zip(self.buffers, self.before, take(self.buffers), strict=True):
                buffer.copy_(before + change)
        self.batch.kept |= dict(zip(self.kept, take([*self.kept.values()]), strict=True))
        asked = values.pop()
        self.shards.asked = self.shards.asked.to(asked.device) + asked
        if not self.all_used:  # else somebody used all of them, and nothing need wait for the device
            gradients = [g if u else None for g, u in zip(gradients, used.tolist(), strict=True)]
        return self.game.move(self.seat, terms, objective, gradients)


def _even(total: int, parts: int) -> list[int]:
    """`total` in so many parts that differ by at most one, the larger first."""
    return [total // parts + (part < total % parts) for part in range(parts)]
