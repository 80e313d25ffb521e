"""`ganzoo list`: which GANs are installed, read without importing any."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import click

from ganzoo.errors import UsageError, nearest

if TYPE_CHECKING:
    from ganzoo.catalogue import Entry

__all__ = ["described", "list_"]


@click.command(
    "list",
    epilog="""\b
Examples:
  ganzoo list
  ganzoo list 'wgan*' --json
  ganzoo list --task vectors
""",
)
@click.argument("pattern", default="*")
@click.option("--task", metavar="TASK", help="only GANs for this task, for example images")
@click.option("--json", "as_json", is_flag=True, help="print everything that is known as JSON")
@click.option("-q", "--quiet", is_flag=True, help="print names only")
def list_(pattern: str, task: str | None, as_json: bool, quiet: bool) -> None:
    """List the installed GANs.

    PATTERN chooses by name; one without a wildcard matches anywhere in the name.
    """
    from ganzoo import catalogue

    found = catalogue.entries()
    tasks = {known for entry in found for known in entry.outline.tasks}
    if task and task not in tasks:
        raise UsageError(f"no GAN is for the task {task!r}; {nearest(task, tasks)}")
    if not any(sign in pattern for sign in "*?["):
        pattern = f"*{pattern}*"
    found = [entry for entry in found if fnmatchcase(entry.name, pattern)]
    found = [entry for entry in found if not task or task in entry.outline.tasks]
    if as_json:
        import json

        click.echo(json.dumps([described(entry) for entry in found], indent=2))
        return
    width = max((len(entry.name) for entry in found), default=0)
    for entry in found:
        click.echo(entry.name if quiet else f"{entry.name:<{width}}  {entry.outline.summary}".rstrip())
    if not found:
        click.echo(f"no installed GAN matches {pattern!r}; see `ganzoo list`", err=True)


def described(entry: Entry) -> dict[str, object]:
    """What is known of a GAN without importing it, as JSON values."""
    outline = entry.outline
    return {
        "name": entry.name,
        "summary": outline.summary,
        "paper": outline.paper,
        "year": outline.year,
        "tasks": outline.tasks,
        "distribution": entry.distribution,
        "version": entry.version,
    }
