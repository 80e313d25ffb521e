"""Samples in a memory-mapped file, read before they are wanted.

A system reads megabytes around each place of a mapped file that is touched. A file that memory holds is soon there as a
whole; of a larger one, most of what was read is gone again before its turn comes.
"""

from __future__ import annotations

import mmap
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

__all__ = ["LARGE", "Mapped", "mapped"]

LARGE = 2**30  # bytes of a file; a smaller one is soon read as a whole


def mapped(samples: np.memmap[Any, Any]) -> Mapped | None:
    """The mapping of samples (N, ...), if it is worth reading ahead in it and the system lets one."""
    return Mapped(samples) if samples.nbytes >= LARGE and hasattr(mmap, "MADV_WILLNEED") else None


class Mapped:
    """The mapping that samples (N, ...) lie in, one after another."""

    def __init__(self, samples: np.memmap[Any, Any]) -> None:
        self._map: mmap.mmap = samples._mmap  # type: ignore[attr-defined]
        self._first = samples.offset % mmap.ALLOCATIONGRANULARITY
        self._size = samples.nbytes // len(samples)

    def expect(self, index: Tensor) -> None:
        """Ask the system to read the samples at index (n,) int64 by and by, those and no others; returns at once."""
        with suppress(OSError):  # advice that is not taken: they are read when they are touched
            for place in index.tolist():
                begin = self._first + place * self._size
                page = begin - begin % mmap.PAGESIZE
                self._map.madvise(mmap.MADV_WILLNEED, page, begin + self._size - page)
