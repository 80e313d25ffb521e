"""Is the gradient of a batch the mean of its parts' gradients, as sharing a batch between devices assumes?"""

from __future__ import annotations

from ganzoo.engine.splitting import EXACT, split_difference
from ganzoo.testing.case import Case

__all__ = ["splits"]


def splits(case: Case) -> str:
    """15 Per player: does splitting the batch give the same gradient?"""
    findings = []
    game = case.game(batch=4)
    for seat in game.seats:
        difference = split_difference(game, seat)
        if difference < EXACT:
            findings.append(f"{seat.player.name} splits exactly")
            continue
        alone = split_difference(game, seat, alike=True) < EXACT
        cause = "its draws alone" if alone else "batch statistics or a batch-wide loss"
        findings.append(f"{seat.player.name} differs by {difference:.1%} when split ({cause})")
    return ", ".join(findings)
