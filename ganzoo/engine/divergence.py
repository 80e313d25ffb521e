"""Has a player diverged, and was it the game or the machine? Steps that went wrong are gone over once more."""

from __future__ import annotations

import torch

from ganzoo.engine.game import Game
from ganzoo.engine.seat import Seat
from ganzoo.errors import Diverged

__all__ = ["Watch", "diagnose"]

PATIENCE = 10  # turns in a row without a finite value after which a player has diverged


class Watch:
    """Counts turns that were not finite; while `replaying`, watches every step for the one where it begins."""

    def __init__(self, game: Game) -> None:
        self._game = game
        self._until = 0
        self._suspect = ""

    @property
    def streak(self) -> int:
        """The most turns in a row, up to now, that a player's were not accepted. Waits for the device."""
        return max(seat.tally.streak for seat in self._game.seats)

    @property
    def diverged(self) -> bool:
        """Whether a player has run out of patience."""
        return self.streak >= PATIENCE

    @property
    def replaying(self) -> bool:
        """Whether steps are being gone over again."""
        return self._until > 0

    def replay(self, until: int) -> None:
        """Watch from here to the step where it was seen: a machine's fault does not recur, a divergence does."""
        self._until, self._suspect = until, ""

    def look(self, step: int, *, last: bool) -> bool:
        """Look at the step just played, the `step`-th; True once the replay is over and nothing recurred.

        Raises Diverged that names the step, the player and the term or network where it began.
        """
        streaks = [seat.tally.streak for seat in self._game.seats]
        worst = max(streaks)
        if not worst:
            self._suspect = ""
        elif not self._suspect:
            seat = self._game.seats[streaks.index(worst)]
            self._suspect = diagnose(self._game, seat, step - 1, seat.player.turns - 1)
        if worst >= PATIENCE or (worst and last):
            raise Diverged(self._suspect)
        if step >= self._until and not worst:
            self._until = 0
            return True
        return False


def diagnose(game: Game, seat: Seat, step: int, turn: int) -> str:
    """Which term or which network's gradient is not finite in a turn that was just undone, in one clause."""
    seat.guard.keep()
    batch = game.batch(seat, step, turn)
    path = game.shards.path(game.shards.mine[0])
    terms, objective = game.evaluate(seat, batch, step, turn, path)
    gradients = game.gradients(seat, objective)
    seat.guard.restore()
    where = f"at step {step}, player {seat.player.name!r}"
    for name, term in terms.items():
        if not torch.isfinite(term):
            return f"{where}: the term {name!r} is {term.item()}"
    for name, gradient in zip(seat.mover.names, gradients, strict=True):
        if gradient is not None and not torch.isfinite(gradient).all():
            return f"{where}: the gradient of {name!r} is not finite"
    return f"{where}: the gradient's norm is not finite"
