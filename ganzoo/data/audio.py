"""Sounds: folders and zips of wav files, and notes that are built in. A sample is (1, T) in [-1, 1].

Any rate, length, width and number of channels: brought to the commonest rate, mixed to mono, cut or filled to T.
"""

from __future__ import annotations

import tarfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import numpy as np

from ganzoo.data.files import is_image, is_shown, readable, walk
from ganzoo.data.request import Request, Summary
from ganzoo.data.wav import FULL, Array, fitted, read_wav
from ganzoo.errors import DataError
from ganzoo.hookspecs import hookimpl
from ganzoo.plurals import many

if TYPE_CHECKING:
    from ganzoo.data import Dataset

__all__ = ["has_sounds", "open_sounds", "spoken_digits", "tones"]

LOOKED_AT = 1000  # files of a folder, to see of which kind it is


def has_sounds(path: Path) -> bool:
    """Whether a folder or a zip holds wav files, and more of them than pictures among the first that are met."""
    names: Iterable[str] = ()
    if path.is_dir():
        names = [name for name, _ in islice(walk(path), LOOKED_AT)]
    elif zipfile.is_zipfile(path):
        with suppress(zipfile.BadZipFile), zipfile.ZipFile(path) as archive:  # a damaged one is told of as images
            names = archive.namelist()
    sounds = sum(map(_is_wav, names))
    return sounds > sum(map(is_image, names))


def open_sounds(path: Path, request: Request) -> Dataset:
    """The wav files below a folder or in a zip, `request.size` numbers of each; sub-folders are classes.

    A file that cannot be read is left out and named in a note. Raises DataError if none can, or with `strict`.
    """
    if path.is_dir():
        names = _sorted(name for name, _ in walk(path))
        found = path.resolve().name
        return _dataset(found, names, lambda name: (path / name).read_bytes(), request, str(path), *_classes(names))
    with zipfile.ZipFile(path) as archive:
        names = _sorted(archive.namelist())
        return _dataset(path.stem, names, archive.read, request, str(path), *_classes(names))


def _sorted(names: Iterable[str]) -> list[str]:
    return sorted(filter(_is_wav, names), key=lambda name: name.split("/"))


def _is_wav(name: str) -> bool:
    return name.lower().endswith(".wav") and is_shown(name)


def _classes(names: Sequence[str]) -> tuple[list[int] | None, list[str]]:
    """The label of each name and the classes: the last folder, where every name has one and they differ."""
    folders = [PurePosixPath(name).parent.name for name in names]
    classes = sorted(set(folders))
    if "" in classes or len(classes) < 2:
        return None, []
    places = {folder: label for label, folder in enumerate(classes)}
    return [places[folder] for folder in folders], [readable(folder) for folder in classes]


def _dataset(
    name: str,
    names: Sequence[str],
    read: Callable[[str], bytes],
    request: Request,
    where: str,
    labels: Sequence[int] | None,
    classes: Sequence[str],
) -> Dataset:
    """read: the contents of the file of that name. One file is held at a time, and of each what becomes its sample."""
    sounds, rates, kept, unreadable = list[Array](), list[int](), list[int](), list[str]()
    request.refuse_too_large(f"the {len(names):,} sounds of {where}", 4 * len(names) * request.size)
    for place, file in enumerate(names):
        try:
            own, sound = read_wav(read(file), request.size)
        except Exception as error:  # a damaged file can raise nearly anything in zipfile and scipy
            unreadable.append(f"{readable(file)} ({' '.join(str(error).split())})")
            continue
        sounds.append(fitted(sound, own, own, request.size))
        rates.append(own)
        kept.append(place)
    count = len(unreadable)
    if unreadable and (request.strict or not sounds):
        more = f" and {count - 1:,} more" if count > 1 else ""
        raise DataError(f"{where}: not a readable wav: {unreadable[0]}{more}; remove it, or leave out --strict")
    if not sounds:
        raise DataError(f"{where}: no wav files in it")
    rate = Counter(rates).most_common(1)[0][0]
    others = [row for row, own in enumerate(rates) if own != rate]
    for row in others:
        own, sound = read_wav(read(names[kept[row]]), request.size * rates[row] // rate + rates[row])
        sounds[row] = fitted(sound, own, rate, request.size)
    shown = ", ".join(unreadable[:3]) + (", ..." if count > 3 else "")
    notes = [f"{many(count, 'unreadable sound')} skipped: {shown}"] if unreadable else []
    notes += [f"{many(len(others), 'sound')} resampled to {rate:,} Hz"] if others else []
    some = None if labels is None else np.array([labels[place] for place in kept], np.int64)
    return sound_dataset(name, np.stack(sounds), rate, some, classes, notes)


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


class Tones:
    """2,000 counted notes of eight pitches, plucked: built in, so that sounds need no download."""

    name, count, rate = "tones", 2000, 8000
    pitches = ("C4", "D4", "E4", "F4", "G4", "A4", "B4", "C5")
    hertz = (261.63, 293.66, 329.63, 349.23, 392.00, 440.00, 493.88, 523.25)

    @hookimpl
    def ganzoo_dataset(self, request: Request) -> Dataset:
        """The notes, each of its own loudness, beginning, decay and brightness."""
        from ganzoo.counted import counted

        request.refuse_too_large(f"{self.count:,} tones", 32 * self.count * request.size)
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
        found: dict[str, bytes] = {}
        try:
            if path.is_dir():
                found = {name: (path / name).read_bytes() for name, _ in walk(path) if _is_wav(name)}
            else:
                with tarfile.open(path) as archive:  # from its first byte to its last: it cannot be read backwards
                    members = ((member.name, archive.extractfile(member)) for member in archive)
                    found = {name: file.read() for name, file in members if file and _is_wav(name)}
        except (tarfile.TarError, EOFError, zlib.error):
            raise DataError(f"{path}: a damaged archive; fetch it anew from {self.source}") from None
        names = _sorted(found)
        digits = [PurePosixPath(name).name[0] for name in names]
        classes = sorted(set(digits))
        labels = [classes.index(digit) for digit in digits]
        return _dataset(self.name, names, found.__getitem__, request, str(path), labels, classes)

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
