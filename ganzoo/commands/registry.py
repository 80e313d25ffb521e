"""`ganzoo registry check`: whether a registry file is in order."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ganzoo.errors import GanzooError, UsageError
from ganzoo.plurals import many

if TYPE_CHECKING:
    from ganzoo.hub.listed import Registry

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

    mistakes = []
    for path, root in [(file, file.parent)] if file else shelf.files():
        try:
            found = shelf.parse(path.read_bytes(), str(path), root)
        except OSError as error:
            raise UsageError(f"no registry at {path}: {error.strerror}") from None
        wrong = _problems(found, str(path))
        wrong = wrong or (_broken(found, str(path), quiet) if online else [])
        mistakes += wrong
        if not wrong and not quiet:
            click.echo(f"{path}: {many(len(found.models), 'model')}, {many(len(found.plugins), 'plugin')}, in order")
    if mistakes:
        raise UsageError(*mistakes)


def _broken(found: Registry, where: str, quiet: bool) -> list[str]:
    """What is wrong with models that are fetched, loaded and drawn from; those taken back are left out."""
    from functools import partial

    from ganzoo.hub.address import Listed
    from ganzoo.hub.fetch import fetched
    from ganzoo.hub.load import read

    wrong = []
    for model in found.models.values():
        if model.status != "yanked":
            try:
                there = fetched(Listed(model), partial(click.echo, err=True), whole=True)
                samples = read(there.folder, there.pins).sample(1)
                if not quiet:
                    click.echo(f"{model.name}: {samples!r}")
            except GanzooError as error:
                wrong.append(f"{where}: models.{model.name}: {error}")
    return wrong


def _problems(found: Registry, where: str) -> list[str]:
    """What reading alone does not find: order, plugins that nothing offers, files that are not as listed."""
    from ganzoo import catalogue
    from ganzoo.hub.verify import verify

    wrong = []
    for kind, table in (("plugins", found.plugins), ("models", found.models), ("aliases", found.aliases)):
        if list(table) != sorted(table):
            wrong.append(f"{where}: {kind} should be in the order of their names: {', '.join(sorted(table))}")
    known = {*catalogue.names(), *found.plugins}
    for model in found.models.values():
        if model.plugin not in known:
            wrong.append(f"{where}: models.{model.name}: plugin {model.plugin} is not installed nor in [plugins]")
        try:
            if model.path:
                verify(model.path, model.files, model.files, "the registry")
        except GanzooError as error:
            wrong.append(f"{where}: models.{model.name}: {error}")
    return wrong
