"""Paths among a run's settings: kept so that they lead to the same place from anywhere, shown without the way there."""

from __future__ import annotations

import dataclasses
import os
import shlex
from pathlib import Path
from typing import Any

from ganzoo import catalogue
from ganzoo.settings import Settings

__all__ = ["brief", "lasting", "word"]

_PATHS = ("data", "source", "data_root", "start_from")
_WORDS = {"left", "right", "latest"}  # that are no paths in them


def lasting(settings: Settings) -> Settings:
    """The same settings with each path to what exists as an absolute one; names stay as they are."""
    words = _WORDS | set(catalogue.names(catalogue.DATASETS))
    typed = {name: getattr(settings, name) for name in _PATHS}
    paths = {
        name: Path(os.path.expanduser(value)).absolute()
        for name, value in typed.items()
        if value and value not in words and not value.startswith("hf:")
    }
    there: dict[str, Any] = {name: str(path) for name, path in paths.items() if path.exists()}
    return dataclasses.replace(settings, **there)


def word(path: str | Path) -> str:
    """A path as one word of a command line, in quotes where it needs them."""
    return shlex.quote(str(path))


def brief(value: Any) -> Any:
    """An absolute path as it is from here, or its last part where it is elsewhere; any other value as it is."""
    if not isinstance(value, str | Path) or not Path(value).is_absolute():
        return value
    here = Path.cwd()
    return str(Path(value).relative_to(here)) if Path(value).is_relative_to(here) else Path(value).name
