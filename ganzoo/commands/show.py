"""`ganzoo show`: one GAN's equation, paper, hyper-parameters, preferences and size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from ganzoo.commands.list import described
from ganzoo.commands.names import complete_name

if TYPE_CHECKING:
    from ganzoo.config import Range
    from ganzoo.contract import Architecture, Space

__all__ = ["show"]


@click.command(
    epilog="""\b
Examples:
  ganzoo show vanilla-mlp
  ganzoo show dcgan --size 64 --channels 3 --json
"""
)
@click.argument("name", shell_complete=complete_name)
@click.option("--size", type=click.IntRange(1, 4096), help="side of the images to count parameters for")
@click.option("--channels", type=click.Choice(["1", "3"]), default="1", help="grey or colour images")
@click.option("--json", "as_json", is_flag=True, help="print it as JSON")
@click.option("-q", "--quiet", is_flag=True, help="print the hyper-parameters only")
def show(name: str, size: int | None, channels: str, as_json: bool, quiet: bool) -> None:
    """Show a GAN's equation, paper, hyper-parameters and size.

    NAME is one of `ganzoo list`, or a plugin's file such as ./my_gan.py.
    """
    from ganzoo import catalogue
    from ganzoo.contract import Space
    from ganzoo.data.translation import preferred_space

    entry = catalogue.typed(name)
    architecture = catalogue.load(entry)
    side = size or architecture.size
    space = Space(kind="vector", shape=(2,), range=None)
    if "image" in architecture.spaces:
        digits = tuple("0123456789")  # classes for those that learn from labels
        shown = Space(kind="image", shape=(int(channels), side, side), classes=digits)
        space = preferred_space(shown, architecture)
    options = [
        {"name": o.name, "default": o.default, "note": o.note, "range": _interval(o.range)}
        for o in architecture.config.options()
    ]
    facts: dict[str, Any] = {
        **described(entry),
        "options": options,
        "prefers": {key: getattr(architecture, key) for key in ("data", "size", "batch", "steps", "ema")},
        "on": architecture.on,
        "spaces": architecture.spaces,
        "space": str(space),
        "parameters": _parameters(entry.name, architecture, space) if space.kind in architecture.spaces else {},
    }
    if as_json:
        import json

        click.echo(json.dumps(facts, indent=2))
        return
    if not quiet:
        click.echo(f"{entry.name}  ({entry.origin})\n\n{entry.outline.docstring}\n")
    for option in options:
        typed = f"  -o {option['name']}={option['default']}"
        click.echo(f"{typed:<27} {option['note']} {option['range']}".rstrip())
    if not quiet:
        click.echo(f"\nprefers     {_listed(facts['prefers'])}")
        for kind, values in architecture.on.items():
            click.echo(f"{f'on {kind}s':<11} {_listed({**values, **values.get('options', {})})}")
        click.echo(f"plays on    {', '.join(architecture.spaces)}")
        sizes = " · ".join(f"{net} {count:,}" for net, count in facts["parameters"].items())
        click.echo(f"parameters  {sizes} for {space}" if sizes else "parameters  depend on the data")


def _listed(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in values.items() if key != "options")


def _interval(bounds: Range | None) -> str:
    return f"[{bounds.least:g}, {bounds.greatest:g}]" if bounds else ""


def _parameters(name: str, architecture: Architecture, space: Space) -> dict[str, int]:
    from ganzoo.engine.parts import networks_of, parameter_count

    nets = networks_of(name, 0, architecture, architecture.config(), space)
    return {net: parameter_count(module) for net, module in nets.items()}
