"""Observers of a run, each on its own: one that raises is told of and left out, and the run goes on."""

from __future__ import annotations

import traceback
from typing import Any

from ganzoo import catalogue

__all__ = ["Observers"]


class Observers:
    """The installed observers. problems: a sentence about each that could not be loaded."""

    def __init__(self) -> None:
        self._manager, self.problems = catalogue.observers()

    def call(self, hook: str, **arguments: Any) -> list[tuple[str, str]]:
        """Call every observer of a hook; a sentence and a traceback for each that raised and is out from now on."""
        failures = []
        for observer in reversed(getattr(self._manager.hook, hook).get_hookimpls()):
            try:
                observer.function(**{name: arguments[name] for name in observer.argnames})
            except Exception as error:
                self._manager.unregister(observer.plugin)
                text = f"observer {observer.plugin_name!r} failed and is left out from here"
                failures.append((f"{text}: {type(error).__name__}: {error}", traceback.format_exc()))
        return failures
