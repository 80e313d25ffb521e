"""`ganzoo doctor`: what is installed, what can be used, and what is wrong with what cannot."""

from __future__ import annotations

from typing import Any

import click

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
    from ganzoo.health import examine

    found = examine()
    if as_json:
        import dataclasses
        import json

        click.echo(json.dumps(found, indent=2, default=dataclasses.asdict))
    elif quiet:
        click.echo("\n".join(found["wrong"]), nl=bool(found["wrong"]))
    else:
        _print(found)
    click.get_current_context().exit(1 if found["wrong"] else 0)


def _print(found: dict[str, Any]) -> None:
    lines = [f"{name:<18} {version}" for name, version in found["versions"].items()]
    lines += ["", *map(str, found["devices"]), ""]
    for plugin in found["plugins"]:
        state = "broken" if plugin["problem"] else "works"
        lines.append(f"{state:<8}{plugin['group']:<22} {plugin['name']:<16} {plugin['distribution']}")
    lines.append("")
    for folder, writable in found["folders"].items():
        lines.append(f"{'writable' if writable else 'closed':<9} {folder}")
    lines += ["", *(f"wrong: {problem}" for problem in found["wrong"] or ["nothing"])]
    click.echo("\n".join(lines))
