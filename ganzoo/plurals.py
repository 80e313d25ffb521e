"""Counts and times as people say them."""

from __future__ import annotations

__all__ = ["duration", "many"]


def many(count: int, thing: str) -> str:
    """A count of things: "1 step", "1,797 images", "2 classes". thing: one of them."""
    return f"{count:,} {thing}{'' if count == 1 else 'es' if thing.endswith('s') else 's'}"


def duration(seconds: float) -> str:
    """Seconds as 0.4 s, 19 s, 4 min, 2 h 10 min."""
    if seconds < 1:
        return f"{max(seconds, 0.1):.1f} s"
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
