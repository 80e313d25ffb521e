"""`ganzoo devices`: what can be computed on, tried and not merely listed."""

from __future__ import annotations

import dataclasses

import click

__all__ = ["devices"]


@click.command(
    epilog="""\b
Examples:
  ganzoo devices
  ganzoo train dcgan --device cuda:0
"""
)
@click.option("--json", "as_json", is_flag=True, help="print them as JSON")
@click.option("-q", "--quiet", is_flag=True, help="print the names of usable devices only")
def devices(as_json: bool, quiet: bool) -> None:
    """List this machine's devices and whether they can be used."""
    from ganzoo.engine.device import devices as present

    found = present()
    if as_json:
        import json

        click.echo(json.dumps([dataclasses.asdict(device) for device in found], indent=2))
        return
    for device in found:
        if quiet:
            if device.usable:
                click.echo(device.name)
        else:
            click.echo(device)
