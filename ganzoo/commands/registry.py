"""`ganzoo registry check`: whether a registry file is in order."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from ganzoo.errors import UsageError
from ganzoo.plurals import many

__all__ = ["registry"]


@click.group(epilog="\b\nExample:\n  ganzoo registry check my-registry.toml")
def registry() -> None:
    """The list of published models and of plugins that others have written."""


@registry.command(
    epilog="""\b
Examples:
  ganzoo registry check
  ganzoo registry check my-registry.toml
  ganzoo registry check --online
"""
)
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--online", is_flag=True, help="fetch every model too, load it and draw a sample")
@click.option("-q", "--quiet", is_flag=True, help="print what is wrong only")
def check(file: Path | None, online: bool, quiet: bool) -> None:
    """Check a registry file, without a network unless you say --online.

    FILE is a registry; without it, all that are in use are checked. Fields, hashes of the models that came
    with it, names in order, plugins that exist: every mistake is printed, and the exit code is 2 if there is one.
    """
    from ganzoo.hub import registry as shelf
    from ganzoo.hub.checking import broken_models, mistakes_in

    mistakes = []
    for path, root in [(file, file.parent)] if file else shelf.files():
        try:
            found = shelf.parse(path.read_bytes(), str(path), root)
        except OSError as error:
            raise UsageError(f"no registry at {path}: {error.strerror}") from None
        wrong = mistakes_in(found)
        if online and not wrong:
            wrong = broken_models(found, (lambda _: None) if quiet else click.echo, partial(click.echo, err=True))
        mistakes += [f"{path}: {mistake}" for mistake in wrong]
        if not wrong and not quiet:
            click.echo(f"{path}: {many(len(found.models), 'model')}, {many(len(found.plugins), 'plugin')}, in order")
    if mistakes:
        raise UsageError(*mistakes)
