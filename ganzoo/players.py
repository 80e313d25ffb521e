"""Players: what each wants, which networks it moves, by which optimiser, and when. Nothing here imports torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypedDict, Unpack

from ganzoo.errors import PluginError
from ganzoo.optimisers import Optimiser

if TYPE_CHECKING:
    from torch import Tensor

    from ganzoo.contract import Batch, Nets

__all__ = ["Player", "When", "maximize", "minimize"]

Terms: TypeAlias = "Mapping[str, Tensor]"
Objective: TypeAlias = "Callable[[Nets, Batch, Any], Terms]"
After: TypeAlias = "Callable[[Nets, Terms, Mapping[str, Tensor], Any], None]"


@dataclass(frozen=True, kw_only=True)
class Player:
    """One player: what it wants, which networks it moves, by which optimiser, and when.

    objective(nets, batch, config) returns named 0-d terms; their sum is the objective, a detached term is
    only logged. Made by `maximize` and `minimize`.
    """

    objective: Objective
    over: tuple[str, ...]
    by: Optimiser
    goal: Literal["maximize", "minimize"]
    name: str
    turns: int = 1
    every: int = 1
    start: int = 0
    stop: int | None = None
    after: After | None = None
    equilibrium: float | None = None

    def plays(self, step: int) -> bool:
        """Whether the player takes its turns in this step (counted from 0)."""
        in_phase = self.start <= step and (self.stop is None or step < self.stop)
        return in_phase and (step - self.start) % self.every == 0

    def turns_before(self, step: int) -> int:
        """How many turns the player has taken in all steps before this one: its place in its data."""
        end = step if self.stop is None else min(step, self.stop)
        return self.turns * max(0, -(-(end - self.start) // self.every))


class When(TypedDict, total=False):
    """What may be said of a player besides what it wants.

    name: else its objective's function name. turns: turns in a row per step (n_critic). every: plays in each
    every-th step only (lazy regularisation). start, stop: the phase, in steps, in which it plays.
    after(nets, terms, kept, config): runs once per accepted turn without gradients (weight clipping, state that
    adapts). equilibrium: the objective's value when the game is solved, shown beside the running value.
    """

    name: str
    turns: int
    every: int
    start: int
    stop: int | None
    after: After | None
    equilibrium: float | None


def maximize(objective: Objective, *, over: str | Sequence[str], by: Optimiser, **when: Unpack[When]) -> Player:
    """A player that climbs its objective over the named networks; keywords as in `When`. Raises PluginError."""
    return _player("maximize", objective, over, by, when)


def minimize(objective: Objective, *, over: str | Sequence[str], by: Optimiser, **when: Unpack[When]) -> Player:
    """A player that descends its objective over the named networks; keywords as in `When`. Raises PluginError."""
    return _player("minimize", objective, over, by, when)


def _player(
    goal: Literal["maximize", "minimize"],
    objective: Objective,
    over: str | Sequence[str],
    by: Optimiser,
    when: When,
) -> Player:
    nets = (over,) if isinstance(over, str) else tuple(over)
    said: When = {"name": str(getattr(objective, "__name__", "")), **when}
    player = Player(objective=objective, over=nets, by=by, goal=goal, **said)
    wrong = [
        text
        for bad, text in [
            (not player.name.isidentifier(), f"a player needs a name=, {player.name!r} is not an identifier"),
            (not nets or len(set(nets)) != len(nets), f"over={over!r} should name each network once"),
            (player.turns < 1, f"turns={player.turns} should be at least 1"),
            (player.every < 1, f"every={player.every} should be at least 1"),
            (player.start < 0, f"start={player.start} should be at least 0"),
            (player.stop is not None and player.stop <= player.start, "stop should be after start"),
        ]
        if bad
    ]
    if wrong:
        raise PluginError(f"player {player.name!r}: " + "; ".join(wrong))
    return player
