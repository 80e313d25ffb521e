"""The names of the dynamics, and how `--dynamics NAME[:NUMBER]` is read. Importable without torch."""

from __future__ import annotations

from ganzoo.errors import UsageError, nearest

__all__ = ["DYNAMICS", "read_dynamics"]

# Each with its number: None takes none, otherwise the default.
DYNAMICS: dict[str, float | None] = {
    "alternating": None,
    "simultaneous": None,
    "extragradient": None,
    "optimistic": None,
    "consensus": 1.0,  # the weight of the regulariser, gamma
    "unrolled": 5.0,  # how many steps ahead, K
}


def read_dynamics(text: str) -> tuple[str, float]:
    """The name and the number of `name` or `name:number`. Raises UsageError with what may be typed."""
    name, colon, number = text.partition(":")
    if name not in DYNAMICS:
        raise UsageError(f"unknown dynamics {name!r}; {nearest(name, DYNAMICS)}")
    default = DYNAMICS[name]
    if not colon:
        return name, default or 0.0
    try:
        value = float(number)
    except ValueError:
        value = -1.0
    if default is None or value <= 0 or (name == "unrolled" and value != int(value)):
        example = f"--dynamics {name}" + ("" if default is None else f":{default:g}")
        raise UsageError(f"--dynamics {text}: type for example {example}")
    return name, value
