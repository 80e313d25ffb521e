"""Observers of a run, each on its own: one that raises is told of and left out, and the run goes on."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Any

from ganzoo import catalogue
from ganzoo.errors import UsageError

if TYPE_CHECKING:
    from ganzoo.settings import Settings

__all__ = ["Observers"]


class Observers:
    """The installed observers, ready to watch one run. problems: a sentence about each that could not be loaded.

    Raises UsageError if one refuses the settings, or is asked for in vain.
    """

    def __init__(self, settings: Settings) -> None:
        self._manager, self.problems = catalogue.observers()
        in_vain = set(settings.report_to or ())
        for observer in self._manager.hook.ganzoo_observer.get_hookimpls():
            try:
                made = observer.function(**dict.fromkeys(observer.argnames, settings))
                if made is not None:
                    self._replace(observer.plugin_name, made)
                    in_vain.discard(observer.plugin_name)
            except UsageError:
                raise
            except Exception as error:
                self._manager.unregister(name=observer.plugin_name)
                self.problems.append(f"observer {observer.plugin_name!r} failed: {type(error).__name__}: {error}")
        if in_vain:
            raise UsageError(*self.problems, *(f"observer {name!r} is not one to report to" for name in in_vain))

    def _replace(self, name: str, made: object) -> None:
        """Let an object answer the hooks in place of the module of that name."""
        self._manager.unregister(name=name)
        self._manager.register(made, name)
        self._manager.check_pending()

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
