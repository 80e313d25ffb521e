"""`ganzoo plugins`: the installed plugins, and the commands that install, write and check one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ganzoo.commands.plugins.check import check
from ganzoo.commands.plugins.install import install, uninstall
from ganzoo.commands.plugins.known import known
from ganzoo.commands.plugins.new import new
from ganzoo.commands.table import table

if TYPE_CHECKING:
    from ganzoo.entry import Entry

__all__ = ["plugins"]


@click.group(
    invoke_without_command=True,
    epilog="""\b
Examples:
  ganzoo plugins
  ganzoo plugins --load --json
  ganzoo plugins new my-gan
  ganzoo plugins check ./my_gan.py
  ganzoo plugins install ganzoo-their-gan
""",
)
@click.option("--load", "load_each", is_flag=True, help="load each, in another process, and say what is wrong")
@click.option("--json", "as_json", is_flag=True, help="print everything that is known as JSON")
@click.option("-q", "--quiet", is_flag=True, help="print names only")
@click.pass_context
def plugins(context: click.Context, load_each: bool, as_json: bool, quiet: bool) -> None:
    """List the installed plugins: GANs, data sets, metrics, observers.

    They are read from entry points and files; none is imported. With --load the exit code is 1 if any is broken.
    """
    if context.invoked_subcommand:
        return
    from ganzoo import catalogue

    found = [entry for group in catalogue.GROUPS for entry in catalogue.entries(group)]
    found.sort(key=lambda entry: entry.distribution != "ganzoo")  # what others wrote last, where it is seen first
    rows = [_described(entry) for entry in found]
    if load_each:
        from ganzoo.loadable import problems

        rows = [row | {"problem": problem} for row, problem in zip(rows, problems(found), strict=True)]
    if as_json:
        import json

        click.echo(json.dumps(rows, indent=2))
    elif quiet:
        click.echo("\n".join(row["name"] for row in rows))
    else:
        _print(rows, load_each)
    context.exit(1 if load_each and any(row["problem"] for row in rows) else 0)


for _command in (install, uninstall, known, new, check):
    plugins.add_command(_command)


def _described(entry: Entry) -> dict[str, Any]:
    """What is known of a plugin without importing it, as JSON values."""
    from ganzoo import catalogue

    return {
        "name": entry.name,
        "kind": catalogue.KINDS[entry.group],
        "group": entry.group,
        "distribution": entry.distribution,
        "version": entry.version,
        "location": str(entry.file or ""),
        "hooks": entry.outline.hooks,
        "problem": catalogue.problem(entry),
    }


def _print(rows: list[dict[str, Any]], loaded: bool) -> None:
    lines = [("name", "distribution", "hooks", "location")]
    for row in rows:
        hooks = ", ".join(hook.removeprefix("ganzoo_") for hook in row["hooks"])
        lines.append((row["name"], f"{row['distribution']} {row['version']}", hooks, row["location"] or "?"))
    click.echo("\n".join(table(lines)))
    wrong = [row["problem"] for row in rows if row["problem"]]
    click.echo("\n".join(["", *(f"wrong: {problem}" for problem in wrong)]), nl=bool(wrong))
    if not loaded:
        click.echo("\nto load each and find what is broken: ganzoo plugins --load")
