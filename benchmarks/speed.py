"""`speed`: the same training by a script, a plain loop, a tuned loop and ganzoo, and the least that it could take."""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from benchmarks.figures import Figure, machine, store, table
from benchmarks.mnist import count, unpack
from benchmarks.processes import GANZOO, PYTHON, play, surroundings

__all__ = ["speed"]

LOOP = str(Path(__file__).with_name("loop.py"))
COLOURS = 2048  # made-up images, for sizes in colour
MAKE = """import sys, numpy
path, images, size = sys.argv[1], *map(int, sys.argv[2:])
numpy.savez(path, images=numpy.random.default_rng(0).integers(0, 256, (images, size, size, 3), "uint8"))"""
LIMIT = "its products alone"


@dataclass(frozen=True)
class Case:
    """One training. steps: timed, after as many as there are between two log points."""

    gan: str
    data: str
    size: int
    steps: int
    batch: int = 64
    device: str = "cpu"

    @property
    def log_every(self) -> int:
        """As often as a run of 5,000 steps or more logs, oftener only if few steps are timed."""
        return min(50, self.steps // 2)


CASES = {
    "vanilla-mlp": Case("vanilla-mlp", "mnist", 28, 1000),
    "dcgan-32": Case("dcgan", "colours-32.npz", 32, 60),
    "dcgan-64": Case("dcgan", "colours-64.npz", 64, 10),
    "wgan-gp-32": Case("wgan-gp", "colours-32.npz", 32, 6),
    "r3gan-32": Case("r3gan", "colours-32.npz", 32, 6),
}


@dataclass(frozen=True)
class Measured:
    """Images per second, the process's peak in MiB, and the seconds to the end of its first step (0: unknown)."""

    rate: float
    peak: float
    first: float = 0.0


@click.command()
@click.option("--baseline", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="for vanilla-mlp")
@click.option("--model", "models", type=click.Choice(list(CASES)), multiple=True, help="all, if not given")
@click.option("--precision", "precisions", type=click.Choice(["fp32", "bf16"]), multiple=True, help="both")
@click.option("--repeats", type=click.IntRange(1), default=3, show_default=True, help="rounds: A B C A B C ...")
@click.option("--threads", type=click.IntRange(1), default=1, show_default=True, help="of every party")
@click.option("--device", default="cpu", show_default=True, help="of every party but the script, which chooses its own")
@click.option("--batch", type=click.IntRange(1), default=64, show_default=True, help="of every party but the script")
@click.option("--steps", type=click.IntRange(2), help="that are timed, else as many as take a CPU some seconds")
def speed(
    baseline: Path | None,
    models: Sequence[str],
    precisions: Sequence[str],
    repeats: int,
    threads: int,
    device: str,
    batch: int,
    steps: int | None,
) -> None:
    """Images per second, memory and time to the first step.

    --baseline is a script that trains vanilla-mlp on the MNIST in ./data and prints `Epoch [` at the end of each epoch.
    Every party is a process of its own. The clock runs after some steps of each, so start-up and warm-up are left out
    on all sides, and whatever a party does while it trains is counted.
    """
    for model in models or CASES:
        before = machine()
        with TemporaryDirectory() as name:
            folder, case = Path(name), dataclasses.replace(CASES[model], batch=batch, device=device)
            case = dataclasses.replace(case, steps=steps) if steps else case
            prepare(case, folder)
            environment = surroundings(threads, GANZOO_DATA=str(folder / "data"))
            parties: dict[str, Callable[[], Measured]] = {}
            if baseline and model == "vanilla-mlp":
                parties["script"] = partial(script, baseline.resolve(), folder, environment)
            for precision in precisions or ("fp32", "bf16"):
                for style in ("plain", "tuned"):
                    parties[f"{style} loop, {precision}"] = partial(loop, case, style, precision, folder, environment)
                parties[f"ganzoo, {precision}"] = partial(ours, case, precision, folder, environment)
                parties[f"ganzoo --compile, {precision}"] = partial(
                    ours, case, precision, folder, environment, "--compile"
                )
                parties[f"{LIMIT}, {precision}"] = partial(loop, case, "limit", precision, folder, environment)
            rounds = [{party: measure() for party, measure in parties.items()} for _ in range(repeats)]
        figures = {
            what: {party: Figure(tuple(getattr(found[party], what) for found in rounds)) for party in parties}
            for what in ("rate", "peak", "first")
        }
        command = f"python -m benchmarks speed --model {model} --repeats {repeats} --threads {threads}"
        command += "".join(f" --precision {precision}" for precision in precisions)
        command += f" --device {device}" if device != "cpu" else ""
        command += f" --batch {batch}" if batch != 64 else ""
        command += f" --steps {steps}" if steps else ""
        command += " --baseline SCRIPT" if "script" in parties else ""
        facts = {"data": case.data, "batch": batch, "device": device, "threads": threads, "unit": "images per second"}
        more = {what: {k: f.to_dict() for k, f in figures[what].items() if any(f.values)} for what in ("peak", "first")}
        kind = ("" if device == "cpu" else f"-{device}") + ("" if batch == 64 else f"-{batch}")
        store(f"speed-{model}{kind}", command, before, figures["rate"], gan=case.gan, size=case.size, **facts, **more)
        click.echo(rendered(model, case.batch, **figures) + "\n")


def rendered(model: str, batch: int, rate: dict[str, Figure], peak: dict[str, Figure], first: dict[str, Figure]) -> str:
    """The table: rates, the ratio to the first party, and the share of what the products alone would allow."""
    reference = next(iter(rate))
    rows = []
    for party, figure in rate.items():
        limit, alone = rate[f"{LIMIT}, {party.split()[-1]}"] if ", " in party else None, party.startswith(LIMIT)
        rows.append(
            [
                party,
                figure.text(),
                f"{batch / figure.median * 1000:.2f}",
                figure.over(rate[reference]).text(2, "x"),
                "" if limit is None or alone else f"{figure.over(limit).median:.0%}",
                "" if alone else f"{peak[party].median:,.0f}",
                "" if alone or not any(first[party].values) else f"{first[party].median:.1f}",
            ]
        )
    heads = ["images per second", "ms per step", f"to the {reference}", "of the products", "peak MiB", "first step, s"]
    return table([f"{model}, batch {batch}", *heads], rows)


def prepare(case: Case, folder: Path) -> None:
    """The case's data in a folder: MNIST as scripts find it, or made-up images in colour."""
    if case.data == "mnist":
        unpack(folder)
    else:
        made = [PYTHON, "-c", MAKE, case.data, str(COLOURS), str(case.size)]
        play(made, folder, environment=surroundings())


def script(path: Path, folder: Path, environment: dict[str, str]) -> Measured:
    """A script's second epoch, by the lines that it prints."""
    played = play([PYTHON, "-u", str(path)], folder, environment=environment, epochs=2)
    return Measured(count(folder) / (played.marks[1] - played.marks[0]), played.peak)


def loop(case: Case, style: str, precision: str, folder: Path, environment: dict[str, str]) -> Measured:
    """A loop written by hand (loop.py), or what is left of it."""
    what = [case.gan, case.data, case.size, case.batch, style, precision, case.device]
    asked = [*what, case.log_every, case.steps, time.time()]
    played = play([PYTHON, LOOP, *map(str, asked)], folder, environment=environment)
    found = json.loads(played.output.splitlines()[-1])
    return Measured(case.steps * case.batch / found["seconds"], played.peak, found["first"])


def ours(case: Case, precision: str, folder: Path, environment: dict[str, str], *flags: str) -> Measured:
    """`ganzoo train`, by the times in its metrics.jsonl; not to its last log point, at which it draws once more."""
    warm, begun = case.log_every, time.time()
    with TemporaryDirectory(dir=folder) as run:
        asked = [case.gan, "--data", case.data, "--size", case.size, "--batch", case.batch, "--precision", precision]
        pace = ["--steps", warm + case.steps + 1, "--log-every", warm, "--sample-every", 1000, "--out", f"{run}/run"]
        threads = ["--threads", environment["OMP_NUM_THREADS"], "--device", case.device]
        played = play([GANZOO, "train", *map(str, [*asked, *pace, *threads, *flags])], folder, environment=environment)
        points = [json.loads(line) for line in Path(run, "run", "metrics.jsonl").read_text().splitlines()]
    at = {point["step"]: point["time"] for point in points}
    return Measured(case.steps * case.batch / (at[warm + case.steps] - at[warm]), played.peak, at[1] - begun)
