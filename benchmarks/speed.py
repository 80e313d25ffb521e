"""`speed`: images per second of the same training by a script, by a loop tuned by hand, and by ganzoo."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from benchmarks.figures import Figure, machine, store, table
from benchmarks.mnist import count, unpack
from benchmarks.processes import GANZOO, PYTHON, play, surroundings

__all__ = ["speed"]

BATCH = 64
PACE = ("--log-every", "50", "--sample-every", "1000")  # what runs of 64 epochs and more choose by themselves
PRECISIONS = ("fp32", "bf16")
TUNED = Path(__file__).with_name("tuned_loop.py")


@click.command()
@click.option("--baseline", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True)
@click.option("--repeats", type=click.IntRange(1), default=3, show_default=True, help="rounds: A B C A B C ...")
@click.option("--epochs", type=click.IntRange(1), default=1, show_default=True, help="timed, after a first one")
@click.option("--threads", type=click.IntRange(1), default=1, show_default=True, help="of every party")
def speed(baseline: Path, repeats: int, epochs: int, threads: int) -> None:
    """Images per second of vanilla-mlp on MNIST, batch 64.

    --baseline is a script that trains on the MNIST in ./data and prints `Epoch [` at the end of each epoch.
    Every party plays whole epochs in a process of its own. The clock runs from the end of its first epoch,
    so start-up and warm-up are left out on all sides, and whatever a party does while it trains is counted.
    """
    before = machine()
    with TemporaryDirectory() as name:
        folder = Path(name)
        unpack(folder)
        images, environment = count(folder), surroundings(threads, GANZOO_DATA=str(folder / "data"))
        rate = partial(printed_rate, folder=folder, environment=environment, images=images, epochs=epochs)
        ours = partial(recorded_rate, folder=folder, environment=environment, images=images, epochs=epochs)
        parties: dict[str, Callable[[], float]] = {"script": partial(rate, [str(baseline.resolve())])}
        for precision in PRECISIONS:
            parties[f"tuned loop, {precision}"] = partial(rate, [str(TUNED), precision, str(1 + epochs)])
            parties[f"ganzoo, {precision}"] = partial(ours, ["--threads", str(threads), "--precision", precision])
        rounds = [{party: measure() for party, measure in parties.items()} for _ in range(repeats)]
    figures = {party: Figure(tuple(found[party] for found in rounds)) for party in parties}
    command = f"python -m benchmarks speed --baseline SCRIPT --repeats {repeats} --epochs {epochs} --threads {threads}"
    facts = {"gan": "vanilla-mlp", "data": "mnist", "batch": BATCH, "threads": threads, "unit": "images per second"}
    store("speed", command, before, figures, **facts)
    click.echo(rendered(figures))


def rendered(figures: dict[str, Figure]) -> str:
    """The table: each party's rate, its milliseconds per step, and how many times the script's rate it is."""
    script = figures["script"]
    rows = [
        [party, rate.text(), f"{BATCH / rate.median * 1000:.2f}", rate.over(script).text(2, "x")]
        for party, rate in figures.items()
    ]
    return table(["vanilla-mlp, MNIST, batch 64", "images per second", "ms per step", "to the script"], rows)


def printed_rate(script: list[str], *, folder: Path, environment: dict[str, str], images: int, epochs: int) -> float:
    """Images per second of a script between the line after its first epoch and the line after its last."""
    played = play([PYTHON, "-u", *script], folder, environment=environment, epochs=1 + epochs)
    return epochs * images / (played.marks[-1] - played.marks[0])


def recorded_rate(flags: list[str], *, folder: Path, environment: dict[str, str], images: int, epochs: int) -> float:
    """Images per second of `ganzoo train` between the log points that end its first epoch and its last."""
    with TemporaryDirectory(dir=folder) as name:
        run = os.path.join(name, "run")
        asked = ["--data", "mnist", "--batch", str(BATCH), "--epochs", str(1 + epochs), "--out", run, *PACE]
        play([GANZOO, "train", "vanilla-mlp", *asked, *flags], folder, environment=environment)
        points = [json.loads(line) for line in Path(run, "metrics.jsonl").read_text().splitlines()]
    first = next(point for point in points if point["step"] * BATCH >= images)
    steps, seconds = points[-1]["step"] - first["step"], points[-1]["time"] - first["time"]
    return float(steps * BATCH / seconds)
