"""`ganzoo plugins new`: a project with a GAN that already trains, to be changed into one's own."""

from __future__ import annotations

from pathlib import Path

import click

from ganzoo.commands.names import complete_name

__all__ = ["new"]


@click.command(
    epilog="""\b
Examples:
  ganzoo plugins new my-gan
  ganzoo plugins new my-gan --from wgan-gp --out ~/projects/my-gan
"""
)
@click.argument("name")
@click.option("--from", "start", default="vanilla-mlp", show_default=True, metavar="NAME", shell_complete=complete_name,
              help="the GAN of ganzoo that it starts as a copy of")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), metavar="FOLDER", help="the project's folder, else ./NAME")
@click.option("-q", "--quiet", is_flag=True, help="print the folder only")
def new(name: str, start: str, out: Path | None, quiet: bool) -> None:
    """Write a complete project for a GAN of your own: plugin, test, CI, README, licence.

    NAME is the GAN's, in small letters, digits and hyphens. The plugin is a copy of a GAN that comes with ganzoo,
    and trains as it is.
    """
    from ganzoo.template import write_project

    folder = write_project(name, start, out or Path(name))
    click.echo(folder)
    if quiet:
        return
    file = next(folder.glob("*.py"))
    click.echo(
        f"  {file}  the GAN; it trains now: ganzoo train {file}\n"
        f"  next: ganzoo plugins check {file} · ganzoo plugins install -e {folder} · ganzoo train {name}"
    )
