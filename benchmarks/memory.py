"""`memory`: the most resident memory that a training takes, start to end."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import click

from benchmarks.figures import Figure, machine, store, table
from benchmarks.mnist import unpack
from benchmarks.processes import GANZOO, PYTHON, play, surroundings

__all__ = ["memory"]


@click.command()
@click.option("--baseline", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True)
@click.option("--repeats", type=click.IntRange(1), default=3, show_default=True, help="rounds: A B A B ...")
@click.option("--threads", type=click.IntRange(1), default=1, show_default=True, help="of both")
def memory(baseline: Path, repeats: int, threads: int) -> None:
    """Peak resident memory of one epoch of vanilla-mlp on MNIST, batch 64.

    --baseline as for `speed`; it is stopped after its first epoch. ganzoo goes through to its end: pictures,
    checkpoints, plots, animation and report included.
    """
    before = machine()
    rounds = []
    for _ in range(repeats):
        with TemporaryDirectory() as name:
            folder = Path(name)
            unpack(folder)
            environment = surroundings(threads, GANZOO_DATA=str(folder / "data"))
            script = play([PYTHON, "-u", str(baseline.resolve())], folder, environment=environment, epochs=1)
            asked = ["--data", "mnist", "--batch", "64", "--epochs", "1", "--threads", str(threads)]
            ours = play([GANZOO, "train", "vanilla-mlp", *asked], folder, environment=environment)
        rounds.append({"script": script.peak, "ganzoo": ours.peak})
    figures = {party: Figure(tuple(found[party] for found in rounds)) for party in rounds[0]}
    command = f"python -m benchmarks memory --baseline SCRIPT --repeats {repeats} --threads {threads}"
    store("memory", command, before, figures, unit="MiB", threads=threads)
    rows = [[party, figure.text(), figure.over(figures["script"]).text(2, "x")] for party, figure in figures.items()]
    click.echo(table(["vanilla-mlp, MNIST, one epoch", "peak MiB", "to the script"], rows))
