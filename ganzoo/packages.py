"""Packages of plugins put in and taken out: the command that `installing` chooses is told and run.

What has changed is seen by a fresh process, since this one has read the environment already. A plugin is a row of
`ganzoo plugins --json`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ganzoo import installing
from ganzoo.errors import GanzooError, UsageError, nearest

__all__ = ["install", "uninstall"]

Row = dict[str, Any]


def install(
    packages: Sequence[str], *, editable: bool = False, tell: Callable[[str], None], quiet: bool = False
) -> list[Row]:
    """Install packages: names, paths, git+...; the plugins that have appeared.

    editable: folders whose files stay where they are. tell: is given the command before it runs. quiet: what the
    command prints goes to standard error. Raises UsageError for what is no package and where the command is the
    user's to run, GanzooError if it fails.
    """
    if odd := [word for word in packages if word.startswith("-")]:
        raise UsageError(f"{odd[0]!r} is no package; type names, paths or git+https://...")
    if editable and (lost := [word for word in packages if not Path(word, "pyproject.toml").is_file()]):
        raise UsageError(f"-e {lost[0]}: no folder with a pyproject.toml; begin one with: ganzoo plugins new my-gan")
    if absent := [word for word in packages if word.startswith((".", "/", "~")) and not Path(word).exists()]:
        raise UsageError(f"{absent[0]} is not there; type a folder, a wheel, a package's name or git+https://...")
    before = _scan()
    _run(installing.install(installing.here(), packages, editable=editable), tell, quiet)
    return [row for row in _scan() if row not in before]


def uninstall(name: str, *, tell: Callable[[str], None], quiet: bool = False) -> list[Row]:
    """Uninstall the distribution of that name, or of the plugin of that name; the plugins that have gone.

    tell, quiet: as `install` takes them. Raises UsageError if there is none, two or only ganzoo's own, and as `install`
    does.
    """
    before = _scan()
    _run(installing.uninstall(installing.here(), _owner(name, before)), tell, quiet)
    after = _scan()
    return [row for row in before if row not in after]


def _owner(name: str, rows: list[Row]) -> str:
    """The one distribution that a distribution's or a plugin's name means. Raises UsageError."""
    owners = {row["distribution"] for row in rows if name in (row["name"], row["distribution"])}
    if not owners:
        known = {row[key] for row in rows for key in ("name", "distribution") if row["distribution"] != "ganzoo"}
        hint = nearest(name, known) or "only ganzoo's own are installed"
        raise UsageError(f"no plugin or distribution of plugins is called {name!r}; {hint}")
    if name in owners:
        owners = {name}
    if len(owners) > 1:
        raise UsageError(f"{name!r} is of {' and '.join(sorted(owners))}; name one of them")
    if owners == {"ganzoo"}:
        raise UsageError(f"{name} comes with ganzoo itself; GANZOO_BLOCK_PLUGINS={name} hides it")
    (owner,) = owners
    return str(owner)


def _run(plan: installing.Plan, tell: Callable[[str], None], quiet: bool) -> None:
    if plan.refused:
        raise UsageError(f"{plan.refused}; type: {plan}")
    tell(f"$ {plan}")
    try:
        code = subprocess.run(plan.words, stdout=2 if quiet else None).returncode
    except OSError as error:
        raise GanzooError(f"{plan.words[0]} cannot be run: {error.strerror}; type: {plan}") from None
    if code:
        raise GanzooError(f"{plan.words[0]} ended with exit code {code}; its own lines above say why")


def _scan() -> list[Row]:
    done = subprocess.run([sys.executable, "-m", "ganzoo", "plugins", "--json"], capture_output=True, text=True)
    if done.returncode:
        raise GanzooError(f"ganzoo does not start: {(done.stderr.splitlines() or ['no word of why'])[-1]}")
    rows: list[Row] = json.loads(done.stdout)
    return rows
