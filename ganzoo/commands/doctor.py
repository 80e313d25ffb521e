"""`ganzoo doctor`: what is installed, what can be used, and what is wrong with what cannot."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ganzoo.commands.devices import line

if TYPE_CHECKING:
    from ganzoo.catalogue import Entry

__all__ = ["doctor"]


@click.command(
    epilog="""\b
Examples:
  ganzoo doctor
  GANZOO_BLOCK_PLUGINS=name-of-a-bad-one ganzoo doctor --json
"""
)
@click.option("--json", "as_json", is_flag=True, help="print it as JSON")
@click.option("-q", "--quiet", is_flag=True, help="print what is wrong only")
def doctor(as_json: bool, quiet: bool) -> None:
    """Say what is installed and what is wrong with it.

    Every plugin is loaded in another process, every device and folder is tried; the exit code is 1 if anything is
    wrong.
    """
    import dataclasses

    from ganzoo import catalogue
    from ganzoo.data.request import data_root
    from ganzoo.engine.device import devices
    from ganzoo.loadable import problems

    present = [dataclasses.asdict(device) for device in devices()]
    entries = [entry for group in catalogue.GROUPS for entry in catalogue.entries(group)]
    plugins = [_row(entry, problem) for entry, problem in zip(entries, problems(entries), strict=True)]
    folders = {str(folder): _writable(folder) for folder in (Path("runs").absolute(), data_root(None))}
    wrong = [plugin["problem"] for plugin in plugins if plugin["problem"]]
    wrong += [f"cannot write to {folder}" for folder, writable in folders.items() if not writable]
    wrong += [line(device) for device in present if not device["usable"]]
    found = {"versions": _versions(), "devices": present, "plugins": plugins, "folders": folders, "wrong": wrong}
    if as_json:
        import json

        click.echo(json.dumps(found, indent=2))
    elif quiet:
        click.echo("\n".join(wrong), nl=bool(wrong))
    else:
        _print(found)
    click.get_current_context().exit(1 if wrong else 0)


def _versions() -> dict[str, str]:
    import platform
    import re
    from importlib import metadata

    needed = [word for word in metadata.requires("ganzoo") or [] if "extra ==" not in word]
    names = ["ganzoo", *sorted(re.split(r"[^\w.-]", word)[0] for word in needed)]
    found = {"python": platform.python_version(), "platform": platform.platform()}
    return found | {name: metadata.version(name) for name in names}


def _row(entry: Entry, problem: str) -> dict[str, str]:
    return {"group": entry.group, "name": entry.name, "distribution": entry.origin, "problem": problem}


def _writable(folder: Path) -> bool:
    """Whether the folder, or if it is not there the nearest above it, can be written to."""
    while not folder.exists():
        folder = folder.parent
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)


def _print(found: dict[str, Any]) -> None:
    lines = [f"{name:<18} {version}" for name, version in found["versions"].items()]
    lines += ["", *map(line, found["devices"]), ""]
    for plugin in found["plugins"]:
        state = "broken" if plugin["problem"] else "works"
        lines.append(f"{state:<8}{plugin['group']:<22} {plugin['name']:<16} {plugin['distribution']}")
    lines.append("")
    for folder, writable in found["folders"].items():
        lines.append(f"{'writable' if writable else 'closed':<9} {folder}")
    lines += ["", *(f"wrong: {problem}" for problem in found["wrong"] or ["nothing"])]
    click.echo("\n".join(lines))
