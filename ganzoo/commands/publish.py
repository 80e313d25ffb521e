"""`ganzoo publish`: a run's generator for everybody, on the Hub or in a local zoo."""

from __future__ import annotations

from functools import partial

import click

from ganzoo.places import word

__all__ = ["publish"]


@click.command(
    epilog="""\b
Examples:
  ganzoo publish latest file:./my-zoo/me/my-gan
  ganzoo publish latest me/my-gan --license mit --tag v1
  ganzoo publish runs/dcgan-mnist-001 me/my-gan --dry-run
"""
)
@click.argument("run", type=click.Path())
@click.argument("to")
@click.option("--step", type=click.IntRange(0), metavar="N", help="the run's checkpoint of this step")
@click.option("--tag", default="", metavar="NAME", help="a name for this revision, for example v1")
@click.option("--license", default="", metavar="NAME", help="the weights' licence, for example mit")
@click.option("--private", is_flag=True, help="only you can read the repository on the Hub")
@click.option("--with-discriminator", is_flag=True, help="the network that judges samples too")
@click.option("--half", is_flag=True, help="weights as float16, half as large; they are loaded as float32")
@click.option("--dry-run", is_flag=True, help="make and check everything, send nothing")
@click.option("--plugin", metavar="NAME|FILE", help="the GAN, where its one-file plugin has moved or changed")
@click.option("-q", "--quiet", is_flag=True, help="print its pinned name only")
def publish(
    run: str,
    to: str,
    step: int | None,
    tag: str,
    license: str,
    private: bool,
    with_discriminator: bool,
    half: bool,
    dry_run: bool,
    plugin: str | None,
    quiet: bool,
) -> None:
    """Publish a run's generator.

    RUN is a run's folder, its name, or `latest`. TO is user/repo on the Hub, where you are logged in (HF_TOKEN or
    `hf auth login`), or file:FOLDER/me/my-gan for a local zoo. The files are made in a fresh folder, read back and
    compared before anything is sent; then all of them are there, or none.
    """
    from ganzoo.hub.publish import publish as send

    tell = partial(click.echo, err=True)
    done = send(
        run, to, step=step, tag=tag, license=license, private=private, with_discriminator=with_discriminator,
        half=half, dry_run=dry_run, plugin=plugin, tell=tell,
    )  # fmt: skip
    if quiet:
        click.echo(done.name)
        return
    for name, pin in done.pins.items():
        click.echo(f"{pin.size:>12,}  {pin.sha256[:12]}  {name}")
    if not done.revision:
        visible = "private" if private else "public"
        click.echo(f"nothing was sent; without --dry-run this goes to {to}" + ("" if ":" in to else f", {visible}"))
        return
    click.echo(f"\npublished  {done.url or done.name}")
    click.echo(f"load it    ganzoo sample {word(done.name)}")
    click.echo(f'           ganzoo.load("{done.name}")')
    if done.entry:
        click.echo(f"\nits entry in a registry.toml (docs/hub.md):\n\n{done.entry.rstrip()}")
