"""`ganzoo apply`: translate pictures, tables and sounds, files and folders of any size."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from ganzoo.errors import DataError, UsageError
from ganzoo.places import word

__all__ = ["apply"]


@click.command(
    epilog="""\b
Examples:
  ganzoo apply latest sketch.png
  ganzoo apply runs/srgan-photos-001 small/ --out large
  ganzoo apply runs/gain-patients-001 patients.csv --out filled.csv
  ganzoo apply runs/hifi-gan-tones-001 speech.wav
"""
)
@click.argument("target", type=click.Path())
@click.argument("inputs", nargs=-1, metavar="FILE...", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="a folder for all, or one new file")
@click.option("--force", is_flag=True, help="overwrite what is there")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="of the noise, where it takes any")
@click.option("--label", help="the class to make, where it knows classes")
@click.option("--step", type=click.IntRange(0), metavar="N", help="the run's checkpoint of this step")
@click.option("--device", default="auto", show_default=True, metavar="DEVICE", help="auto, cpu, cuda, mps or xpu")
@click.option("-q", "--quiet", is_flag=True, help="print nothing")
def apply(
    target: str,
    inputs: tuple[Path, ...],
    out: Path | None,
    force: bool,
    seed: int,
    label: str | None,
    step: int | None,
    device: str,
    quiet: bool,
) -> None:
    """Translate pictures by a trained translation, fill the absent cells of tables, make sounds of spectrograms.

    TARGET is a run's folder or name, a checkpoint file, a model folder, or `latest`; each FILE a picture, a CSV
    or a wav file, or a folder of them. A translation keeps the size of its picture, or enlarges it. It is a new file
    beside the old one, or in a new folder beside the folder, and its path is printed.
    """
    if not inputs:
        raise UsageError(f"no file is named; type for example: ganzoo apply {word(target)} picture.png")
    from ganzoo import api
    from ganzoo.engine.apply import jobs_for, translated
    from ganzoo.engine.device import choose
    from ganzoo.engine.files import write_whole

    tell = partial(click.echo, err=True)
    generator = api.load(target, step=step)
    space = generator.space.source
    if space is None:
        raise UsageError(f"{generator.name} draws samples from noise; type: ganzoo sample {word(target)}")
    jobs = jobs_for(inputs, generator.name, out, force=force, kind=generator.space.kind)
    generator = generator.to(choose(device))
    unreadable = []
    for job in jobs:
        try:
            contents, note = translated(generator, job, seed=seed, label=label, tell=None if quiet else tell)
        except DataError as error:
            unreadable.append(str(error))
            continue
        write_whole(job.target, contents)
        if not quiet:
            click.echo(f"{job.target}  ({note})" if note else job.target)
    if unreadable:
        raise DataError("\n".join(unreadable))
