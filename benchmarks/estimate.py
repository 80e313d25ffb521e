"""`estimate`: what `--dry-run` says of a training's memory, beside the most that the training takes."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from benchmarks.figures import Figure, machine, store, table
from benchmarks.processes import GANZOO, play, surroundings

__all__ = ["estimate"]

TRAININGS = (
    "vanilla-mlp",
    "vanilla-mlp --data mnist --batch 4096",
    "dcgan --size 32 --batch 64",
    "dcgan --size 64 --batch 64",
    "dcgan --size 64 --batch 256",
    "wgan-gp --size 32 --batch 64",
    "r3gan --size 32 --batch 64",
    "cyclegan --degrade edges",
    "ctgan",
    "wavegan",
)


@click.command()
@click.option("--threads", type=click.IntRange(1), default=1, show_default=True, help="of both")
@click.argument("trainings", nargs=-1)
def estimate(threads: int, trainings: tuple[str, ...]) -> None:
    """Memory by `ganzoo train ... --dry-run` and of five steps, start to end, pictures and report included.

    TRAININGS are what follows `ganzoo train`, each in one pair of quotes.
    """
    before = machine()
    environment = surroundings(threads)
    figures: dict[str, Figure] = {}
    rows = []
    for training in trainings or TRAININGS:
        words = [GANZOO, "train", *shlex.split(training), "--threads", str(threads)]
        with TemporaryDirectory() as folder:
            said = play([*words, "--dry-run"], Path(folder), environment=environment).output
            taken = play([*words, "--steps", "5"], Path(folder), environment=environment).peak
        found = re.search(r"^memory +about ([\d,]+) MiB", said, re.MULTILINE)
        assert found, said
        about = float(found[1].replace(",", ""))
        figures |= {f"{training}: said": Figure((about,)), f"{training}: taken": Figure((taken,))}
        rows.append([training, f"{about:,.0f}", f"{taken:,.0f}", f"{taken / about:.2f}x"])
    store("estimate", "python -m benchmarks estimate", before, figures, unit="MiB", threads=threads)
    click.echo(table(["ganzoo train", "--dry-run, MiB", "five steps, MiB", "to what was said"], rows))
