"""What is asked of a data set, and what a data set says of itself in a listing. Importable without torch."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from ganzoo import memory
from ganzoo.data.cache import cache_folder
from ganzoo.errors import DataError, UsageError
from ganzoo.tokens import Unit

__all__ = ["Half", "Request", "Summary", "data_root"]

Half: TypeAlias = Literal["left", "right"]


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked of a data set; vectors disregard size and channels.

    root: where downloads live (None: GANZOO_DATA, else the cache folder). size: the side of an image in
    pixels, the length of a sound in numbers, of a text in tokens. channels: 1 grey, 3 RGB, None as the data are.
    strict: an unreadable image is an error. half: of images that are two side by side, the one to take. tokens: what
    a text is cut into. vocabulary: the tokens to read a text in, None for its own.
    Raises UsageError for a size or a number of channels that no image has.
    """

    root: Path | None
    size: int
    channels: int | None
    strict: bool = False
    half: Half | None = None
    tokens: Unit = "words"
    vocabulary: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        mistakes = []
        if self.size < 1:
            mistakes.append(f"--size {self.size}: expected at least 1 pixel, for example --size 32")
        if self.channels not in (None, 1, 3):
            mistakes.append(f"--channels {self.channels}: expected 1 (grey) or 3 (RGB)")
        if mistakes:
            raise UsageError(*mistakes)

    def refuse_too_large(self, what: str, nbytes: int, free: int | None = None) -> None:
        """Raises DataError if samples of this size take more than `free` bytes: of memory, unless it is said."""
        free = memory.available() if free is None else free
        if free is not None and nbytes > free:
            raise DataError(
                f"--size {self.size}: {what} take {memory.megabytes(nbytes)}, and {memory.megabytes(free)} are free; "
                "type a smaller --size"
            )

    @property
    def folder(self) -> Path:
        """Where downloads live."""
        return data_root(self.root)


@dataclass(frozen=True, kw_only=True)
class Summary:
    """One line of `ganzoo datasets`.

    count: the number of samples. shape: of one sample before any resizing. classes: how many, 0 without
    labels. present: whether opening it needs no network. where: the place it is in or would come from.
    """

    count: int
    shape: tuple[int, ...]
    classes: int
    present: bool
    where: str


def data_root(asked: Path | None) -> Path:
    """Where downloads live: what was asked for, else GANZOO_DATA, else a folder in the cache."""
    if asked is not None:
        return Path(os.path.expanduser(asked))
    named = os.environ.get("GANZOO_DATA")
    return Path(os.path.expanduser(named)) if named else cache_folder() / "data"
