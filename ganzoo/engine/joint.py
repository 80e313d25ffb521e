"""Dynamics other than alternating play: every player weighs its move at one point, on one shared batch.

A step is one transaction over everything. Look-aheads are undone; what layers wrote into buffers during them too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

import torch
from torch import Tensor, nn

from ganzoo.contract import Batch
from ganzoo.dynamics import read_dynamics
from ganzoo.engine.guard import Guard
from ganzoo.errors import UsageError

if TYPE_CHECKING:
    from ganzoo.engine.game import Game
    from ganzoo.engine.seat import Move, Seat

__all__ = ["Joint"]

Weighed: TypeAlias = tuple[dict[str, Tensor], Tensor]  # an objective's terms and their sum


class Joint:
    """Plays a game's steps by one of the dynamics, `name` or `name:number`.

    Raises UsageError for a player with turns or every above 1, since all move once per step.
    """

    def __init__(self, game: Game, dynamics: str) -> None:
        self.name, self.number = read_dynamics(dynamics)
        for seat in game.seats:
            for word in ("turns", "every"):
                if getattr(seat.player, word) > 1:
                    raise UsageError(
                        f"--dynamics {self.name}: player {seat.player.name!r} has {word}={getattr(seat.player, word)}, "
                        f"and here every player moves once per step; type --dynamics alternating"
                    )
        if self.name in ("consensus", "unrolled") and game.shards.count > 1:
            raise UsageError(
                f"--dynamics {self.name} looks through other players' gradients of the whole batch, which "
                f"{game.shards.count} shards have not; type --shards 1, on one process"
            )
        self.game = game
        self.weights = list({id(p): p for seat in game.seats for p in seat.on}.values())
        if self.name == "optimistic":
            self.previous = [torch.zeros_like(weight.detach()) for weight in self.weights]
            self.started = torch.zeros((), device=game.device)
            game.state.extra["optimistic.started"] = self.started
            game.state.extra |= {f"optimistic.{i}": move for i, move in enumerate(self.previous)}
        tensors = {id(t): t for t in [*game.state.tensors().values(), *game.state.buffers()]}
        self.whole = Guard(list(tensors.values()))
        self.here, self.buffers = Guard(self.weights), Guard(game.state.buffers())
        self.play: Callable[[int, Batch, list[Seat]], list[Move]] = {
            "simultaneous": self.simultaneous,
            "extragradient": self.extragradient,
            "optimistic": self.optimistic,
            "consensus": self.consensus,
            "unrolled": self.unrolled,
        }[self.name]

    def step(self, step: int) -> None:
        """Play one step, kept whole or undone whole."""
        game = self.game
        seats = [seat for seat in game.seats if seat.player.plays(step)]
        if not seats:
            return
        batch = game.batch(seats[0], step, 0)
        self.whole.keep()
        try:
            moves = self.play(step, batch, seats)
        except BaseException:
            self.whole.restore()
            raise
        ok = torch.stack([move.ok for move in moves]).all()
        self.whole.settle(ok)
        for move in moves:
            game.follow(move.seat, ok)
            move.seat.tally.add(move.terms, replace(move, ok=ok).row)

    def weigh(self, step: int, batch: Batch, seats: list[Seat]) -> list[Move]:
        """Every player's move at the weights as they are."""
        return [self.game.weigh(seat, batch, step, 0) for seat in seats]

    def act(self, moves: list[Move], step: int, batch: Batch) -> list[Move]:
        """All players move."""
        for move in moves:
            self.game.act(move, move.ok, batch, step)
        return moves

    def simultaneous(self, step: int, batch: Batch, seats: list[Seat]) -> list[Move]:
        """All gradients at one point, then all moves."""
        return self.act(self.weigh(step, batch, seats), step, batch)

    def extragradient(self, step: int, batch: Batch, seats: list[Seat]) -> list[Move]:
        """Look one step ahead, and move from here by the gradients found there.

        Korpelevich 1976; Gidel et al. 2019, A Variational Inequality Perspective on GANs, Algorithms 3 and 4, where
        the optimiser's moments are those of both half-steps.
        """
        self.buffers.keep()
        self.here.keep()
        for move in self.weigh(step, batch, seats):
            with torch.no_grad():
                move.seat.mover.step(move.gradients, move.ok, step / self.game.steps)
        self.buffers.restore()
        moves = self.weigh(step, batch, seats)
        self.here.restore()
        return self.act(moves, step, batch)

    def optimistic(self, step: int, batch: Batch, seats: list[Seat]) -> list[Move]:
        """Twice this step's update less the last one's; the first step's last one is taken as itself.

        Daskalakis et al. 2018, Training GANs with Optimism, eq. 7 and Algorithm 1.
        """
        before = [weight.detach().clone() for weight in self.weights]
        moves = self.act(self.weigh(step, batch, seats), step, batch)
        with torch.no_grad():
            for weight, old, previous in zip(self.weights, before, self.previous, strict=True):
                update = weight - old
                last = torch.where(self.started > 0, previous, update)
                weight.copy_(old + 2 * update - last)
                previous.copy_(update)
            self.started.fill_(1)
        return moves

    def consensus(self, step: int, batch: Batch, seats: list[Seat]) -> list[Move]:
        """Every player also descends `number` times half the squared norm of all gradients together.

        Mescheder et al. 2017, The Numerics of GANs, eq. 10.
        """
        game, drafts = self.game, []
        for seat in seats:
            terms, objective = game.evaluate(seat, batch, step, 0)
            drafts.append((seat, terms, objective, game.gradients(seat, objective, graph=True)))
        reached = [g for *_, gradients in drafts for g in gradients if g is not None]
        half = 0.5 * torch.stack([gradient.square().sum() for gradient in reached]).sum()
        pulls = torch.autograd.grad(half, self.weights, allow_unused=True) if half.requires_grad else ()
        pull = {id(w): p for w, p in zip(self.weights, pulls, strict=False) if p is not None}
        moves = []
        for seat, terms, objective, gradients in drafts:
            mine = []
            for weight, gradient in zip(seat.on, gradients, strict=True):
                parts = [g for g in (gradient, _times(pull.get(id(weight)), self.number)) if g is not None]
                mine.append(sum(parts[1:], parts[0]).detach() if parts else None)
            moves.append(game.move(seat, terms, objective, mine))
        return self.act(moves, step, batch)

    def unrolled(self, step: int, batch: Batch, seats: list[Seat]) -> list[Move]:
        """The last player moves against the answers of the others, `number` steps of theirs ahead, and through them.

        Metz et al. 2017, Unrolled Generative Adversarial Networks, eq. 8 to 10; the others move as ever.
        """
        game, progress = self.game, step / self.game.steps
        *others, last = seats
        moves = self.weigh(step, batch, others)
        self.buffers.keep()
        table = _Table(game.state.modules)
        names = {id(weight): name for name, weight in table.named_parameters()}
        ahead = {names[id(w)]: w.clone() for seat in others for w in seat.on}
        memory = {id(seat.mover): seat.mover.copy_of_state() for seat in others}

        def evaluate(seat: Seat) -> Weighed:
            there = (lambda: game.evaluate(seat, batch, step, 0),)
            weighed: Weighed = torch.func.functional_call(table, ahead, there)
            return weighed

        for _ in range(int(self.number)):
            for seat in others:
                mine = [ahead[names[id(w)]] for w in seat.on]
                gradients = game.gradients(seat, evaluate(seat)[1], mine, graph=True)
                answered = [weight.clone() for weight in mine]
                state = {key: [t.clone() for t in tensors] for key, tensors in memory[id(seat.mover)].items()}
                seat.mover.imagine(answered, gradients, state, progress)
                memory[id(seat.mover)] = state
                ahead |= {names[id(w)]: weight for w, weight in zip(seat.on, answered, strict=True)}
        terms, objective = evaluate(last)
        moves.append(game.move(last, terms, objective, game.gradients(last, objective)))
        self.buffers.restore()
        return self.act(moves, step, batch)


class _Table(nn.Module):
    """All networks as one module, so that an objective can be evaluated with other weights in their place."""

    def __init__(self, modules: dict[str, nn.Module]) -> None:
        super().__init__()
        self.nets = nn.ModuleDict(modules)

    def forward(self, evaluate: Callable[[], Weighed]) -> Weighed:
        """What the objective is while other weights stand in their place."""
        return evaluate()


def _times(value: Tensor | None, number: float) -> Tensor | None:
    return None if value is None else value * number
