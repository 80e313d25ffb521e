"""Arrays as data sets: scaled to bytes, cropped and resized; and the reading of .npz and .npy files."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ganzoo.contract import Space
from ganzoo.data.dataset import Dataset, fingerprint
from ganzoo.data.luma import luma
from ganzoo.data.request import Request
from ganzoo.errors import DataError

__all__ = ["array_dataset", "image_dataset", "open_npy", "open_npz", "to_bytes", "vector_dataset"]

SAMPLES = ("images", "x", "x_train", "samples", "arr_0")
LABELS = ("labels", "y", "y_train")
CHUNK = 1024

Array = np.ndarray[Any, Any]


def open_npz(path: Path, request: Request) -> Dataset:
    """The samples, and the labels if there are any, of an .npz file.

    Samples are called images, x, x_train, samples or arr_0; labels are called labels, y or y_train.
    Raises DataError if the file is damaged, holds Python objects or none of these names.
    """
    if not zipfile.is_zipfile(path):
        raise DataError(f"{path}: not a readable .npz of plain arrays (it is no zip file)")
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            names = archive.files
            samples = next((archive[name] for name in SAMPLES if name in names), None)
            labels = next((archive[name] for name in LABELS if name in names), None)
    except (ValueError, EOFError, KeyError, MemoryError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(f"{path}: not a readable .npz of plain arrays ({error})") from error
    if samples is None:
        raise DataError(f"{path}: expected an array named {', '.join(SAMPLES)}; found {', '.join(names) or 'nothing'}")
    return array_dataset(path, samples, labels, request)


def open_npy(path: Path, request: Request) -> Dataset:
    """The samples of an .npy file, which has no labels. Raises DataError if it is damaged or holds Python objects."""
    try:
        with path.open("rb") as file:
            samples = np.lib.format.read_array(file, allow_pickle=False)
    except (ValueError, EOFError, MemoryError, OverflowError) as error:
        raise DataError(f"{path}: not a readable .npy of plain numbers ({error})") from error
    return array_dataset(path, samples, None, request)


def array_dataset(path: Path, samples: Array, labels: Array | None, request: Request) -> Dataset:
    """The data set of an array from a file: (N, F) are vectors; (N, H, W), (N, H, W, C), (N, C, H, W) images.

    labels: (N,) of any plain type; their sorted values are the classes. Raises DataError.
    """
    if not samples.ndim or not samples.size:
        raise DataError(f"{path}: no samples in it; found an array of {samples.shape}")
    codes: Array | None = None
    classes: tuple[str, ...] = ()
    if labels is not None:
        if labels.size != len(samples):
            raise DataError(f"{path}: {len(samples):,} samples and {labels.size:,} labels; expected one each")
        values, codes = np.unique(labels.reshape(-1), return_inverse=True)
        classes = tuple(str(value) for value in values)
    if samples.ndim == 2:
        if samples.dtype.kind not in "biuf":
            raise DataError(f"{path}: vectors should be finite numbers; found {samples.dtype}")
        if bad := int((~np.isfinite(samples)).any(1).sum()):
            raise DataError(f"{path}: vectors should be finite numbers; {bad:,} of {len(samples):,} hold nan or inf")
        return vector_dataset(path.stem, samples.astype(np.float32), codes, classes)
    shape = samples.shape
    if samples.ndim == 3:
        samples = samples[:, None]
    elif samples.ndim == 4 and shape[3] in (1, 3):
        samples = samples.transpose(0, 3, 1, 2)
    elif samples.ndim != 4 or shape[1] not in (1, 3):
        raise DataError(
            f"{path}: expected (N, H, W), (N, H, W, C) or (N, C, H, W) with 1 or 3 channels, or (N, F); found {shape}"
        )
    return image_dataset(path.stem, to_bytes(samples, str(path)), request, codes, classes)


def image_dataset(name: str, images: Array, request: Request, labels: Array | None, classes: Sequence[str]) -> Dataset:
    """Images (N, C, H, W) uint8, cropped to their middle square and resized to what was asked."""
    images = np.ascontiguousarray(images)
    grey, side = request.channels == 1, request.size
    if images.shape[2:] != (side, side):
        fitted = len(images) * (1 if grey else images.shape[1]) * side**2
        request.refuse_too_large(f"the {len(images):,} images of {name}", fitted)
    samples = _fit(torch.from_numpy(images), request.size, grey=grey)
    channels = request.channels or samples.shape[1]
    samples = samples.expand(-1, channels, -1, -1)  # grey as RGB takes no memory
    shape = tuple(samples.shape[1:])
    return Dataset(
        name=name,
        space=Space(kind="image", shape=shape, classes=tuple(classes)),
        samples=samples,
        labels=_long(labels),
        # of what came in: a resampled byte may differ by one from one processor to another
        fingerprint=fingerprint(images, str(shape), labels, "/".join(classes)),
    )


def vector_dataset(
    name: str,
    vectors: Array,
    labels: Array | None,
    classes: Sequence[str],
    details: Mapping[str, Any] | None = None,
) -> Dataset:
    """Vectors (N, F) float32, unbounded; details go into the space."""
    space = Space(kind="vector", shape=vectors.shape[1:], classes=tuple(classes), range=None, details=details or {})
    key = fingerprint(vectors, labels, "/".join(classes))
    return Dataset(name, space, torch.from_numpy(vectors), _long(labels), key)


def to_bytes(values: Array, where: str) -> Array:
    """Pixels of any plain type as uint8, scaled by what range they are in: 0..255, 0..65535, 0..1 or -1..1.

    Raises DataError for other numbers.
    """
    if values.dtype == np.uint8 or not values.size:
        return values.astype(np.uint8, copy=False)
    if values.dtype.kind not in "biuf":
        raise DataError(f"{where}: pixels should be numbers; found {values.dtype}")
    low, high = float(values.min()), float(values.max())
    floating = values.dtype.kind in "bf"
    if floating and low >= 0 and high <= 1:
        scale, shift = 255.0, 0.0
    elif floating and low >= -1 and high <= 1:
        scale, shift = 127.5, 127.5
    elif low >= 0 and high <= 255 and values.dtype != np.uint16:
        scale, shift = 1.0, 0.0
    elif low >= 0 and high <= 65535:
        scale, shift = 1 / 257, 0.0
    else:
        raise DataError(f"{where}: pixels should lie in 0..255, 0..65535, 0..1 or -1..1; found {low:g} to {high:g}")
    scaled = np.empty(values.shape, np.uint8)
    for start in range(0, len(values), CHUNK):
        part = slice(start, start + CHUNK)
        scaled[part] = np.rint(values[part].astype(np.float32) * scale + shift)
    return scaled


def _long(labels: Array | None) -> Tensor | None:
    return None if labels is None else torch.from_numpy(np.ascontiguousarray(labels, np.int64))


def _fit(images: Tensor, size: int, *, grey: bool) -> Tensor:
    """(N, C, H, W) to (N, C or 1, size, size): the middle square, resampled bicubically with antialias."""
    height, width = images.shape[2:]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    images = images[:, :, top : top + side, left : left + side]
    grey = grey and images.shape[1] == 3
    if side == size and not grey:
        return images.contiguous()
    fitted = torch.empty(len(images), 1 if grey else images.shape[1], size, size, dtype=torch.uint8)
    for start in range(0, len(images), CHUNK):
        part = images[start : start + CHUNK]
        if grey:
            part = luma(part).round_().to(torch.uint8)
        if side != size:
            part = F.interpolate(part, (size, size), mode="bicubic", antialias=True)
        fitted[start : start + CHUNK] = part
    return fitted
