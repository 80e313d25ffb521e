"""The names of the degradations, and how `--degrade NAME[:AMOUNT]` is read. Importable without torch."""

from __future__ import annotations

from ganzoo.errors import UsageError, nearest

__all__ = ["DEGRADATIONS", "read_degradation"]

# Each with its amount, which decides how it is read: a number of its type, one of the words, or none.
DEGRADATIONS: dict[str, float | int | str | None] = {
    "edges": None,
    "grey": None,
    "mask": "centre",
    "downscale": 4,
    "noise": 0.3,
    "blur": 2.0,
    "hide": 0.2,
    "mel": 40,
}
_PLACES = ("centre", "random")  # of the masked square
_GREATEST = {"downscale": 16, "noise": 10.0, "blur": 64.0, "hide": 0.95, "mel": 128}


def read_degradation(text: str) -> tuple[str, float | int | str | None]:
    """The name and the amount of `name` or `name:amount`. Raises UsageError with what may be typed."""
    name, colon, typed = text.partition(":")
    if name not in DEGRADATIONS:
        raise UsageError(f"unknown degradation {name!r}; {nearest(name, DEGRADATIONS)}")
    amount = DEGRADATIONS[name]
    if not colon:
        return name, amount
    if amount == "centre" and typed in _PLACES:
        return name, typed
    if isinstance(amount, int | float):
        try:
            number = type(amount)(typed)
        except ValueError:
            number = type(amount)(0)
        if (1 if isinstance(amount, int) else 0) < number <= _GREATEST[name]:
            return name, number
    shown = {"mask": "--degrade mask:random", "edges": "--degrade edges", "grey": "--degrade grey"}
    least = f", at most {_GREATEST[name]:g}" if name in _GREATEST else ""
    raise UsageError(f"--degrade {text}: type for example {shown.get(name, f'--degrade {name}:{amount}')}{least}")
