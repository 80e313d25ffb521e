"""`ganzoo sample`: draw samples from a trained generator into a new picture."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import click

from ganzoo.columns import read_conditions
from ganzoo.errors import UsageError
from ganzoo.plurals import many

__all__ = ["sample"]

_TOLD_FROM = 1000  # samples, whose pace is worth a line


@click.command(
    epilog="""\b
Examples:
  ganzoo sample latest -n 16
  ganzoo sample runs/dcgan-mnist-001 --step 2000 --seed 7 --out digits.png
  ganzoo sample latest -n 50000 --files --out pictures --device auto
  ganzoo sample latest --walk
  ganzoo sample latest -n 1000 --where species=setosa --out rows.csv
  ganzoo sample runs/seqgan-oracle-001 -n 1000 --out lines.txt
  ganzoo sample file:./my-zoo/me/my-gan -n 64
"""
)
@click.argument("target", default="latest", type=click.Path())
@click.option("-n", "number", type=click.IntRange(1), default=16, show_default=True, help="samples to draw")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="equal seeds, equal samples")
@click.option("--step", type=click.IntRange(0), metavar="N", help="the run's checkpoint of this step")
@click.option("--labels", metavar="A,B,...", help="classes to draw, by name or number, repeated to -n")
@click.option("--where", "conditions", multiple=True, metavar="COLUMN=VALUE", help="of a table: rows that hold it")
@click.option("--walk", is_flag=True, help="an animation of a walk through the latent space")
@click.option("--files", is_flag=True, help="one file per sample, in a new folder")
@click.option(
    "--out", type=click.Path(path_type=Path), help="the file (.png, .webp, .jpg, .csv, .wav, .txt, .npz) or folder"
)
@click.option(
    "--device",
    default="cpu",
    show_default=True,
    help="or auto, cuda, cuda:N, mps, xpu: faster for many samples, and other ones for the same seed",
)
@click.option("--force", is_flag=True, help="overwrite what is there")
@click.option("--raw-weights", is_flag=True, help="the weights as they are, not their moving average")
@click.option("--plugin", metavar="NAME|FILE", help="the GAN, where its one-file plugin has moved or changed")
@click.option("--revision", default="", metavar="REV", help="of a published model: a branch, tag or commit")
@click.option("-q", "--quiet", is_flag=True, help="print nothing")
def sample(
    target: str,
    number: int,
    seed: int,
    step: int | None,
    labels: str | None,
    conditions: tuple[str, ...],
    walk: bool,
    files: bool,
    out: Path | None,
    device: str,
    force: bool,
    raw_weights: bool,
    plugin: str | None,
    revision: str,
    quiet: bool,
) -> None:
    """Draw samples from a trained generator.

    TARGET is a run (`latest`, its folder or name), a checkpoint, a name of `ganzoo models`, a model in a local zoo
    (file:FOLDER), or user/repo on the Hub. The picture is a new file in the run's folder, or here if there is none,
    and its path is printed; of texts, the lines are printed.
    """
    if walk and (files or labels or conditions):
        raise UsageError("--walk goes with none of --files, --labels and --where")
    where = read_conditions(conditions)
    from ganzoo import api
    from ganzoo.engine.device import choose
    from ganzoo.engine.drawn import save_many, save_walk
    from ganzoo.engine.room import fitting
    from ganzoo.hub.address import free_path

    tell = partial(click.echo, err=True)
    generator = api.load(target, step=step, raw=raw_weights, plugin=plugin, revision=revision, tell=tell)
    generator = generator.to(choose(device))
    rate = 0.0
    if walk:
        path = save_walk(generator, out or free_path(target, "walk", ".webp"), seed=seed, force=force)
    else:
        chosen = [label.strip() for label in labels.split(",")] if labels is not None else None
        what: dict[str, Any] = {"seed": seed, "labels": chosen, "where": where}
        advice = "ask for fewer, or write them as they are drawn: --out NAME.npz or --files"
        with fitting(f"drawing {many(number, 'sample')} of {generator.name}", generator.device, advice):
            if files or (out and out.suffix.lower() == ".npz"):
                path = out or free_path(target, "sample")
                rate = save_many(
                    generator, number, path, files=files, force=force, tell=None if quiet else tell, **what
                )
            else:
                samples = generator.sample(number, **what)
                if generator.space.kind == "tokens" and not out:
                    click.echo("\n".join(samples.lines))
                    return
                path = samples.save(out or free_path(target, "sample", samples.suffix), force=force)
    if not quiet:
        click.echo(path)
        if number >= _TOLD_FROM and rate:
            tell(f"{many(number, 'sample')}, {rate:,.0f} a second")
