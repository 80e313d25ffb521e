"""`ganzoo config`: what a training would use, and where each value comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ganzoo.commands.with_settings import CommandWithSettings

if TYPE_CHECKING:
    from ganzoo.settings import Resolved

__all__ = ["config", "print_listing"]


@click.command(
    cls=CommandWithSettings,
    epilog="""\b
Examples:
  ganzoo config vanilla-mlp --data mnist -o width=512
  ganzoo config --config runs/vanilla-mlp-digits-001/config.toml --json
""",
)
@click.option("--json", "as_json", is_flag=True, help="print values and origins as JSON")
@click.option("-q", "--quiet", is_flag=True, help="leave out what has its default")
def config(as_json: bool, quiet: bool, **typed: Any) -> None:
    """Show what `ganzoo train` with the same flags would use.

    Every setting and hyper-parameter is printed with its value and where that comes from.
    """
    from ganzoo import catalogue
    from ganzoo.commands.setting_flags import resolved
    from ganzoo.settings import completed

    asked = resolved(typed)
    entry = catalogue.typed(asked.settings.gan)
    architecture = catalogue.load(entry)
    found = completed(asked, architecture)
    if architecture.on:  # what it prefers depends on the data
        from ganzoo.engine.given import data_of

        _, space, _ = data_of(entry.name, found.settings, architecture)
        found = completed(asked, architecture, space.kind)
    if as_json:
        import json

        values = {name: {"value": value, "origin": origin} for name, value, origin in _rows(found)}
        click.echo(json.dumps(values, indent=2))
    else:
        print_listing(found, quiet)


def print_listing(found: Resolved, quiet: bool = False) -> None:
    """Print every setting and hyper-parameter with its value and its origin; quiet leaves defaults out."""
    for name, value, origin in _rows(found):
        if not (quiet and origin == "default"):
            click.echo(f"{name:<24} {'-' if value is None else value!s:<24} {origin}")


def _rows(found: Resolved) -> list[tuple[str, Any, str]]:
    from ganzoo.flags import flags
    from ganzoo.settings import Settings

    rows = []
    for name, flag in flags(Settings).items():
        value = getattr(found.settings, name)
        origin = found.origins.get(name) or ("default" if value == flag.option.default else "measured")
        if name != "options":
            rows.append((name, value, origin))
    options = {f"options.{key}": value for key, value in found.settings.options.items()}
    return [*rows, *((name, value, found.origins[name]) for name, value in options.items())]
