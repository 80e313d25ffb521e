"""A trial on copies of the networks: does every player's turn work, what does it read, how long does a step take."""

from __future__ import annotations

import time

from ganzoo.engine.game import Game
from ganzoo.engine.generator import Generator
from ganzoo.errors import PluginError

__all__ = ["play_step", "seconds_per_step", "try_turns"]


def play_step(trial: Game) -> None:
    """Every player takes its turns once, also those whose phase starts later."""
    for seat in trial.seats:
        for turn in range(seat.player.turns):
            trial.turn(seat, seat.player.start, turn)


def try_turns(trial: Game) -> list[str]:
    """Play one turn of every player, and name the players that read reals.

    Raises PluginError if a player raises or returns what it may not, or if samples have not the space's shape.
    """
    reads = []
    for seat in trial.seats:
        batch = trial.turn(seat, seat.player.start, 0)
        if {"real", "real_with", "source"} & set(batch.touched):
            reads.append(seat.player.name)
    if trial.space.kind != "game":
        nets = {name: trial.state.modules[name] for name in trial.architecture.generator}
        try:
            generator = Generator("", trial.architecture, trial.config, trial.space, nets)
            made = (generator.translate(batch.source[:2]) if trial.space.source else generator.sample(2)).tensor
        except (Exception, SystemExit) as error:
            raise PluginError(f"generating samples raised {type(error).__name__}") from error
        if made.shape[1:] != trial.space.shape:
            raise PluginError(
                f"generated samples have the shape {tuple(made.shape[1:])}, the data's is {trial.space.shape}"
            )
    return reads


def seconds_per_step(trial: Game) -> float:
    """The time of one step in seconds: the least of some, since other processes only ever slow one down."""
    times: list[float] = []
    while len(times) < 2 or (sum(times) < 0.1 and len(times) < 20):
        start = time.perf_counter()
        play_step(trial)
        times.append(time.perf_counter() - start)
    return min(times)
