"""The minimax game: whose turn it is decides what moves.

One step = every player that plays takes its turns once, in the order of the list. A turn is: seed the
generators by counting, turn gradients on for what the player moves and off for all else, evaluate its
objective, and move, all kept or all undone. Not here: when to log, save or stop (train.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from ganzoo.contract import Architecture, Batch, Config, Player, Space
from ganzoo.counted import counted
from ganzoo.data import Dataset, Stream
from ganzoo.engine.device import drawing, seed_generators
from ganzoo.engine.generator import draw_prior
from ganzoo.engine.guard import Guard
from ganzoo.engine.joint import Joint
from ganzoo.engine.recorded import Recorder
from ganzoo.engine.seat import Move, Seat, blamed, terms_of, total_norm
from ganzoo.engine.shards import Shards
from ganzoo.engine.state import State, named_pairs, named_parameters
from ganzoo.engine.tally import Tally
from ganzoo.engine.ways import Way

__all__ = ["Game"]


class Game:
    """Players, networks and data, and the turns that they take.

    seed: the run's. batch: samples per turn. ema: decay of the generator's average. clip: greatest norm of
    a turn's gradient, None for any. steps: the plan, which `progress` is measured against. shards: how a batch is
    split and who plays the parts, one process the whole by default. ways: to play turns of alternating play from
    recordings (recorded.py), the best first; without any they are launched operator by operator.
    """

    def __init__(
        self,
        architecture: Architecture,
        config: Config,
        space: Space,
        players: list[Player],
        state: State,
        dataset: Dataset | None,
        *,
        device: torch.device,
        seed: int,
        batch: int,
        steps: int,
        precision: str = "fp32",
        ema: float = 0.0,
        clip: float | None = None,
        dynamics: str = "alternating",
        shards: Shards | None = None,
        ways: Sequence[Way] = (),
    ) -> None:
        self.architecture, self.config, self.space = architecture, config, space
        self.state, self.device, self.seed, self.batch_size, self.steps = state, device, seed, batch, steps
        self.clip, self._follow = clip, 1.0 - ema
        self.shards = shards or Shards(batch)
        self._nets = state.nets
        self.autocast = torch.autocast(device.type, dtype=torch.bfloat16, enabled=precision == "bf16")
        self._step, self._progress = torch.zeros((), device=device), torch.zeros((), device=device)
        self._noise = torch.Generator(device)
        self._focused: Seat | None = None
        everything = named_parameters(state.modules, list(state.modules))
        self.seats = [self._seat(player, everything, dataset) for player in players]
        self.joint = None if dynamics == "alternating" else Joint(self, dynamics)
        self.recorder = Recorder(self, ways) if ways and not self.joint else None

    def _seat(self, player: Player, everything: Mapping[str, nn.Parameter], dataset: Dataset | None) -> Seat:
        mover = self.state.movers[player.name]
        moved = {id(parameter) for parameter in mover.parameters}
        changing = self.state.buffers()
        if player.after:
            changing += [*everything.values(), *mover.state().values()]
        elif not mover.settles_itself:
            changing += [*mover.parameters, *mover.state().values()]
        apart = self.architecture.source in ("unpaired", "itself")
        stream = dataset and Stream(
            dataset, self.batch_size, self.seed, player.name, self.device, unpaired=apart, part=self.shards.here
        )
        following: list[Tensor] = []
        followed: list[Tensor] = []
        if any(name in self.state.average for name in player.over):
            pairs = named_pairs(self.state.average, self.state.modules)
            following, followed = [a for a, _ in pairs], [b for _, b in pairs]
        return Seat(
            player,
            mover,
            on=mover.parameters,
            off=[parameter for parameter in everything.values() if id(parameter) not in moved],
            guard=Guard(changing),
            tally=Tally(self.device),
            stream=stream or None,
            averaged=(following, followed),
            direction=torch.tensor(-1.0 if player.goal == "maximize" else 1.0, device=self.device),
        )

    def step(self, step: int) -> None:
        """Play one step, counted from 0."""
        self._step.fill_(step)
        self._progress.fill_(step / self.steps)
        if self.joint:
            self.joint.step(step)
            return
        for seat in self.seats:
            if seat.player.plays(step):
                for turn in range(seat.player.turns):
                    self.turn(seat, step, turn)

    def batch(self, seat: Seat, step: int, turn: int) -> Batch:
        """What this process plays a turn on: a function of the seed, the player and the turn's number alone."""
        name, place = seat.player.name, seat.player.turns_before(step) + turn

        def draw_z(size: int, path: tuple[int | str, ...]) -> Any:
            seed, what = counted(self.seed, "z", step, name, turn, *path), (self.config, self.space, self.device)
            if self.architecture.prior is None:  # the same numbers, without putting the default generators back
                return draw_prior(self.architecture, size, *what, self._noise.manual_seed(seed))
            with drawing(self.device, seed):
                return draw_prior(self.architecture, size, *what)

        fetch = {"z": lambda: self.shards.draw(draw_z)}
        if seat.stream:
            stream = seat.stream
            fetch["real"] = lambda: stream.real(place)
            fetch["real_with"] = lambda: partial(stream.real_with, place)
            if self.space.classes:
                fetch["label"] = lambda: stream.label(place)
            if self.space.source:
                fetch["source"] = lambda: stream.source(place)
                if self.space.source.classes:
                    fetch["source_label"] = lambda: stream.source_label(place)
        return Batch(self.shards.size, step=self._step, progress=self._progress, device=self.device, fetch=fetch)

    def focus(self, seat: Seat) -> None:
        """Turn gradients on for what the player moves, off for every other trainable parameter; on for all in
        joint play, where one player's gradient may be differentiated by another's weights.
        """
        if self._focused is not seat and not (self.joint and self._focused):
            for parameter in seat.off:
                parameter.requires_grad = self.joint is not None
            for parameter in seat.on:
                parameter.requires_grad = True
            self._focused = seat

    def evaluate(
        self, seat: Seat, batch: Batch, step: int, turn: int, path: Sequence[int | str] = ()
    ) -> tuple[dict[str, Tensor], Tensor]:
        """The objective's terms and their sum, 0-d; draws are those of this turn however often it is evaluated.

        path: of a part of the batch, whose draws are its own (shards.py).
        """
        seed_generators(self.device, counted(self.seed, "turn", step, seat.player.name, turn, *path))
        return self.objective(seat, batch, step)

    def objective(self, seat: Seat, batch: Batch, step: int | Tensor) -> tuple[dict[str, Tensor], Tensor]:
        """The objective's terms and their sum, 0-d, by the default generators as they are."""
        self.focus(seat)
        with blamed(seat.player, step), self.autocast:
            returned = seat.player.objective(self._nets, batch, self.config)
        return terms_of(seat.player, returned)

    def turn(self, seat: Seat, step: int, turn: int) -> Batch:
        """One player's turn: kept whole, or undone whole if its objective or gradient is not finite or it raises.

        Returns the batch that it was played on.
        """
        batch = self.batch(seat, step, turn)
        recorder = self.recorder if self.shards.undivided(seat.player.name) else None
        move = (recorder or self).play(seat, batch, step, turn)
        seat.tally.add(move.terms, move.row)
        return batch

    def play(self, seat: Seat, batch: Batch, step: int, turn: int) -> Move:
        """A turn on a batch, operator by operator."""
        seat.guard.keep()
        try:
            move = self.weigh(seat, batch, step, turn)
            self.act(move, move.ok, batch, step)
        except BaseException:
            seat.guard.restore()
            raise
        seat.guard.settle(move.ok)
        self.follow(seat, move.ok)
        return move

    def weigh(self, seat: Seat, batch: Batch, step: int, turn: int) -> Move:
        """What a player would do: its terms and its gradients at the weights as they are, nothing moved.

        Out of memory, it is weighed again, in micro-batches from here on.
        """
        if self.shards.undivided(seat.player.name):
            try:
                terms, objective = self.evaluate(seat, batch, step, turn)
                return self.move(seat, terms, objective, self.gradients(seat, objective))
            except torch.OutOfMemoryError:
                if self.joint:
                    raise
                self.shards.finer(seat.player.name)
            seat.guard.restore()
        return self.shards.weigh(self, seat, batch, step, turn)  # with other processes: the one exchange of a turn

    def move(self, seat: Seat, terms: dict[str, Tensor], objective: Tensor, gradients: list[Tensor | None]) -> Move:
        """A move along these gradients, clipped if the run clips, and whether everything in it is finite."""
        norm = total_norm(gradients, self.device)
        both = norm + objective.detach()
        ok = both - both == 0  # not so where either is not finite; `isfinite` is four operators
        if self.clip is not None:
            scale = (self.clip / (norm + 1e-12)).clamp(max=1)
            gradients = [None if g is None else g * scale for g in gradients]  # not in place: they may be shared
        return Move(seat, terms, objective, gradients, norm, ok)

    def act(self, move: Move, ok: Tensor, batch: Batch, step: int) -> None:
        """Move the weights, and let the player's `after` see what was played."""
        self.step_weights(move, ok, step / self.steps)
        self.after(move, batch, step)

    def step_weights(self, move: Move, ok: Tensor, progress: float) -> None:
        """Move the weights."""
        with torch.no_grad():
            move.seat.mover.step(move.gradients, ok, progress)

    def after(self, move: Move, batch: Batch, step: int | Tensor) -> None:
        """Let the player's `after` see what was played."""
        player = move.seat.player
        if player.after:
            detached = {name: term.detach() for name, term in move.terms.items()}
            with torch.no_grad(), blamed(player, step):
                player.after(self._nets, detached, batch.kept, self.config)

    def gradients(
        self, seat: Seat, objective: Tensor, over: Sequence[Tensor] = (), *, share: float = 1.0, graph: bool = False
    ) -> list[Tensor | None]:
        """The loss's gradient for each parameter that the player moves, or each of `over`; None where it reaches none.

        share: of the batch, what the objective was evaluated on. graph: whether the gradients can be differentiated
        again.
        """
        direction = seat.direction.to(objective.dtype, copy=True)  # it may come back as a gradient and be written to
        if share != 1.0:
            direction *= share
        over = over or seat.on
        with blamed(seat.player, self._step):
            return list(torch.autograd.grad(objective, over, direction, allow_unused=True, create_graph=graph))

    def follow(self, seat: Seat, ok: Tensor) -> None:
        """Let the generator's average follow, if the player moves it."""
        following, followed = seat.averaged
        if following:
            with torch.no_grad():
                torch._foreach_lerp_(following, followed, [ok * self._follow] * len(following))  # one pass, no copies
                for name, module in self.state.average.items():
                    for mine, live in zip(module.buffers(), self.state.modules[name].buffers(), strict=True):
                        torch.where(ok, live, mine, out=mine)
