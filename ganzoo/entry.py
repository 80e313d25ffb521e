"""One plugin as its entry point and its file describe it, without importing it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from ganzoo.outline import Outline

if TYPE_CHECKING:
    from importlib import metadata

__all__ = ["Entry"]


@dataclass(frozen=True)
class Entry:
    """An installed plugin, known by its entry point, or a one-file plugin, known by the path that the user named."""

    name: str
    group: str
    point: metadata.EntryPoint | None = None
    path: Path | None = None

    @property
    def distribution(self) -> str:
        """The name of the distribution that brought the plugin (reads its METADATA); "" for a file."""
        if self.path:
            return ""
        return _named(self.point.dist)[0] if self.point and self.point.dist else "an unknown distribution"

    @property
    def version(self) -> str:
        """The version of that distribution."""
        return _named(self.point.dist)[1] if self.point and self.point.dist else ""

    @property
    def word(self) -> str:
        """What a user types for it: its name, or the file's path."""
        return str(self.path or self.name)

    @property
    def origin(self) -> str:
        """Where it comes from, for a person: the distribution and its version, or the file."""
        return str(self.path) if self.path else f"{self.distribution} {self.version}".rstrip()

    @property
    def identity(self) -> dict[str, str]:
        """What a checkpoint or model says of where it comes from; of a file its name and hash, never its folder."""
        known = {"name": self.name, "distribution": self.distribution, "version": self.version}
        return known | ({"file": self.path.name, "sha256": self.sha256} if self.path else {})

    @property
    def module(self) -> str:
        """The module's name: the entry point's, or the file's without its ending."""
        return self.point.module if self.point else self.path.stem if self.path else ""

    @cached_property
    def file(self) -> Path | None:
        """The plugin's file, found from its top-level package's search path; None if not a plain file."""
        if self.path:
            return self.path
        top, *rest = self.module.split(".")
        folders, origin = _search_path(top)
        if not rest:
            return origin
        for folder in folders:
            stem = Path(folder, *rest)
            for path in (stem.with_name(stem.name + ".py"), stem / "__init__.py"):
                if path.is_file():
                    return path
        return None

    @cached_property
    def contents(self) -> bytes:
        """The bytes of the file, read once, so that what is hashed is what is run; none where it cannot be read."""
        try:
            return self.file.read_bytes() if self.file else b""
        except OSError:
            return b""  # its loading will say so, and a listing goes on

    @property
    def sha256(self) -> str:
        """The hash of the file."""
        return sha256(self.contents).hexdigest()

    @cached_property
    def outline(self) -> Outline:
        """What the file says of itself: summary, paper, tasks, option names."""
        return Outline(self.contents.decode("utf-8", errors="replace").replace("\r\n", "\n"))


@cache
def _named(distribution: metadata.Distribution) -> tuple[str, str]:
    """A distribution's name and version; its METADATA, which may hold a long README, is parsed once."""
    said = distribution.metadata
    return said["Name"], said["Version"]


def _search_path(top: str) -> tuple[tuple[str, ...], Path | None]:
    """Where a top-level package's submodules are, and its own file; found without importing it."""
    import importlib.util

    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        spec = None  # the plugin's loading will say so
    if spec is None:
        return (), None
    origin = Path(spec.origin) if spec.has_location and spec.origin else None
    return tuple(spec.submodule_search_locations or ()), origin
