"""What a run's record says of its players: means over their turns since it was last read, and the pace of steps."""

from __future__ import annotations

import time

from ganzoo.engine.game import Game

__all__ = ["Means"]


class Means:
    """The means of one game's players, and how many steps a second it has played since `start`."""

    def __init__(self, game: Game) -> None:
        self._game = game
        self.start(0)

    def start(self, step: int) -> None:
        """The pace is measured from here, where `step` steps are done."""
        self._clock, self._step = time.monotonic(), step

    def read(self, step: int) -> dict[str, float]:
        """`<player>/<term>`, `<player>/objective`, `<player>/gradient`, `rejected` turns of all, and `rate`.

        step: how many are done now. Means that were read are forgotten. Waits for the device.
        """
        record: dict[str, float] = {}
        rejected = 0.0
        for seat in self._game.seats:
            found = seat.tally.read()
            rejected += found.pop("rejected")
            record |= {f"{seat.player.name}/{name}": value for name, value in found.items()}
        record["rejected"] = rejected
        record["rate"] = (step - self._step) / max(time.monotonic() - self._clock, 1e-9)
        return record
