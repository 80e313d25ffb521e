"""Which image files a folder or a zip holds, by name and version, and how each is opened."""

from __future__ import annotations

import io
import os
import zipfile
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from ganzoo.data.decode import suffixes
from ganzoo.errors import DataError

__all__ = ["Files", "folder_files", "zip_files"]

MEMBER_LIMIT = 256 * 2**20  # bytes; a larger member of a zip is not a picture


@dataclass(frozen=True)
class Files:
    """Image files in order of their names. versions: two numbers each that change with the contents."""

    path: Path
    names: tuple[str, ...]
    versions: tuple[tuple[int, int], ...]
    open: Callable[[str], IO[bytes]]


def folder_files(path: Path, only: Collection[str] | None = None) -> Files:
    """The image files below a folder, hidden ones left out; only: the names to take.

    Raises DataError if there are none, saying what is there, and OSError if it cannot be listed.
    """
    found: dict[str, tuple[int, int]] = {}
    others: list[str] = []
    seen = set()
    for folder, folders, files in os.walk(path, onerror=_raise, followlinks=True):
        real = os.path.realpath(folder)
        folders[:] = [] if real in seen else [name for name in folders if _visible(name)]
        files = [] if real in seen else files
        seen.add(real)
        for file in files:
            name = Path(folder, file).relative_to(path).as_posix()
            if not _is_image(name):
                others.append(name)
            elif only is None or name in only:
                status = os.stat(os.path.join(folder, file))
                found[name] = (status.st_size, status.st_mtime_ns)
    return _files(path, found, others, lambda name: Path(path, name).open("rb"))


@contextmanager
def zip_files(path: Path) -> Iterator[Files]:
    """The image files in a zip, read in place. Raises DataError if it is damaged or has no images."""
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise DataError(f"{path}: a damaged zip file ({error})") from error
    with archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        images = {member.filename: (member.file_size, member.CRC) for member in members if _is_image(member.filename)}
        others = [member.filename for member in members if not _is_image(member.filename)]

        def read(name: str) -> IO[bytes]:
            if images[name][0] > MEMBER_LIMIT:
                raise ValueError(f"{images[name][0]:,} bytes unpacked, more than an image has")
            return io.BytesIO(archive.read(name))

        yield _files(path, images, others, read)


def _files(path: Path, found: dict[str, tuple[int, int]], others: list[str], read: Callable[[str], IO[bytes]]) -> Files:
    if not found:
        kinds = Counter(PurePosixPath(name).suffix or "no suffix" for name in others)
        most = sorted(kinds.items(), key=lambda item: (-item[1], item[0]))[:5]
        seen = ", ".join(f"{count:,} x {kind}" for kind, count in most)
        raise DataError(
            f"{path}: no images in it; found {seen or 'no files'};"
            " type --data with a folder or zip of png, jpg, webp, ... files"
        )
    names = tuple(sorted(found))
    return Files(path, names, tuple(found[name] for name in names), read)


def _visible(name: str) -> bool:
    return not name.startswith(".") and name != "__MACOSX"


def _is_image(name: str) -> bool:
    path = PurePosixPath(name)
    return path.suffix.lower() in suffixes() and all(map(_visible, path.parts))


def _raise(error: OSError) -> None:
    raise error
