"""Files through a translation: pictures of any size in, pictures of the same proportions out; tables by
`filling`, sounds by `speaking`.

Shapes: C H W image in [-1, 1].
"""

from __future__ import annotations

import os
import time
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from ganzoo.contract import Space
from ganzoo.data.decode import opaque, suffixes, upright
from ganzoo.engine.filling import fill_table
from ganzoo.engine.generator import Generator
from ganzoo.engine.pictures import levels, picture, picture_bytes
from ganzoo.engine.room import fitting
from ganzoo.engine.speaking import translate_sound
from ganzoo.engine.tiles import TILE, in_tiles, tell_of_tiles
from ganzoo.errors import DataError, UsageError

__all__ = ["Job", "jobs_for", "read_picture", "translate_picture", "translated"]

_WRITTEN = {
    "image": (".png", ".webp", ".jpg", ".jpeg"),
    "table": (".csv",),
    "audio": (".wav",),
}  # the first where it is another
_READ = {"table": (".csv", ".tsv"), "audio": (".wav",)}


@dataclass(frozen=True)
class Job:
    """One file to translate, and the file that it becomes."""

    source: Path
    target: Path


def jobs_for(
    inputs: Sequence[Path], name: str, out: Path | None, *, force: bool = False, kind: str = "image"
) -> list[Job]:
    """A job for each picture, or file of the kind, among files and, in any depth, folders.

    Without `out`, a file becomes <stem>-<name>.png (.csv, .wav) beside it, and those of a folder keep their names in
    <folder>-<name> beside it; with it, all keep their names in that folder, and a single one may be that file. Raises
    UsageError with every mistake: what is not there, holds nothing of the kind, or would be overwritten.
    """
    mistakes, jobs = list[str](), list[Job]()
    kind = kind if kind in _WRITTEN else "image"
    written, things = _WRITTEN[kind], {"image": "pictures", "table": "tables", "audio": "wav files"}[kind]
    read = _READ.get(kind) or suffixes()
    single = len(inputs) == 1 and inputs[0].is_file() and out is not None and out.suffix.lower() in written
    if out is not None and out.suffix[1:2].isalpha() and not single and not out.is_dir():
        alone = len(inputs) == 1 and inputs[0].is_file()
        expected, instead = (
            (f"expected {', '.join(written)} or a folder", written[0]) if alone else ("expected a folder", "")
        )
        mistakes.append(f"--out {out}: {expected}; type --out {out.with_suffix(instead)}, or make that folder first")
    for given in inputs:
        found = [given] if given.is_file() else []
        if given.is_dir():
            found = sorted(path for path in given.rglob("*") if path.is_file() and path.suffix.lower() in read)
        if not found:
            mistakes.append(f"{given}: no {things} in it" if given.is_dir() else f"{given}: no such file or folder")
        for source in found:
            kept = source.suffix if source.suffix.lower() in written else written[0]
            if single and out is not None:
                target = out
            elif given.is_dir():
                where = out or Path(os.path.normpath(given.resolve() if given == Path() else given) + f"-{name}")
                target = (where / source.relative_to(given)).with_suffix(kept)
            elif out is None:
                target = source.with_name(f"{source.stem}-{name}{written[0]}")
            else:
                target = (out / source.name).with_suffix(kept)
            jobs.append(Job(source, target))
    targets = [job.target for job in jobs]
    twice = sorted(str(target) for target, times in Counter(targets).items() if times > 1)
    mistakes += [f"{target} would be written twice; type another --out, or fewer {things} at once" for target in twice]
    mistakes += [
        f"{job.target} exists already; choose another place with --out, or overwrite it with --force"
        for job in jobs
        if job.target.exists() and (not force or job.target.resolve() == job.source.resolve())
    ]
    if mistakes:
        more = [f"and {len(mistakes) - 5:,} more"] if len(mistakes) > 5 else []
        raise UsageError(*mistakes[:5], *more)
    return jobs


def translated(
    generator: Generator,
    job: Job,
    *,
    seed: int = 0,
    label: str | None = None,
    tell: Callable[[str], None] | None = None,
) -> tuple[bytes, str]:
    """The contents of the file that one file becomes, and a sentence where there is something to say, else "".

    tell: is given a line now and then where it takes long. Raises DataError if the file is unreadable, too large or no
    source for this generator.
    """
    assert generator.space.source is not None, "a translation starts from something"
    if generator.space.kind == "table":
        return fill_table(generator, job.source, seed=seed)
    if generator.space.kind == "audio":
        return translate_sound(generator, job.source, seed=seed)
    advice = "cut it into parts, or make it smaller first"
    with fitting(str(job.source), generator.device, advice, wrong=DataError):
        source = read_picture(job.source, generator.space.source)
        told = partial(tell_of_tiles, tell, str(job.source), time.monotonic()) if tell else None
        made, note = translate_picture(generator, source, seed=seed, label=label, told=told)
    try:
        return picture_bytes(made, job.target.suffix.lower()), note
    except (OSError, ValueError) as error:  # WebP holds 16,383 pixels a side, JPEG 65,500
        raise DataError(
            f"{job.target}: {made.width}x{made.height} pixels cannot be written so ({error}); type --out NAME.png"
        ) from None


def read_picture(path: Path, space: Space) -> Tensor:
    """A picture in its own size, with the channels of the space: (1, C, H, W) uint8.

    Raises DataError if it is unreadable, or larger than Pillow takes for a picture; MemoryError.
    """
    channels = space.shape[0]
    if space.kind != "image" or channels not in (1, 3):
        raise UsageError(f"this translation starts from {space.plural} of {space}, which no picture's file holds")
    try:
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # at half of the size that is an error
            pixels = np.asarray(opaque(upright(file, 1 << 20)).convert("L" if channels == 1 else "RGB"))
    except MemoryError:
        raise
    except Image.DecompressionBombError as error:
        found = str(error).partition(", could be")[0]  # how many pixels it has, and how many it may have
        raise DataError(f"{path}: {found}; cut it into parts, or make it smaller first") from None
    except Exception as error:  # a damaged file can raise nearly anything in a decoder
        raise DataError(f"{path}: not a readable picture ({' '.join(str(error).split())})") from None
    pixels = pixels[None] if channels == 1 else pixels.transpose(2, 0, 1)
    return torch.from_numpy(pixels.copy())[None]


def translate_picture(
    generator: Generator,
    source: Tensor,
    *,
    seed: int = 0,
    label: str | None = None,
    tile: int = TILE,
    told: Callable[[int, int], None] | None = None,
) -> tuple[Image.Image, str]:
    """The translation of one picture (1, C, H, W) uint8, and a sentence where it had to be resized for it, else "".

    Where the generator takes any size it keeps its own, in tiles if it is large; edges are reflected up to the
    multiple that it takes. Otherwise it is resized to what the generator was built for, and back. told: is given how
    many tiles are done, and of how many, after each.
    """
    space, start = generator.space, generator.space.source
    assert start is not None, "a translation starts from something"
    factor = space.shape[1] / start.shape[1]
    height, width = source.shape[2:]
    labels = None if label is None else [label]
    multiple = generator.architecture.multiple
    if not multiple:
        fitted = F.interpolate(_numbers(source), start.shape[1:], mode="bicubic", antialias=True).clamp(-1, 1)
        made = generator.translate(fitted, seed=seed, labels=labels).tensor
        size = (round(height * factor), round(width * factor))
        note = "" if (height, width) == tuple(start.shape[1:]) else (
            f"{width}x{height} resized to {start.shape[2]}x{start.shape[1]}, which this generator is for, and back"
        )  # fmt: skip
        made = F.interpolate(made, size, mode="bicubic", antialias=True) if note else made
        return picture(levels(made[0])), note

    def translate(part: Tensor) -> Tensor:
        whole = _padded(_numbers(part), multiple, start.shape[1:])
        made = generator.translate(whole, seed=seed, labels=labels).tensor
        return made[0, :, : part.shape[2] * scale, : part.shape[3] * scale]

    scale = round(factor)
    return picture(in_tiles(source, tile, scale, space.shape[0], translate, told)), ""


def _padded(part: Tensor, multiple: int, least: Sequence[int]) -> Tensor:
    """The picture with its far edges reflected, up to a multiple and to the size that the generator learned on."""
    for axis in (2, 3):
        wanted = max(part.shape[axis], least[axis - 2])
        missing = wanted + -wanted % multiple - part.shape[axis]
        while missing:
            step = min(missing, part.shape[axis])
            mirrored = part.flip(axis).narrow(axis, 0, step)
            part, missing = torch.cat([part, mirrored], axis), missing - step
    return part


def _numbers(source: Tensor) -> Tensor:
    """The bytes of a picture as numbers in [-1, 1]."""
    return source.float() / 127.5 - 1
