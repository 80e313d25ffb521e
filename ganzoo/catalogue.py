"""Which plugins are installed, read from entry points and files; and the loading of exactly one of them.

Nothing here imports torch, and nothing but `load`, `call`, `check` and `observers` imports a plugin.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganzoo.errors import GanzooError, PluginError, UsageError, nearest
from ganzoo.outline import Outline

if TYPE_CHECKING:
    from importlib import metadata

    import pluggy

    from ganzoo.contract import Architecture

__all__ = [
    "ARCHITECTURES",
    "DATASETS",
    "GROUPS",
    "METRICS",
    "NAME",
    "OBSERVERS",
    "Entry",
    "call",
    "check",
    "entries",
    "entry",
    "load",
    "names",
    "observers",
]

ARCHITECTURES, DATASETS = "ganzoo.architectures", "ganzoo.datasets"
METRICS, OBSERVERS = "ganzoo.metrics", "ganzoo.observers"
GROUPS = (ARCHITECTURES, DATASETS, METRICS, OBSERVERS)
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")

_REQUIRED = {ARCHITECTURES: "ganzoo_architecture", DATASETS: "ganzoo_dataset", METRICS: "ganzoo_metric"}
_WHAT = {ARCHITECTURES: "GAN", DATASETS: "data set", METRICS: "metric", OBSERVERS: "observer"}
_LISTING = {
    ARCHITECTURES: "ganzoo list",
    DATASETS: "ganzoo datasets",
    METRICS: "ganzoo doctor",
    OBSERVERS: "ganzoo doctor",
}


@dataclass(frozen=True)
class Entry:
    """One installed plugin as its entry point and its file describe it, without importing it."""

    name: str
    group: str
    point: metadata.EntryPoint

    @property
    def distribution(self) -> str:
        """The name of the distribution that brought the plugin (reads its METADATA, which is slow)."""
        return self.point.dist.name if self.point.dist else "an unknown distribution"

    @property
    def version(self) -> str:
        """The version of that distribution."""
        return self.point.dist.version if self.point.dist else ""

    @cached_property
    def file(self) -> Path | None:
        """The plugin's file, found from its top-level package's search path; None if not a plain file."""
        top, *rest = self.point.module.split(".")
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
    def outline(self) -> Outline:
        """What the file says of itself: summary, paper, tasks, option names."""
        return Outline(self.file.read_text("utf-8", errors="replace") if self.file else "")


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


def _blocked() -> set[str]:
    """The names that GANZOO_BLOCK_PLUGINS leaves out, as if they were not installed."""
    return {name.strip() for name in os.environ.get("GANZOO_BLOCK_PLUGINS", "").split(",")} - {""}


def entries(group: str = ARCHITECTURES) -> list[Entry]:
    """A group's plugins by name, without the blocked ones; a name claimed twice is there twice."""
    from importlib import metadata

    blocked = _blocked()
    points = [point for point in metadata.entry_points(group=group) if point.name not in blocked]
    return [Entry(point.name, group, point) for point in sorted(points, key=lambda point: point.name)]


def names(group: str = ARCHITECTURES) -> list[str]:
    """The names of a group's plugins, sorted, each once."""
    return sorted({found.name for found in entries(group)})


def entry(name: str, group: str = ARCHITECTURES) -> Entry:
    """The one plugin of that name.

    Raises UsageError if there is none (with the nearest names) or if two distributions claim the name.
    """
    found = [found for found in entries(group) if found.name == name]
    if not found:
        if name in _blocked():
            raise UsageError(f"{_WHAT[group]} {name!r} is blocked by GANZOO_BLOCK_PLUGINS")
        hint = "; ".join(filter(None, [nearest(name, names(group)), f"see `{_LISTING[group]}`"]))
        raise UsageError(f"unknown {_WHAT[group]} {name!r}; {hint}")
    if len(found) > 1:
        owners = " and ".join(sorted({f"{claim.distribution} ({claim.point.value})" for claim in found}))
        raise UsageError(f"{_WHAT[group]} {name!r} is claimed by {owners}; uninstall one of them")
    return found[0]


def load(name: str) -> Architecture:
    """The architecture of that name; imports its plugin. Raises UsageError and PluginError as `call` does."""
    from ganzoo.contract import Architecture

    answer = call(ARCHITECTURES, name, "ganzoo_architecture")
    if not isinstance(answer, Architecture):
        kind = type(answer).__name__
        raise PluginError(f"{_owner(entry(name))}: ganzoo_architecture returned {kind}, expected Architecture")
    return answer


def call(group: str, name: str, hook: str, **arguments: Any) -> Any:
    """The answer of one plugin's hook; imports that plugin and no other.

    Raises UsageError if the name is unknown or claimed twice, PluginError with the plugin's exception as its
    cause if importing it or calling it fails, its hook is misspelt or absent, or it answers None. An error
    for people that the hook itself raises (DataError, NetworkError) passes unchanged.
    """
    found = entry(name, group)
    manager = _manager()
    _register(manager, found, hook)
    try:
        answer = getattr(manager.hook, hook)(**arguments)
    except GanzooError:
        raise
    except Exception as error:
        raise PluginError(f"{_owner(found)}: {hook} failed: {_text(error)}") from error
    if answer is None:
        raise PluginError(f"{_owner(found)}: {hook} returned None")
    return answer


def check(found: Entry) -> None:
    """Import the plugin and look for its hook. Raises UsageError or PluginError as `call` does."""
    entry(found.name, found.group)
    if not NAME.fullmatch(found.name):
        raise PluginError(f"{_owner(found)}: its name should match {NAME.pattern}")
    if found.group == ARCHITECTURES:
        load(found.name)
    else:
        _register(_manager(), found, _REQUIRED.get(found.group))


def observers() -> tuple[pluggy.PluginManager, list[str]]:
    """A manager with every installed observer, and a sentence about each that could not be loaded."""
    manager, problems = _manager(), []
    for name in names(OBSERVERS):
        try:
            _register(manager, entry(name, OBSERVERS), None)
        except GanzooError as error:
            problems.append(str(error))
    return manager, problems


def _manager() -> pluggy.PluginManager:
    import pluggy

    from ganzoo import hookspecs

    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    return manager


def _register(manager: pluggy.PluginManager, found: Entry, hook: str | None) -> None:
    """Import one plugin into the manager, whole or not at all."""
    import pluggy

    try:
        manager.load_setuptools_entrypoints(found.group, name=found.name)
        manager.check_pending()
    except (Exception, SystemExit) as error:
        if manager.has_plugin(found.name):
            manager.unregister(name=found.name)
        if isinstance(error, pluggy.PluginValidationError):
            raise PluginError(f"{_owner(found)}: {_text(error)}") from None
        raise PluginError(f"{_owner(found)} cannot be imported: {_text(error)}") from error
    if hook and not getattr(manager.hook, hook).get_hookimpls():
        raise PluginError(f"{_owner(found)} has no {hook} marked with @ganzoo.hookimpl")


def _owner(found: Entry) -> str:
    return f"{_WHAT[found.group]} {found.name!r} of {found.distribution} {found.version}"


def _text(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".replace("\n", " ")
