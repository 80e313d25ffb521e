"""Which plugin a checkpoint or a model is of, and that a one-file plugin is still the one that it was made by."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ganzoo import catalogue
from ganzoo.engine.checkpoint import newest, steps_in
from ganzoo.engine.folder import RunFolder
from ganzoo.entry import Entry
from ganzoo.errors import CheckpointError
from ganzoo.settings import read_file

__all__ = ["file_of", "recorded", "refuse_changed_file"]


def recorded(plugin: Mapping[str, Any], where: str, *, file: str = "", named: str | None = None) -> Entry:
    """The GAN that a checkpoint or a model says it is of.

    where: what is being read, for the error. file: the one-file plugin that the run was trained with, if it was.
    named: what the user says to use instead, which is taken as it is. A file that the record itself names is never
    looked for. Raises UsageError, or CheckpointError if the file is not known, is gone or has changed.
    """
    if named:
        return catalogue.typed(named)
    if "sha256" not in plugin:
        return catalogue.entry(plugin["name"])
    same = [found for found in catalogue.entries() if found.name == plugin["name"] and found.sha256 == plugin["sha256"]]
    if same:
        return same[0]
    origin = f"{where} was made by the file {plugin['file']!r} (sha256 {plugin['sha256'][:12]})"
    if not file:
        raise CheckpointError(f"{origin}, which is not installed; say where it is: --plugin FILE")
    if not Path(file).is_file():
        raise CheckpointError(f"{origin}, and {file} is gone; bring it back, or say where it is now: --plugin FILE")
    found = catalogue.typed(file)
    if found.sha256 != plugin["sha256"]:
        raise CheckpointError(
            f"{origin}, and {file} has changed since (sha256 {found.sha256[:12]}); bring the old file back, or go on "
            f"with the new one: --plugin {shlex.quote(file)}"
        )
    return found


def file_of(folder: RunFolder) -> str:
    """The one-file plugin that a run was trained with, "" if it is an installed one.

    Never one inside of the run's own folder, which may have come from somebody else together with it.
    """
    path = Path(str(read_file(folder.config).get("gan", "")))
    inside = folder.path.resolve() in path.resolve().parents
    return str(path) if path.suffix == ".py" and path.is_absolute() and not inside else ""


def refuse_changed_file(folder: RunFolder) -> None:
    """Raises CheckpointError if the run's one-file plugin is gone, or is not what its newest checkpoint was made by."""
    if str(read_file(folder.config).get("gan", "")).endswith(".py") and steps_in(folder.checkpoints):
        recorded(newest(folder.checkpoints)[0].values["plugin"], str(folder.path), file=file_of(folder))
