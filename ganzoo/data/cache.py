"""Where things are kept that can be made again: downloads and decoded images. Importable without torch."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

__all__ = ["cache_folder", "keep"]


def cache_folder() -> Path:
    """GANZOO_CACHE, or the platform's folder for caches."""
    if named := os.environ.get("GANZOO_CACHE"):
        return Path(os.path.expanduser(named))
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "ganzoo"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "ganzoo"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ganzoo"


def keep(source: str, contents: str, build: Callable[[Path], None]) -> Path:
    """The folder that `build` filled, now or earlier; complete, or not there at all.

    source says what it is made from, contents in which version; other versions of the source are deleted, and what
    a killed process left of one. Of several processes one builds, and the others wait for it.
    build(folder) writes into an empty folder. Raises OSError if the cache cannot be written.
    """
    from filelock import FileLock

    home, locks = cache_folder() / "images", cache_folder() / "locks"
    entry, folder = home / f"{source}-{contents}", home / f".building-{source}"
    if entry.is_dir():
        return entry
    for place in (home, locks):
        place.mkdir(parents=True, exist_ok=True)
    with FileLock(locks / source):
        shutil.rmtree(folder, ignore_errors=True)
        if not entry.is_dir():
            folder.mkdir()
            try:
                build(folder)
                folder.rename(entry)
            finally:
                shutil.rmtree(folder, ignore_errors=True)
        for old in home.glob(f"{source}-*"):
            if old != entry:
                shutil.rmtree(old, ignore_errors=True)  # Windows keeps what another process has mapped
    return entry
