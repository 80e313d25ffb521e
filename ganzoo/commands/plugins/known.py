"""`ganzoo plugins known`: plugins that others distribute, as the registry lists them."""

from __future__ import annotations

import click

__all__ = ["known"]


@click.command(epilog="\b\nExample:\n  ganzoo plugins known --json\n")
@click.option("--json", "as_json", is_flag=True, help="print everything that is known as JSON")
@click.option("-q", "--quiet", is_flag=True, help="print names only")
def known(as_json: bool, quiet: bool) -> None:
    """List the plugins that the registry knows, and how to install them.

    Being listed is no promise: installing a package runs its author's code.
    """
    from ganzoo import catalogue
    from ganzoo.commands.table import table
    from ganzoo.hub import registry

    listed, here = registry.read().plugins.values(), set(catalogue.names())
    if as_json:
        import dataclasses
        import json

        rows = [{**dataclasses.asdict(p), "install": p.install, "installed": p.name in here} for p in listed]
        click.echo(json.dumps(rows, indent=2))
    elif quiet:
        click.echo("\n".join(plugin.name for plugin in listed), nl=bool(listed))
    elif listed:
        lines = [("name", "here", "package", "summary")]
        lines += [(p.name, "yes" if p.name in here else "no", p.distribution + p.requires, p.summary) for p in listed]
        click.echo("\n".join([*table(lines), "", "to install one: ganzoo plugins install PACKAGE"]))
    else:
        click.echo("the registry lists no plugin yet; GANZOO_REGISTRY names further registries")
