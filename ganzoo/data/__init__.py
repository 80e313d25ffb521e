"""Data: a name or a path becomes samples in [-1, 1], dealt as endless batches that need no state.

Importing this package imports neither torch nor numpy; its names are fetched when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ganzoo.data.request import Request, Summary

if TYPE_CHECKING:
    from ganzoo.data.dataset import Dataset, needs_augmentation
    from ganzoo.data.opening import open_dataset
    from ganzoo.data.stream import Stream
    from ganzoo.data.translation import open_translation

__all__ = ["Dataset", "Request", "Stream", "Summary", "needs_augmentation", "open_dataset", "open_translation"]

_HOMES = {
    "Dataset": "dataset",
    "Stream": "stream",
    "needs_augmentation": "dataset",
    "open_dataset": "opening",
    "open_translation": "translation",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
