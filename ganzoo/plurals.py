"""Counts as people say them."""

from __future__ import annotations

__all__ = ["many"]


def many(count: int, thing: str) -> str:
    """A count of things: "1 step", "1,797 images", "2 classes". thing: one of them."""
    return f"{count:,} {thing}{'' if count == 1 else 'es' if thing.endswith('s') else 's'}"
