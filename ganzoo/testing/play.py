"""Checks that play: what objectives return, what a turn moves, and that a run can be stopped anywhere."""

from __future__ import annotations

import dataclasses
import gc
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ganzoo.contract import Batch, Player
from ganzoo.engine import checkpoint
from ganzoo.engine.device import devices as present
from ganzoo.engine.game import Game
from ganzoo.engine.modes import eval_mode
from ganzoo.engine.state import named_parameters
from ganzoo.optimisers import SGD, Adam, RMSprop
from ganzoo.testing.case import Case, equal
from ganzoo.testing.report import Failed

__all__ = [
    "devices", "exact_resume", "golden", "gradients_arrive", "memory", "moved_somewhere", "non_finite", "objectives",
    "only_over_moves", "same_bits",
]  # fmt: skip


def moved_somewhere(case: Case) -> str:
    """5 Every trainable parameter is moved by some player, and every other tensor of a network is a buffer."""
    game = case.game()
    for net, module in game.state.modules.items():
        for path, part in module.named_modules(prefix=net):
            legacy = {name.removesuffix("_orig") for name in part._parameters}  # torch's old norms compute a weight
            stray = [name for name, value in vars(part).items() if isinstance(value, Tensor) and name not in legacy]
            if stray:
                raise Failed(
                    f"{path}.{stray[0]} is a tensor that stays behind when the network is moved to another device or "
                    "saved; use register_buffer, or nn.Parameter"
                )
    moved = {id(parameter) for seat in game.seats for parameter in seat.on}
    everything = named_parameters(game.state.modules, list(game.state.modules))
    lost = [name for name, parameter in everything.items() if id(parameter) not in moved]
    if lost:
        raise Failed(f"no player moves {', '.join(lost[:5])}; name its network in an `over`, or freeze it")
    return f"{sum(p.numel() for p in everything.values()):,} numbers"


def objectives(case: Case) -> str:
    """6 Objectives return finite 0-d tensors for batches of 2 and 5, for every space, and write nothing themselves."""
    for space in case.spaces:
        for size in (2, 5):
            game = case.game(space, batch=size)
            for seat in game.seats:
                before = {name: tensor.clone() for name, tensor in game.state.tensors().items()}
                with eval_mode(game.state.modules):
                    terms, _ = game.evaluate(seat, game.batch(seat, seat.player.start, 0), seat.player.start, 0)
                bad = [name for name, term in terms.items() if not torch.isfinite(term)]
                if bad:
                    raise Failed(
                        f"player {seat.player.name!r}: {bad[0]!r} is not finite for a batch of {size}, {space}"
                    )
                if any(weight.grad is not None for weight in seat.on):
                    raise Failed(
                        f"player {seat.player.name!r} calls backward; return the terms, the engine does the rest"
                    )
                if written := equal(before, game.state.tensors()):
                    raise Failed(
                        f"player {seat.player.name!r} writes {written[0]!r} in its objective; do it in `after`"
                    )
    return ", ".join(seat.player.name for seat in case.game().seats)


def gradients_arrive(case: Case) -> str:
    """7 Every parameter that is moved gets a gradient from at least one player that moves it."""
    game = case.game()
    reached: set[int] = set()
    for seat in game.seats:
        _, objective = game.evaluate(seat, game.batch(seat, seat.player.start, 0), seat.player.start, 0)
        gradients = game.gradients(seat, objective)
        reached |= {id(p) for p, g in zip(seat.on, gradients, strict=True) if g is not None}
    everything = named_parameters(game.state.modules, list(game.state.modules))
    moved = {id(parameter) for seat in game.seats for parameter in seat.on}
    lost = [name for name, p in everything.items() if id(p) in moved and id(p) not in reached]
    if lost:
        raise Failed(f"no gradient for {', '.join(lost[:5])}: no objective depends on it")
    return ""


def only_over_moves(case: Case) -> str:
    """8 During a turn no parameter but those of `over` changes."""
    game = case.game()
    everything = named_parameters(game.state.modules, list(game.state.modules))
    for seat in game.seats:
        before = {name: parameter.detach().clone() for name, parameter in everything.items()}
        game.turn(seat, seat.player.start, 0)
        changed = equal(before, {name: parameter.detach() for name, parameter in everything.items()})
        moved = {id(parameter) for parameter in seat.on}
        strange = [name for name in changed if id(everything[name]) not in moved]
        if strange and not seat.player.after:
            raise Failed(
                f"the turn of {seat.player.name!r} changed {', '.join(strange[:5])}, which is not in its `over`"
            )
        if not changed:
            raise Failed(f"the turn of {seat.player.name!r} changed nothing")
    return ""


def same_bits(case: Case) -> str:
    """9 The same seed gives the same bits for three steps: every draw comes from torch's default generators."""
    first, second = _played(case.game(), 3), _played(case.game(), 3)
    if differ := equal(first.state.tensors(), second.state.tensors()):
        raise Failed(
            f"two games with one seed differ in {differ[0]!r}; draw only from torch's default generators, and keep no "
            "state outside of modules"
        )
    return ""


def golden(case: Case) -> dict[str, float]:
    """Means over three steps of every player's terms and of its gradient's norm, as `<player>/<term>`.

    The same on any machine within a tolerance. Not the networks' norms, which Adam moves alike whatever the objective.
    """
    seats = _played(case.game(), 3).seats
    records = {seat.player.name: seat.tally.read() for seat in seats}
    return {f"{name}/{key}": value for name, record in records.items() for key, value in record.items()}


def exact_resume(case: Case) -> str:
    """10 Save, load, continue gives the bits of never having stopped."""
    never_stopped = _played(case.game(), 4)
    stopped, resumed = _played(case.game(), 2), case.game(seed=0)
    for parameter in resumed.state.tensors().values():
        parameter.zero_()  # nothing may survive but what the checkpoint brings
    with tempfile.TemporaryDirectory() as folder:
        path = checkpoint.save(Path(folder), 2, stopped.state.tensors(), {})
        resumed.state.load(checkpoint.read(path).tensors)
    _played(resumed, 4, first=2)
    if differ := equal(never_stopped.state.tensors(), resumed.state.tensors()):
        raise Failed(f"after a resume {differ[0]!r} differs: state is kept outside of the networks' buffers")
    return ""


def non_finite(case: Case) -> str:
    """14 A turn whose objective or gradient is not finite leaves everything as it was, by any optimiser."""
    for index, player in enumerate(case.players()):
        for by in dict.fromkeys([player.by, Adam(), RMSprop(), SGD(lr=0.1, momentum=0.9)]):
            players = case.players()
            players[index] = dataclasses.replace(player, objective=_poisoned(player), by=by)
            game = case.game(players=players)
            before = {name: tensor.clone() for name, tensor in game.state.tensors().items()}
            game.turn(game.seats[index], player.start, 0)
            if differ := equal(before, game.state.tensors()):
                raise Failed(f"a turn of {player.name!r} with NaN by {type(by).__name__} changed {differ[0]!r}")
    return ""


def memory(case: Case) -> str:
    """16 No tensors are left behind from step to step."""
    game = _played(case.game(), 3)
    gc.collect()
    before = _tensors_alive()
    _played(game, 8, first=3)
    gc.collect()
    grown = _tensors_alive() - before
    if grown > 4:
        raise Failed(f"{grown} more tensors live after five more steps; do not keep tensors of a turn, or detach them")
    return ""


def devices(case: Case) -> str:
    """19 A step is played on every device that is here."""
    found = [device.name for device in present() if device.usable and device.name != "cpu"]
    for name in found:
        case.game(device=torch.device(name)).step(0)
    return ", ".join(["cpu", *found])


def _played(game: Game, steps: int, first: int = 0) -> Game:
    for step in range(first, steps):
        game.step(step)
    return game


def _poisoned(player: Player) -> Callable[..., Mapping[str, Tensor]]:
    def objective(nets: Any, batch: Batch, config: Any) -> Mapping[str, Tensor]:
        terms = player.objective(nets, batch, config)
        found = terms.items() if isinstance(terms, Mapping) else []  # what is wrong with them is the game's to say
        moving = {name: term * float("nan") for name, term in found if getattr(term, "requires_grad", False)}
        return {**terms, **moving} if moving else terms

    return objective


def _tensors_alive() -> int:
    return sum(issubclass(type(thing), Tensor) for thing in gc.get_objects())
