"""Which plugins are installed, read from entry points and files; and the loading of exactly one of them.

Nothing here imports torch, and nothing but `load`, `call`, `check` and `observers` imports a plugin. A name is looked
up among what is installed, never as a path; a file is run only where the user typed its path (`typed`).
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganzoo.entry import Entry
from ganzoo.errors import GanzooError, PluginError, UsageError, nearest

if TYPE_CHECKING:
    from types import ModuleType

    import pluggy

    from ganzoo.contract import Architecture

__all__ = [
    "ARCHITECTURES",
    "DATASETS",
    "GROUPS",
    "KINDS",
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
    "problem",
    "typed",
]

ARCHITECTURES, DATASETS = "ganzoo.architectures", "ganzoo.datasets"
METRICS, OBSERVERS = "ganzoo.metrics", "ganzoo.observers"
GROUPS = (ARCHITECTURES, DATASETS, METRICS, OBSERVERS)
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")

_REQUIRED = {ARCHITECTURES: "ganzoo_architecture", DATASETS: "ganzoo_dataset", METRICS: "ganzoo_metric"}
KINDS = {ARCHITECTURES: "GAN", DATASETS: "data set", METRICS: "metric", OBSERVERS: "observer"}
_LISTING = {
    ARCHITECTURES: "ganzoo list",
    DATASETS: "ganzoo datasets",
    METRICS: "ganzoo doctor",
    OBSERVERS: "ganzoo doctor",
}


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
    return _one(name, group, entries(group))


def _one(name: str, group: str, among: list[Entry]) -> Entry:
    """The one plugin of that name among a group's. Raises UsageError as `entry` does."""
    found = [found for found in among if found.name == name]
    if not found:
        if name in _blocked():
            raise UsageError(f"{KINDS[group]} {name!r} is blocked by GANZOO_BLOCK_PLUGINS")
        hint = "; ".join(filter(None, [nearest(name, names(group)), f"see `{_LISTING[group]}`"]))
        raise UsageError(f"unknown {KINDS[group]} {name!r}; {hint}", absent=[name] if group == ARCHITECTURES else [])
    if len(found) > 1:
        owners = " and ".join(sorted({f"{claim.distribution} ({claim.module})" for claim in found}))
        raise UsageError(f"{KINDS[group]} {name!r} is claimed by {owners}; uninstall one of them")
    return found[0]


def typed(word: str, group: str = ARCHITECTURES) -> Entry:
    """The plugin that a user typed: the name of an installed one, or a one-file plugin's path, `./my_gan.py`.

    Raises UsageError as `entry` does, if there is no such file, or if its name cannot be a GAN's.
    """
    if not word.endswith(".py"):
        return entry(word, group)
    path = Path(word).absolute()
    if not (path.is_file() and os.access(path, os.R_OK)):
        raise UsageError(
            f"there is no file {word} to read; name a plugin's file, or a {KINDS[group]} of `{_LISTING[group]}`"
        )
    name = path.stem.lower().removeprefix("ganzoo_").replace("_", "-")
    if not NAME.fullmatch(name):
        raise UsageError(f"{word}: the file's name becomes the {KINDS[group]}'s; call it like my_gan.py")
    return Entry(name, group, path=path)


def load(gan: str | Entry) -> Architecture:
    """The architecture of that name or entry; imports its plugin. Raises UsageError and PluginError as `call` does."""
    from ganzoo.config import wrong_config
    from ganzoo.contract import Architecture

    found = entry(gan) if isinstance(gan, str) else _alone(gan)
    answer = _answer(found, "ganzoo_architecture")
    if not isinstance(answer, Architecture):
        kind = type(answer).__name__
        raise PluginError(f"{_owner(found)}: ganzoo_architecture returned {kind}, expected Architecture")
    try:
        wrong = wrong_config(answer.config)
    except (Exception, SystemExit) as error:
        raise PluginError(f"{_owner(found)}: its config failed: {_text(error)}") from error
    if wrong:
        raise PluginError(f"{_owner(found)}: {wrong}")
    return answer


def call(group: str, name: str, hook: str, **arguments: Any) -> Any:
    """The answer of one plugin's hook; imports that plugin and no other.

    Raises UsageError if the name is unknown or claimed twice, GanzooError if the plugin is made for a newer ganzoo,
    PluginError with the plugin's exception as its cause if importing it or calling it fails, its name cannot be
    typed, its hook is misspelt or absent, or it answers None. An error for people that the hook itself raises
    (DataError, NetworkError) passes unchanged.
    """
    return _answer(entry(name, group), hook, **arguments)


def _answer(found: Entry, hook: str, **arguments: Any) -> Any:
    manager = _manager()
    _register(manager, found, hook)
    try:
        answer = getattr(manager.hook, hook)(**arguments)
    except GanzooError:
        raise
    except (Exception, SystemExit) as error:
        raise PluginError(f"{_owner(found)}: {hook} failed: {_text(error)}") from error
    if answer is None:
        raise PluginError(f"{_owner(found)}: {hook} returned None")
    return answer


def check(found: Entry) -> None:
    """Import the plugin and look for its hook. Raises UsageError, GanzooError or PluginError as `call` does."""
    if found.group == ARCHITECTURES:
        load(found)
    else:
        _register(_manager(), _alone(found), _REQUIRED.get(found.group))


def problem(found: Entry) -> str:
    """What can be seen to be wrong with a plugin without importing it, "" where nothing can."""
    try:
        _refuse(_alone(found))
    except GanzooError as error:
        return str(error)
    return "" if found.file else f"{_owner(found)}: there is no file of the module {found.module}"


def _alone(found: Entry) -> Entry:
    """The entry, if no other distribution claims its name. Raises UsageError as `entry` does."""
    return entry(found.name, found.group) if found.point else found


def _refuse(found: Entry) -> None:
    """Raises the GanzooError of a plugin that is not to be imported at all."""
    from ganzoo.contract import API

    if not NAME.fullmatch(found.name):
        raise PluginError(f"{_owner(found)}: its name should match {NAME.pattern}")
    if found.outline.api > API:
        raise GanzooError(
            f"{_owner(found)} is made for plugin API {found.outline.api}, this ganzoo has {API}; "
            "type: pip install --upgrade ganzoo"
        )


def observers() -> tuple[pluggy.PluginManager, list[str]]:
    """A manager with every installed observer, and a sentence about each that could not be loaded."""
    manager, problems, found = _manager(), [], entries(OBSERVERS)
    for name in sorted({each.name for each in found}):
        try:
            _register(manager, _one(name, OBSERVERS, found), None)
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

    _refuse(found)
    try:
        module = found.point.load() if found.point else _module(found)
        manager.register(module, name=found.name)
        manager.check_pending()
    except (Exception, SystemExit) as error:
        if manager.has_plugin(found.name):
            manager.unregister(name=found.name)
        if isinstance(error, pluggy.PluginValidationError):
            raise PluginError(f"{_owner(found)}: {_text(error)}") from None
        raise PluginError(f"{_owner(found)} cannot be imported: {_text(error)}") from error
    if hook and not getattr(manager.hook, hook).get_hookimpls():
        raise PluginError(f"{_owner(found)} has no {hook} marked with @ganzoo.hookimpl")


def _module(found: Entry) -> ModuleType:
    """The module of a one-file plugin, run from the bytes that were hashed; equal bytes give the same module."""
    from types import ModuleType

    name = f"{found.module}@{found.sha256[:12]}"
    if name not in sys.modules:
        module = sys.modules[name] = ModuleType(name)  # where dataclasses and type hints look for it
        module.__file__ = str(found.path)
        try:
            exec(compile(found.contents, module.__file__, "exec"), module.__dict__)  # the file that the user typed
        except BaseException:
            del sys.modules[name]
            raise
    return sys.modules[name]


def _owner(found: Entry) -> str:
    return f"{KINDS[found.group]} {found.name!r} of {found.origin}"


def _text(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".replace("\n", " ")
