"""`ganzoo plugins install` and `uninstall`: the command that this environment needs, shown and run."""

from __future__ import annotations

from functools import partial
from typing import Any

import click

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
    from ganzoo import packages as manager

    silent = as_json or quiet
    appeared = manager.install(packages, editable=editable, tell=partial(click.echo, err=silent), quiet=silent)
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
    from ganzoo import packages

    silent = as_json or quiet
    _tell(packages.uninstall(name, tell=partial(click.echo, err=silent), quiet=silent), "gone", as_json, quiet)


def _tell(rows: list[dict[str, Any]], word: str, as_json: bool, quiet: bool) -> None:
    import json

    if as_json:
        click.echo(json.dumps(rows, indent=2))
    for row in rows if not as_json else []:
        owner = f"{row['distribution']} {row['version']}"
        click.echo(
            row["name"] if quiet else f"{word}: {row['kind']} {row['name']} of {owner}  {row['problem']}".rstrip()
        )
