"""The idx format of MNIST and its kin, plain or gzipped, read in the memory that the array itself needs."""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from pathlib import Path
from typing import IO, Any

import numpy as np

from ganzoo.data.arrays import array_dataset
from ganzoo.data.dataset import Dataset
from ganzoo.data.request import Request
from ganzoo.errors import DataError

__all__ = ["is_idx", "open_idx", "read_idx"]

TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
CHUNK = 2**20


def is_idx(path: Path) -> bool:
    """Whether a file begins as idx files do: two zeros, a known type, a number of dimensions."""
    try:
        with _open(path) as file:
            magic = file.read(4)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        return False
    return len(magic) == 4 and magic[:2] == b"\0\0" and magic[2] in TYPES and 1 <= magic[3] <= 4


def open_idx(path: Path, request: Request) -> Dataset:
    """The data set of an idx file; the labels of `train-images-idx3-ubyte` are in `train-labels-idx1-ubyte`.

    Raises DataError.
    """
    samples = read_idx(path)
    if samples.ndim == 1:
        raise DataError(f"{path}: these are labels; type the file of images")
    labels = path.with_name(path.name.replace("images", "labels").replace("idx3", "idx1"))
    places = (labels, labels.with_suffix(""), Path(f"{labels}.gz")) if labels != path else ()
    found = [file for file in places if file.is_file()]
    return array_dataset(path, samples, read_idx(found[0]) if found else None, request)


def read_idx(path: Path) -> np.ndarray[Any, Any]:
    """The array in an idx file. Raises DataError if it is damaged: too short, too long, not idx."""
    if not is_idx(path):
        raise DataError(f"{path}: not an idx file, or a damaged one")
    try:
        with _open(path) as file:
            _, code, dimensions = struct.unpack(">HBB", file.read(4))
            shape = struct.unpack(f">{dimensions}I", file.read(4 * dimensions))
            kind = np.dtype(TYPES[code])
            data = np.empty(math.prod(shape) * kind.itemsize, np.uint8)
            view, filled = data.data, 0
            while count := file.readinto(view[filled : filled + CHUNK]):  # type: ignore[attr-defined]
                filled += count
            whole = filled == len(data) and not file.read(1)
    except (EOFError, MemoryError, ValueError, struct.error, gzip.BadGzipFile, zlib.error) as error:
        raise DataError(f"{path}: a damaged idx file ({error})") from error
    if not whole:
        raise DataError(f"{path}: a damaged idx file; its header promises {len(data):,} bytes of numbers")
    array = data.view(kind).reshape(shape)
    return array.astype(kind.newbyteorder("="), copy=False)


def _open(path: Path) -> IO[bytes]:
    return gzip.open(path) if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]
