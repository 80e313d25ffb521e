"""Samples written while more are made: one file each, or one array, of which memory never holds more than a little."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
from torch import Tensor

from ganzoo.contract import Space
from ganzoo.engine.files import beside
from ganzoo.engine.samples import Samples, refuse_to_overwrite
from ganzoo.errors import UsageError
from ganzoo.plurals import duration, many

__all__ = ["file_name", "stream_to_array", "stream_to_files", "tell_how_far"]

_AHEAD = 4  # batches that may wait for the disk
_SILENT = 10.0  # seconds without a line


def stream_to_files(batches: Iterator[Tensor], n: int, space: Space, folder: Path, *, force: bool = False) -> None:
    """Write n images or sounds, given in batches (k, *shape), as folder/0000.png and on, as many digits as n needs.

    A new folder is there with all of them, or not at all. Raises UsageError if a file exists (unless `force`) or if the
    samples are of another kind, OSError.
    """
    if space.kind not in ("image", "audio"):
        raise UsageError(f"--files: samples of kind {space.kind!r} have no file each; type --out NAME.npz")
    suffix = ".wav" if space.kind == "audio" else ".png"
    refuse_to_overwrite([folder / file_name(number, n, suffix) for number in range(n)], force)
    new, first = not folder.exists(), 0

    def write(place: Path, batch: Tensor) -> None:
        nonlocal first
        for number, contents in enumerate(Samples(batch, space).contents(), first):
            hidden = place / f".{number}.partial"
            hidden.write_bytes(contents)
            hidden.replace(place / file_name(number, n, suffix))
        first += len(batch)

    if not new:
        _behind(batches, partial(write, folder))
        return
    with beside(folder) as place:
        place.mkdir()
        _behind(batches, partial(write, place))
        place.rename(folder)


def file_name(number: int, n: int, suffix: str) -> str:
    """The name of one of n files, 0000.png and on: with as many digits as keep them in order."""
    return f"{number:0{max(4, len(str(n - 1)))}d}{suffix}"


def stream_to_array(batches: Iterator[Tensor], n: int, space: Space, path: Path, *, force: bool = False) -> None:
    """Write n samples, given in batches (k, *shape), as `samples` (n, *shape) float32 in an .npz file, whole or not.

    Raises UsageError if the file exists (unless `force`), OSError.
    """
    refuse_to_overwrite([path], force)
    header = {"descr": "<f4", "fortran_order": False, "shape": (n, *space.shape)}
    with beside(path) as place:
        with (
            zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
            archive.open("samples.npy", "w", force_zip64=True) as member,
        ):
            np.lib.format.write_array_header_1_0(member, header)
            _behind(batches, lambda batch: member.write(np.ascontiguousarray(batch.numpy(), "<f4").data.cast("B")))
        place.replace(path)


def tell_how_far(tell: Callable[[str], None], batches: Iterator[Tensor], n: int) -> Iterator[Tensor]:
    """The batches; every ten seconds a line is told of how many of the n samples are made."""
    begun = said = time.monotonic()
    made = 0
    for batch in batches:
        yield batch
        made += len(batch)
        now = time.monotonic()
        if now - said >= _SILENT and made < n:
            said = now
            tell(f"{made:,} of {many(n, 'sample')}, about {duration((now - begun) * (n - made) / made)} left")


def _behind(batches: Iterator[Tensor], write: Callable[[Tensor], object]) -> None:
    """Write every batch in a thread, in order, while the next ones are made, at most a few of them ahead."""
    waiting: list[Future[object]] = []
    with ThreadPoolExecutor(1) as writer:
        for batch in batches:
            waiting.append(writer.submit(write, batch))
            while len(waiting) > _AHEAD:
                waiting.pop(0).result()
        for future in waiting:
            future.result()
