"""`digits`: what a newcomer waits for the first picture of digits, from typing the command."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from benchmarks.figures import Figure, machine, store, table
from benchmarks.processes import GANZOO, play, surroundings

__all__ = ["digits"]


@click.command()
@click.option("--repeats", type=click.IntRange(1), default=3, show_default=True)
@click.option("--picture", type=click.Path(path_type=Path), default="digits.png", show_default=True)
def digits(repeats: int, picture: Path) -> None:
    """Wall time of `ganzoo train vanilla-mlp` in an empty folder, start-up included; keeps its samples.png."""
    before, seconds = machine(), []
    for _ in range(repeats):
        with TemporaryDirectory() as name:
            played = play([GANZOO, "train", "vanilla-mlp"], Path(name), environment=surroundings())
            shutil.copyfile(next(Path(name).glob("runs/*/samples.png")), picture)
        seconds.append(played.seconds)
    figure = Figure(tuple(seconds))
    store("digits", f"python -m benchmarks digits --repeats {repeats}", before, {"ganzoo": figure}, unit="s")
    click.echo(table(["command", "seconds"], [["ganzoo train vanilla-mlp", figure.text()]]))
    click.echo(f"look at {picture}")
