"""What is installed and what can be used, each tried, and what is wrong with what cannot."""

from __future__ import annotations

import os
import platform
import re
from importlib import metadata
from pathlib import Path
from typing import Any

from ganzoo import catalogue
from ganzoo.data.request import data_root
from ganzoo.engine.device import devices
from ganzoo.loadable import problems

__all__ = ["examine"]


def examine() -> dict[str, Any]:
    """The versions, devices, plugins, folders that are written to, and in `wrong` a line about each that is not right.

    JSON values, but for the devices. Every plugin is loaded, in another process. `folders` says of each whether it can
    be written to.
    """
    present = devices()
    entries = [entry for group in catalogue.GROUPS for entry in catalogue.entries(group)]
    plugins = [
        {"group": entry.group, "name": entry.name, "distribution": entry.origin, "problem": problem}
        for entry, problem in zip(entries, problems(entries), strict=True)
    ]
    folders = {str(folder): _writable(folder) for folder in (Path("runs").absolute(), data_root(None))}
    wrong = [plugin["problem"] for plugin in plugins if plugin["problem"]]
    wrong += [f"cannot write to {folder}" for folder, writable in folders.items() if not writable]
    wrong += [str(device) for device in present if not device.usable]
    return {
        "versions": _versions(),
        "devices": present,
        "plugins": plugins,
        "folders": folders,
        "wrong": wrong,
    }


def _versions() -> dict[str, str]:
    """Of Python, the system, ganzoo and what it needs."""
    needed = [word for word in metadata.requires("ganzoo") or [] if "extra ==" not in word]
    names = ["ganzoo", *sorted(re.split(r"[^\w.-]", word)[0] for word in needed)]
    found = {"python": platform.python_version(), "platform": platform.platform()}
    return found | {name: metadata.version(name) for name in names}


def _writable(folder: Path) -> bool:
    """Whether the folder, or if it is not there the nearest above it, can be written to."""
    while not folder.exists():
        folder = folder.parent
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)
