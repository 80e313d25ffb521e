"""Sounds: folders and zips of wav files, and notes that are built in. A sample is (1, T) in [-1, 1].

Any rate, length, width and number of channels: brought to the commonest rate, mixed to mono, cut or filled to T.
"""

from __future__ import annotations

import io
import os
import struct
import tarfile
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from math import gcd
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import numpy as np

from ganzoo.data.request import Request, Summary
from ganzoo.errors import DataError
from ganzoo.hookspecs import hookimpl

if TYPE_CHECKING:
    from ganzoo.data import Dataset

__all__ = ["has_sounds", "open_sounds", "read_wav", "resampled", "spoken_digits", "tones"]

Array = np.ndarray[Any, Any]
FULL = 32767  # of 16 bits, as samples are kept
LOOKED_AT = 1000  # files of a folder, to see of which kind it is


def has_sounds(path: Path) -> bool:
    """Whether a folder or a zip holds wav files; of a folder the first files that are met decide."""
    if path.is_dir():
        files = (file for _, _, found in os.walk(path) for file in found)
        return any(_is_wav(file) for file in islice(files, LOOKED_AT))
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return any(_is_wav(name) for name in archive.namelist())


def open_sounds(path: Path, request: Request) -> Dataset:
    """The wav files below a folder or in a zip, `request.size` numbers of each; sub-folders are classes.

    A file that cannot be read is left out and named in a note. Raises DataError if none can, or with `strict`.
    """
    read = list(_files(path))
    names = [name for name, _ in read]
    return _dataset(path.stem, names, [contents for _, contents in read], request, str(path), *_classes(names))


def _files(path: Path) -> Iterator[tuple[str, bytes]]:
    """Each wav file's name and contents, in order of their names."""
    if path.is_dir():
        for file in sorted(path.rglob("*.[wW][aA][vV]")):
            yield file.relative_to(path).as_posix(), file.read_bytes()
        return
    with zipfile.ZipFile(path) as archive:
        for name in sorted(filter(_is_wav, archive.namelist())):
            yield name, archive.read(name)


def _is_wav(name: str) -> bool:
    return name.lower().endswith(".wav") and not PurePosixPath(name).name.startswith(".")


def _classes(names: Sequence[str]) -> tuple[list[int] | None, list[str]]:
    """The label of each name and the classes: the last folder, where every name has one and they differ."""
    folders = [PurePosixPath(name).parent.name for name in names]
    classes = sorted(set(folders))
    if "" in classes or len(classes) < 2:
        return None, []
    return [classes.index(folder) for folder in folders], classes


def _dataset(
    name: str,
    names: Sequence[str],
    contents: Sequence[bytes],
    request: Request,
    where: str,
    labels: Sequence[int] | None,
    classes: Sequence[str],
) -> Dataset:
    sounds: list[tuple[int, Array]] = []
    kept, unreadable = [], []
    for place, (file, found) in enumerate(zip(names, contents, strict=True)):
        try:
            sounds.append(read_wav(found))
            kept.append(place)
        except (ValueError, EOFError, struct.error) as error:  # what scipy raises for damaged files
            unreadable.append(f"{file} ({' '.join(str(error).split())})")
    if unreadable and (request.strict or not sounds):
        more = f" and {len(unreadable) - 1:,} more" if len(unreadable) > 1 else ""
        raise DataError(f"{where}: not a readable wav: {unreadable[0]}{more}; remove it, or leave out --strict")
    rate = Counter(rate for rate, _ in sounds).most_common(1)[0][0]
    samples = np.stack([_fitted(sound, own, rate, request.size) for own, sound in sounds])
    notes = [f"{len(unreadable):,} unreadable sounds skipped: {', '.join(unreadable[:3])}"] if unreadable else []
    resampled = sum(own != rate for own, _ in sounds)
    notes += [f"{resampled:,} sounds resampled to {rate:,} Hz"] if resampled else []
    some = None if labels is None else np.array([labels[place] for place in kept], np.int64)
    return sound_dataset(name, samples, rate, some, classes, notes)


def sound_dataset(
    name: str, samples: Array, rate: int, labels: Array | None, classes: Sequence[str], notes: Sequence[str] = ()
) -> Dataset:
    """Sounds (N, T) int16 at `rate` numbers a second."""
    import torch

    from ganzoo.contract import Space
    from ganzoo.data.dataset import Dataset, fingerprint

    space = Space(kind="audio", shape=(1, samples.shape[1]), classes=tuple(classes), details={"rate": rate})
    key = fingerprint(samples, labels, "/".join(classes), str(rate))
    codes = None if labels is None else torch.from_numpy(labels)
    return Dataset(name, space, torch.from_numpy(samples)[:, None], codes, key, tuple(notes))


def read_wav(contents: bytes) -> tuple[int, Array]:
    """The rate and the sound (T,) in [-1, 1] of a wav file, mixed to mono.

    Raises ValueError, EOFError or struct.error for what is none or has no length.
    """
    from scipy.io import wavfile

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", wavfile.WavFileWarning)  # chunks of other programs, which say nothing of sound
        rate, data = wavfile.read(io.BytesIO(contents))
    if not data.size:
        raise ValueError("no sound in it")
    if data.dtype == np.uint8:
        data = (data.astype(np.float32) - 128) / 128
    elif data.dtype.kind == "i":  # 24 bits come in the upper three bytes of 32
        data = data / float(np.iinfo(data.dtype).max)
    if not np.isfinite(data).all():
        raise ValueError("numbers that are not finite")
    return int(rate), np.asarray(data if data.ndim == 1 else data.mean(1), np.float64)


def _fitted(sound: Array, own: int, rate: int, length: int) -> Array:
    """A sound (t,) as (length,) int16 at another rate: its beginning, filled up with silence."""
    if own != rate:
        sound = resampled(sound[: length * own // rate + own], own, rate)
    sound = np.rint(np.clip(sound[:length], -1, 1) * FULL).astype(np.int16)
    return np.pad(sound, (0, length - len(sound)))


def resampled(sound: Array, own: int, rate: int) -> Array:
    """A sound (t,) of `own` numbers a second with `rate` of them."""
    from scipy.signal import resample_poly

    found: Array = resample_poly(sound, rate // gcd(rate, own), own // gcd(rate, own))
    return found


class Tones:
    """2,000 counted notes of eight pitches, plucked: built in, so that sounds need no download."""

    name, count, rate = "tones", 2000, 8000
    pitches = ("C4", "D4", "E4", "F4", "G4", "A4", "B4", "C5")
    hertz = (261.63, 293.66, 329.63, 349.23, 392.00, 440.00, 493.88, 523.25)

    @hookimpl
    def ganzoo_dataset(self, request: Request) -> Dataset:
        """The notes, each of its own loudness, beginning, decay and brightness."""
        from ganzoo.counted import counted

        rng = np.random.default_rng(counted(0, self.name))
        labels = rng.integers(len(self.pitches), size=self.count)
        time = np.arange(request.size) / self.rate - rng.uniform(0, 0.05, (self.count, 1))  # (N, T) seconds
        pitch = np.array(self.hertz)[labels][:, None] * rng.normal(1, 0.002, (self.count, 1))
        decay, bright, phase = rng.uniform(4, 12, (3, self.count, 1)) * [[[1]], [[0.05]], [[1]]]
        waves = sum(bright**k * np.sin(2 * np.pi * (k + 1) * pitch * time + k * phase) for k in range(5))
        sound = waves * np.exp(-decay * time.clip(0)) * (time > 0) * rng.uniform(0.3, 0.6, (self.count, 1))
        samples = np.rint(np.clip(sound, -1, 1) * FULL).astype(np.int16)
        return sound_dataset(self.name, samples, self.rate, labels.astype(np.int64), self.pitches)

    @hookimpl
    def ganzoo_dataset_summary(self, root: Path) -> Summary:
        """The notes' line in `ganzoo datasets`."""
        return Summary(count=self.count, shape=(1, self.rate), classes=8, present=True, where="built in")


class SpokenDigits:
    """Jackson 2016, Free Spoken Digit Dataset: 3,000 recordings, `{digit}_{speaker}_{n}.wav`, CC BY-SA 4.0."""

    name = "spoken-digits"
    source = "https://github.com/Jakobovski/free-spoken-digit-dataset"

    @hookimpl
    def ganzoo_dataset(self, request: Request) -> Dataset:
        """The digits, read from the archive as it is. Raises DataError, with the place to put it, if it is not here."""
        path = self._path(request.folder)
        if path is None:
            raise DataError(
                f"spoken-digits is not in {request.folder}; put the folder or recordings.tar.gz of {self.source} "
                f"into {request.folder / self.name}, or type --data tones"
            )
        if path.is_dir():
            found = list(_files(path))
        else:
            with tarfile.open(path) as archive:
                members = sorted((m for m in archive if m.isfile() and _is_wav(m.name)), key=lambda m: m.name)
                found = [(member.name, file.read()) for member in members if (file := archive.extractfile(member))]
        digits = [PurePosixPath(name).name[0] for name, _ in found]
        classes = sorted(set(digits))
        labels = [classes.index(digit) for digit in digits]
        names, contents = [name for name, _ in found], [sound for _, sound in found]
        return _dataset(self.name, names, contents, request, str(path), labels, classes)

    @hookimpl
    def ganzoo_dataset_summary(self, root: Path) -> Summary:
        """The digits' line in `ganzoo datasets`."""
        path = self._path(root)
        return Summary(
            count=3000, shape=(1, 8000), classes=10, present=path is not None, where=str(path or self.source)
        )

    def _path(self, root: Path) -> Path | None:
        names = ("recordings", "recordings.tar.gz")
        return next((path for name in names if (path := root / self.name / name).exists()), None)


tones, spoken_digits = Tones(), SpokenDigits()
