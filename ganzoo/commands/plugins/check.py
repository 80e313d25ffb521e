"""`ganzoo plugins check`: one plugin held to the conformance list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ganzoo.commands.names import complete_name

if TYPE_CHECKING:
    from ganzoo.testing import Check

__all__ = ["check"]


@click.command(
    epilog="""\b
Examples:
  ganzoo plugins check ./my_gan.py
  ganzoo plugins check my-gan --learn --json
"""
)
@click.argument("name", metavar="NAME|PATH", shell_complete=complete_name)
@click.option("--learn", is_flag=True, help="also train it briefly and say what it has learnt")
@click.option("--json", "as_json", is_flag=True, help="print the report as JSON")
@click.option("-q", "--quiet", is_flag=True, help="print what failed only")
def check(name: str, learn: bool, as_json: bool, quiet: bool) -> None:
    """Hold a GAN to what every plugin is held to, and say what was found and what to do.

    NAME|PATH is one of `ganzoo list`, or a plugin's file. The exit code is 1 if a check fails. The same checks as
    `ganzoo.testing.conformance` in a test.
    """
    from dataclasses import replace

    from ganzoo.testing import examine

    said: set[str] = set()  # one mistake fails many checks

    def tell(check: Check) -> None:
        again = check.outcome == "failed" and check.found in said
        said.add(check.found)
        if not as_json and (check.outcome == "failed" or not quiet):
            click.echo(replace(check, found="the same") if again else check)

    report = examine(name, learning=learn, tell=tell)
    if as_json:
        import json

        click.echo(json.dumps(report.to_dict(), indent=2))
    elif not quiet:
        click.echo(report.verdict)
    click.get_current_context().exit(1 if report.failures else 0)
