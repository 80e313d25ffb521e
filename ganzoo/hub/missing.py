"""What to say where a model needs a plugin that is not installed. Nothing is ever installed from here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ganzoo import catalogue
from ganzoo.errors import GanzooError, ModelError
from ganzoo.hub import registry
from ganzoo.hub.listed import Model

__all__ = ["elsewhere", "offer", "refuse_missing", "refuse_version"]


def elsewhere(names: Iterable[str]) -> list[str]:
    """A line about each GAN that is not installed and that the registry lists, with what installs it."""
    try:
        known = registry.read().plugins
    except GanzooError:
        return []
    here = catalogue.names()
    found = [known[name] for name in names if name in known and name not in here]
    return [f"{plugin.name} is in {plugin.distribution}, by others; type: {plugin.install}" for plugin in found]


def refuse_missing(plugin: Mapping[str, Any], folder: Path) -> None:
    """Raises ModelError if the plugin that a model names is not installed, with the line that installs it."""
    names, name, distribution = catalogue.names(), plugin["name"], plugin["distribution"]
    if name not in names:
        installed = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
        raise ModelError(
            f"{folder} needs the GAN plugin {name!r}, which is not installed\n"
            f"{offer(name, distribution)}\ninstalled are: {installed}"
        )


def offer(plugin: str, distribution: str = "") -> str:
    """Where a plugin can be had, as the registry says, or as a stranger's model says, with a warning."""
    try:
        known = registry.read().plugins.get(plugin)
    except GanzooError:
        known = None
    if known:
        return f"the registry lists it as: {known.install}"
    if not distribution:
        return "the registry does not list it"
    return (
        f"the model says that the package is {distribution!r}, which the registry does not list: read its code "
        "before installing it"
    )


def refuse_version(model: Model) -> None:
    """Raises ModelError if the installed plugin is not of a version that a listed model can be loaded with."""
    if not model.plugin_requires or model.plugin not in catalogue.names():
        return
    from packaging.specifiers import SpecifierSet

    entry = catalogue.entry(model.plugin)
    if not SpecifierSet(model.plugin_requires).contains(entry.version, prereleases=True):
        wanted = f"{entry.distribution}{model.plugin_requires}"
        raise ModelError(
            f'{model.name} needs {model.plugin} of {wanted}, installed is {entry.version}; type: pip install "{wanted}"'
        )
