"""A folder or zip of images, decoded once into a memory-mapped cache; sub-folders are classes."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import warnings
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from ganzoo.contract import Space
from ganzoo.data.cache import cache_folder, keep
from ganzoo.data.dataset import Dataset, fingerprint
from ganzoo.data.decode import fit, upright
from ganzoo.data.files import Files, folder_files, readable, zip_files
from ganzoo.data.mapped import mapped
from ganzoo.data.request import Request
from ganzoo.errors import DataError
from ganzoo.plurals import many

__all__ = ["open_files", "open_folder", "open_zip"]

FORMAT = 2  # of the cache
CORES = os.cpu_count() or 1
GROUP = 8  # images that one thread decodes in a row: small ones take less time than to change threads
CHUNK = GROUP * max(8, CORES)  # images decoded ahead, which bounds the memory


def open_folder(
    path: Path, request: Request, *, name: str | None = None, only: Collection[str] | None = None
) -> Dataset:
    """The images below a folder; only: the names to take. Raises DataError."""
    return open_files(name or path.resolve().name, folder_files(path, only), request)


def open_zip(path: Path, request: Request) -> Dataset:
    """The images in a zip, which is not unpacked. Raises DataError."""
    with zip_files(path) as files:
        return open_files(path.stem, files, request)


def open_files(name: str, files: Files, request: Request) -> Dataset:
    """These images as a data set of that name; decoded now, or taken from the cache. Raises DataError."""
    source = _key(files.source, request.size, request.channels, request.half)
    try:
        folder = keep(source, _key(FORMAT, files.key), partial(_build, files, request))
    except OSError as error:
        raise DataError(
            f"cannot keep the decoded images of {files.path} in {cache_folder()}: {error.strerror or error}; "
            "GANZOO_CACHE=FOLDER names another place"
        ) from error
    try:
        about = json.loads((folder / "about.json").read_text("utf-8"))
        samples = np.load(folder / "samples.npy", mmap_mode="c", allow_pickle=False)
        labels = np.load(folder / "labels.npy", allow_pickle=False) if about["classes"] else None
    except ValueError as error:
        raise DataError(f"the cache of {files.path} is damaged ({error}); delete {folder}") from error
    notes, unreadable = about["notes"], about["unreadable"]
    if unreadable:
        count = len(unreadable)
        if request.strict:
            more = f" and {count - 1:,} more" if count > 1 else ""
            raise DataError(f"{files.path}: unreadable: {unreadable[0]}{more}; repair it, or leave out --strict")
        shown = ", ".join(unreadable[:3]) + (", ..." if count > 3 else "")
        notes = [f"{many(count, 'unreadable image')} skipped: {shown}", *notes]
    return Dataset(
        name=name,
        space=Space(kind="image", shape=tuple(about["shape"]), classes=tuple(about["classes"])),
        samples=torch.from_numpy(samples),
        labels=None if labels is None else torch.from_numpy(labels),
        fingerprint=about["fingerprint"],
        notes=tuple(notes),
        listing=folder / "files.json",
        mapped=mapped(samples),
    )


def _build(files: Files, request: Request, folder: Path) -> None:
    """Decode every file into the folder: samples.npy, labels.npy, files.json, about.json."""
    raw = folder / "samples.raw"
    names, proportions, unreadable, all_grey = _decode(files, request, raw)
    if not names:
        raise DataError(f"{files.path}: none of {files.count:,} images is readable; {unreadable[0]}")
    decoded = 1 if request.channels == 1 else 3
    channels = request.channels or (1 if all_grey else 3)
    shape = (channels, request.size, request.size)
    digest = hashlib.sha256()
    with raw.open("rb") as pixels, (folder / "samples.npy").open("wb") as out:
        header = {"descr": "|u1", "fortran_order": False, "shape": (len(names), *shape)}
        np.lib.format.write_array_header_1_0(out, header)
        while part := pixels.read(CHUNK * decoded * request.size**2):
            images = np.frombuffer(part, np.uint8).reshape(-1, decoded, request.size, request.size)
            kept = np.ascontiguousarray(images[:, :channels]).data
            out.write(kept)
            digest.update(kept)
        out.flush()
        os.fsync(out.fileno())
    raw.unlink()
    labels, classes, notes = _labels(names)
    if labels is not None:
        np.save(folder / "labels.npy", labels)
    (folder / "files.json").write_text(json.dumps({"names": names, "proportions": proportions}), "utf-8")
    about = {
        "shape": shape,
        "classes": classes,
        "notes": notes,
        "unreadable": unreadable,
        "fingerprint": fingerprint(digest.hexdigest(), str(shape), labels, "/".join(classes)),
    }
    (folder / "about.json").write_text(json.dumps(about), "utf-8")


def _decode(files: Files, request: Request, raw: Path) -> tuple[list[str], list[float], list[str], bool]:
    """Write the pixels one after another into a file.

    Returns the readable names, their widths to heights, the unreadable names with reasons, and whether all are grey.
    """
    names: list[str] = []
    proportions: list[float] = []
    unreadable: list[str] = []
    all_grey = True

    def read(group: Sequence[str]) -> list[tuple[np.ndarray[Any, Any], float] | str]:
        return [_decode_one(files, request, name) for name in group]

    with raw.open("wb") as out, ThreadPoolExecutor(CORES) as pool, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of damaged descriptions of images, which say nothing of pixels
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        listed = files.list()
        each = (1 if request.channels == 1 else 3) * request.size**2
        request.refuse_too_large(f"{min(CHUNK, len(listed)):,} images at once", min(CHUNK, len(listed)) * each)
        request.refuse_too_large(
            f"the {len(listed):,} images in {cache_folder()}", len(listed) * each, shutil.disk_usage(raw.parent).free
        )
        for start in range(0, len(listed), CHUNK):
            chunk = listed[start : start + CHUNK]
            groups = [chunk[first : first + GROUP] for first in range(0, len(chunk), GROUP)]
            for name, found in zip(chunk, chain.from_iterable(pool.map(read, groups)), strict=True):
                if isinstance(found, str):
                    unreadable.append(f"{readable(name)} ({found})")
                    continue
                pixels, proportion = found
                names.append(name)
                proportions.append(proportion)
                out.write(np.ascontiguousarray(pixels).data)
                all_grey = all_grey and bool((pixels == pixels[:1]).all())
    return names, proportions, unreadable, all_grey


def _decode_one(files: Files, request: Request, name: str) -> tuple[np.ndarray[Any, Any], float] | str:
    """Pixels and width to height, or why there are none; a damaged file can raise nearly anything in a decoder."""
    try:
        with files.open(name) as file:
            image = upright(file, request.size, request.half)
            pixels = fit(image, request.size, "L" if request.channels == 1 else "RGB")
            return pixels, image.width / image.height
    except Exception as error:
        return " ".join(str(error).split()) or type(error).__name__


def _labels(names: Sequence[str]) -> tuple[np.ndarray[Any, Any] | None, list[str], list[str]]:
    """The labels (N,), the classes and the notes: the first folder in which the names differ is the class."""
    skip = 0  # letters that all names begin with: folders that hold everything
    while True:
        firsts = {name[skip:].partition("/")[0] if "/" in name[skip:] else "" for name in names}
        if len(firsts) > 1 or "" in firsts:
            break
        skip += len(firsts.pop()) + 1
    outside = sum("/" not in name[skip:] for name in names)
    if outside == len(names):
        return None, [], []
    if outside:
        return None, [], [f"{outside:,} of {len(names):,} images lie outside the sub-folders: no labels"]
    classes = sorted(firsts)
    codes = {name: code for code, name in enumerate(classes)}
    labels = np.array([codes[name[skip:].partition("/")[0]] for name in names], np.int64)
    return labels, [readable(name) for name in classes], []


def _key(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]
