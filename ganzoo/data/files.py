"""Which image files a folder or a zip holds, by name and version, and how each is opened."""

from __future__ import annotations

import io
import os
import zipfile
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path, PurePosixPath
from typing import IO

from ganzoo.data.decode import suffixes
from ganzoo.errors import DataError

__all__ = ["Files", "folder_files", "is_image", "is_shown", "readable", "walk", "zip_files"]

MEMBER_LIMIT = 256 * 2**20  # bytes; a larger member of a zip is not a picture


@dataclass(frozen=True)
class Files:
    """The image files of a folder, a zip, or whatever else holds some.

    path: as it is shown. source: which one it is. key: changes when a name or a file's contents do, whatever their
    order.
    list: their names in order, made when called, since a million names take memory that a key does not.
    """

    path: Path
    source: str
    key: str
    count: int
    list: Callable[[], Sequence[str]]
    open: Callable[[str], IO[bytes]]


def folder_files(path: Path, only: Collection[str] | None = None) -> Files:
    """The image files below a folder, hidden ones left out; only: the names to take.

    Every file is asked for its size and its time of change, so all that is added, removed, renamed or written is
    noticed, but for a file that is replaced by one of the same size and time, as `cp -p` may do.
    Raises DataError if there are none, saying what is there, and OSError if it cannot be listed.
    """
    wanted = None if only is None else frozenset(only)

    def images() -> Iterator[tuple[str, os.DirEntry[str]]]:
        for name, entry in walk(path):
            if _is_picture(entry.name) and (wanted is None or name in wanted):
                yield name, entry

    def versions() -> Iterator[str]:
        for name, entry in images():
            status = entry.stat()
            yield f"{name}\0{status.st_size}\0{status.st_mtime_ns}"

    key, count = _key(versions())
    if not count:
        raise _none(path, (name for name, _ in walk(path) if not is_image(name)))

    def names() -> list[str]:
        return sorted(name for name, _ in images())

    return Files(path, str(path.resolve()), key, count, names, lambda name: Path(path, name).open("rb"))


def walk(path: Path) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """The files below a folder as names with slashes, links followed, hidden folders and loops left out."""
    waiting, seen = [(str(path), "")], set()
    while waiting:
        folder, prefix = waiting.pop()
        real = os.path.realpath(folder)
        if real in seen:
            continue
        seen.add(real)
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir():
                    if _visible(entry.name):
                        waiting.append((entry.path, f"{prefix}{entry.name}/"))
                else:
                    yield prefix + entry.name, entry


def _key(versions: Iterable[str]) -> tuple[str, int]:
    """A key of names with their versions in any order, since it is a sum of hashes, and how many there were."""
    total = count = 0
    for count, version in enumerate(versions, 1):  # noqa: B007  # the last one is the number of all
        digest = blake2b(version.encode("utf-8", "surrogateescape"), digest_size=16).digest()
        total += int.from_bytes(digest, "little")
    return f"{total % 2**128:032x}-{count}", count


@contextmanager
def zip_files(path: Path) -> Iterator[Files]:
    """The image files in a zip, read in place. Raises DataError if it is damaged or has no images."""
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise DataError(f"{path}: a damaged zip file ({error})") from error
    with archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        images = {member.filename: (member.file_size, member.CRC) for member in members if is_image(member.filename)}
        if not images:
            raise _none(path, (member.filename for member in members))

        def read(name: str) -> IO[bytes]:
            if images[name][0] > MEMBER_LIMIT:
                raise ValueError(f"{images[name][0]:,} bytes unpacked, more than an image has")
            return io.BytesIO(archive.read(name))

        key, count = _key(f"{name}\0{size}\0{crc}" for name, (size, crc) in images.items())
        yield Files(path, str(path.resolve()), key, count, lambda: sorted(images), read)


def _none(path: Path, others: Iterable[str]) -> DataError:
    kinds = Counter(PurePosixPath(name).suffix or "no suffix" for name in others)
    most = sorted(kinds.items(), key=lambda item: (-item[1], item[0]))[:5]
    seen = ", ".join(f"{count:,} x {kind}" for kind, count in most)
    return DataError(
        f"{path}: no images in it; found {seen or 'no files'};"
        " type --data with a folder or zip of png, jpg, webp, ... files"
    )


def _visible(name: str) -> bool:
    return not name.startswith(".") and name != "__MACOSX"


def is_shown(name: str) -> bool:
    """Whether neither a file nor a folder that it is in is hidden; a name with slashes."""
    return all(map(_visible, name.split("/")))


def readable(name: str) -> str:
    """A file's name as it can be printed and stored: bytes that are not UTF-8 as hex digits."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def is_image(name: str) -> bool:
    """Whether a name with slashes is that of an image which is not hidden."""
    return _is_picture(name.rpartition("/")[2]) and is_shown(name)


def _is_picture(last: str) -> bool:
    """Whether a name without its folders is one of an image; called for each of a million files."""
    dot = last.rfind(".")
    return dot > 0 and last[dot:].lower() in suffixes() and last[0] != "."
