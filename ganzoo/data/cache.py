"""Where things are kept that can be made again: downloads and decoded images. Importable without torch."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

__all__ = ["cache_folder", "keep"]


def cache_folder() -> Path:
    """GANZOO_CACHE, or the platform's folder for caches."""
    if named := os.environ.get("GANZOO_CACHE"):
        return Path(named).expanduser()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "ganzoo"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "ganzoo"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ganzoo"


def keep(source: str, contents: str, build: Callable[[Path], None]) -> Path:
    """The folder that `build` filled, now or earlier; complete, or not there at all.

    source says what it is made from, contents in which version; other versions of the source are deleted.
    build(folder) writes into an empty folder. Raises OSError if the cache cannot be written.
    """
    home = cache_folder() / "images"
    entry = home / f"{source}-{contents}"
    if entry.is_dir():
        return entry
    home.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".building-", dir=home) as temporary:
        folder = Path(temporary, "entry")
        folder.mkdir()
        build(folder)
        try:
            folder.rename(entry)
        except OSError:
            if not entry.is_dir():  # else another process was first, with the same contents
                raise
    for old in home.glob(f"{source}-*"):
        if old != entry:
            shutil.rmtree(old, ignore_errors=True)  # Windows keeps what another process has mapped
    return entry
