"""`ganzoo plugins install` and `uninstall`: the command that this environment needs, shown and run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ganzoo.errors import GanzooError, UsageError, nearest

__all__ = ["install", "uninstall"]


@click.command(
    epilog="""\b
Examples:
  ganzoo plugins install ganzoo-their-gan
  ganzoo plugins install -e ./my-gan
  ganzoo plugins install git+https://example.org/their-gan
"""
)
@click.argument("packages", nargs=-1, required=True, metavar="X...")
@click.option("-e", "--editable", is_flag=True, help="X is a folder, whose files are used where they are")
@click.option("--json", "as_json", is_flag=True, help="print the plugins that have appeared as JSON")
@click.option("-q", "--quiet", is_flag=True, help="print the names of the plugins that have appeared only")
def install(packages: tuple[str, ...], editable: bool, as_json: bool, quiet: bool) -> None:
    """Install plugins, in the way that suits this environment.

    X is a package's name, a folder, a file or git+https://...; the command is shown, run, and the plugins that have
    appeared are printed. Installing a package runs its author's code: install what you trust.
    """
    from ganzoo import installing

    if odd := [word for word in packages if word.startswith("-")]:
        raise UsageError(f"{odd[0]!r} is no package; type names, paths or git+https://...")
    if editable and (lost := [word for word in packages if not Path(word, "pyproject.toml").is_file()]):
        raise UsageError(f"-e {lost[0]}: no folder with a pyproject.toml; begin one with: ganzoo plugins new my-gan")
    if absent := [word for word in packages if word.startswith((".", "/", "~")) and not Path(word).exists()]:
        raise UsageError(f"{absent[0]} is not there; type a folder, a wheel, a package's name or git+https://...")
    before = _scan()
    _run(installing.install(installing.here(), packages, editable=editable), quiet=as_json or quiet)
    appeared = [row for row in _scan() if row not in before]
    _tell(appeared, "new", as_json, quiet)
    if not appeared and not quiet:
        click.echo("no new plugin; what there is: ganzoo plugins", err=True)


@click.command(epilog="\b\nExample:\n  ganzoo plugins uninstall my-gan\n")
@click.argument("name", metavar="X")
@click.option("--json", "as_json", is_flag=True, help="print the plugins that have gone as JSON")
@click.option("-q", "--quiet", is_flag=True, help="print the names of the plugins that have gone only")
def uninstall(name: str, as_json: bool, quiet: bool) -> None:
    """Uninstall the distribution that brought a plugin.

    X is the distribution's name or its plugin's. All plugins of the distribution go.
    """
    from ganzoo import installing

    before = _scan()
    owners = {row["distribution"] for row in before if name in (row["name"], row["distribution"])}
    if not owners:
        known = {row[key] for row in before for key in ("name", "distribution") if row["distribution"] != "ganzoo"}
        hint = nearest(name, known) or "only ganzoo's own are installed"
        raise UsageError(f"no plugin or distribution of plugins is called {name!r}; {hint}")
    if name in owners:
        owners = {name}
    if len(owners) > 1:
        raise UsageError(f"{name!r} is of {' and '.join(sorted(owners))}; name one of them")
    if owners == {"ganzoo"}:
        raise UsageError(f"{name} comes with ganzoo itself; GANZOO_BLOCK_PLUGINS={name} hides it")
    _run(installing.uninstall(installing.here(), *owners), quiet=as_json or quiet)
    after = _scan()
    _tell([row for row in before if row not in after], "gone", as_json, quiet)


def _run(plan: Any, quiet: bool) -> None:
    """Show the command and run it. Raises GanzooError if it is not to be run or fails."""
    import subprocess

    if plan.refused:
        raise UsageError(f"{plan.refused}; type: {plan}")
    click.echo(f"$ {plan}", err=quiet)
    try:
        code = subprocess.run(plan.words, stdout=2 if quiet else None).returncode
    except OSError as error:
        raise GanzooError(f"{plan.words[0]} cannot be run: {error.strerror}; type: {plan}") from None
    if code:
        raise GanzooError(f"{plan.words[0]} ended with exit code {code}; its own lines above say why")


def _scan() -> list[dict[str, Any]]:
    """The installed plugins as a fresh process sees them."""
    import json
    import subprocess
    import sys

    done = subprocess.run([sys.executable, "-m", "ganzoo", "plugins", "--json"], capture_output=True, text=True)
    if done.returncode:
        raise GanzooError(f"ganzoo does not start: {(done.stderr.splitlines() or ['no word of why'])[-1]}")
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    return rows


def _tell(rows: list[dict[str, Any]], word: str, as_json: bool, quiet: bool) -> None:
    import json

    if as_json:
        click.echo(json.dumps(rows, indent=2))
    for row in rows if not as_json else []:
        owner = f"{row['distribution']} {row['version']}"
        click.echo(
            row["name"] if quiet else f"{word}: {row['kind']} {row['name']} of {owner}  {row['problem']}".rstrip()
        )
