"""Randomness that is counted, not carried: a seed for every draw, computed from where the run stands.

There is no random state to save. Resuming at step s gives the same draws as never having stopped,
for any number of processes, because a draw's seed is a function of (seed, step, player, turn, ...).
"""

from __future__ import annotations

from hashlib import blake2b

__all__ = ["counted"]


def counted(seed: int, *where: int | str) -> int:
    """The seed of one draw: 63 bits from the run's `seed` and the path of names and numbers to the draw.

    >>> counted(0, "turn", 12, "D", 0) == counted(0, "turn", 12, "D", 0)
    True
    """
    path = "/".join(map(str, (seed, *where)))
    return int.from_bytes(blake2b(path.encode(), digest_size=8).digest(), "little") >> 1
