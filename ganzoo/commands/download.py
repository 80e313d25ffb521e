"""`ganzoo download`: a published model's files, checked, in the cache or in a folder."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from ganzoo.errors import UsageError

__all__ = ["download"]


@click.command(
    epilog="""\b
Examples:
  ganzoo download vanilla-mlp.digits
  ganzoo download user/repo --revision v1 --out ./my-gan
"""
)
@click.argument("name")
@click.option("--revision", default="", metavar="REV", help="a branch, tag or commit")
@click.option("--out", type=click.Path(path_type=Path), metavar="FOLDER", help="copy the files into a new folder")
@click.option("--force", is_flag=True, help="download again what is in the cache")
@click.option("--allow-yanked", is_flag=True, help="also what was taken back")
@click.option("-q", "--quiet", is_flag=True, help="print the folder only")
def download(name: str, revision: str, out: Path | None, force: bool, allow_yanked: bool, quiet: bool) -> None:
    """Download a published model, check it, and print the folder that it is in.

    NAME is a name of `ganzoo models`, user/repo on the Hub, or a model in a local zoo. Everything is checked as
    loading does; nothing is ever installed, and nothing of a model is ever run.
    """
    if out and out.exists():
        raise UsageError(f"--out {out} exists already; choose another folder")
    from ganzoo.hub import address as places
    from ganzoo.hub.fetch import fetched

    address = places.resolve(name, revision)
    if isinstance(address, places.Run | places.Checkpoint):
        raise UsageError(f"{name} is a run on this machine; there is nothing to download")
    tell = partial(click.echo, err=True)
    found = fetched(address, tell, whole=True, force=force, allow_yanked=allow_yanked)
    from ganzoo.hub.load import read

    generator = read(found.folder, found.pins, tell=tell)
    if not quiet:
        from ganzoo.engine.parts import parameter_count

        made = f"{generator.name}, {generator.space.plural} of {generator.space}"
        click.echo(f"{found.pinned}: {made}, {parameter_count(generator):,} numbers")
        for file, pin in found.pins.items():
            click.echo(f"{pin.size:>12,}  {pin.sha256}  {file}")
    if out:
        from ganzoo.hub.zoo import copy_whole

        try:
            copy_whole(found.folder, out)
        except OSError as error:
            raise UsageError(f"cannot write to {out}: {error.strerror or error}; nothing of it is left") from None
    click.echo(out or found.folder)
