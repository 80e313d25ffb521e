"""What the image GANs make after training with their defaults: `python -m benchmarks.learning.images NAME ...`.

Each is trained once per seed on the built-in digits, or as asked, and its samples are judged beside those of the same
networks untrained. One judge for all sizes of images: a small classifier (`ganzoo.judge.classifier`), trained on the
real data in the same command. Classes: those that at least one sample in 1,000 is put in. Distance: Frechet's between
the classifier's features, to all reals of the same size; `reals` is that of two halves of the data, the least that can
be expected. Results are kept as they come, so that a command that was stopped goes on where it was.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import click
import torch
from torch import Tensor

import ganzoo
from benchmarks.figures import RESULTS, table
from ganzoo import catalogue
from ganzoo.data import Dataset, Request, open_dataset
from ganzoo.engine.samples import Samples
from ganzoo.judge.classifier import Trained, classifier_for
from ganzoo.judge.frechet import frechet_distance

__all__ = ["images"]

SAMPLES, MOST_REAL, SHOWN = 2000, 10_000, 64
LEAST_SHARE = 0.001  # of the samples, for a class to count as found


class Judge:
    """A classifier of the data, and what it sees in images of any size."""

    def __init__(self, name: str, root: str | None) -> None:
        self.name, self.root = name, root
        self.trained: Trained = classifier_for(self.open(32))
        self._reals = dict[int, tuple[Tensor, Tensor]]()

    def open(self, size: int) -> Dataset:
        """The data with images of that side."""
        root = Path(self.root) if self.root else None
        return open_dataset(self.name, Request(root=root, size=size, channels=None))

    def see(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Features (N, F) and classes (N,) of images (N, C, H, W)."""
        with torch.no_grad():
            parts = [self.trained.model(part) for part in images.split(500)]
        return torch.cat([features for features, _ in parts]), torch.cat([logits.argmax(1) for _, logits in parts])

    def reals(self, size: int) -> Tensor:
        """The features of the reals, in an order that never changes."""
        if size not in self._reals:
            data = self.open(size)
            order = torch.randperm(len(data), generator=torch.Generator().manual_seed(0))[:MOST_REAL]
            self._reals[size] = self.see(data.real(order))
        return self._reals[size][0]

    def judge(self, images: Tensor) -> dict[str, float]:
        """How many classes are found, and the distance to the reals of the same size."""
        features, classes = self.see(images)
        found = classes.bincount() >= LEAST_SHARE * len(images)
        return {
            "classes": int(found.sum()),
            "distance": round(frechet_distance(features, self.reals(images.shape[-1])), 3),
        }

    def least(self, size: int) -> float:
        """The distance between two halves of the reals."""
        halves = self.reals(size).chunk(2)
        return round(frechet_distance(*halves), 3)


def play(gan: str, judge: Judge, seed: int, pictures: Path | None, **settings: Any) -> dict[str, Any]:
    """Train once and judge the samples, as `ganzoo sample` draws them, and those of the untrained networks."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.process_time()
        run = ganzoo.train(
            gan, data=judge.name, seed=seed, threads=1, out=f"{folder}/run", keep=1000, sample_every=10**9, **settings
        )
        seconds = time.process_time() - start
        samples = ganzoo.load(run.folder).sample(SAMPLES, seed=seed)
        untrained = ganzoo.load(run.folder, step=0, raw=True).sample(SAMPLES, seed=seed)
        if pictures:
            shown = Samples(samples.tensor[:SHOWN], samples.space)
            shown.grid().save(pictures / f"{gan}-{judge.name}-{seed}.png")
        return {
            "seed": seed,
            "size": run.space.shape[-1],
            "steps": run.step,
            "cpu_seconds": round(seconds),
            **judge.judge(samples.tensor),
            "untrained": judge.judge(untrained.tensor),
        }


def known_image_gans() -> list[str]:
    """The bundled GANs that make images from noise and play on any images."""
    entries = [entry for entry in catalogue.entries() if entry.distribution == "ganzoo"]
    return [e.name for e in entries if "image" in catalogue.load(e.name).spaces and "images" in e.outline.tasks]


@click.command()
@click.argument("gans", nargs=-1)
@click.option("--data", default="digits", show_default=True)
@click.option("--data-root", envvar="GANZOO_DATA")
@click.option("--seeds", default=1, show_default=True)
@click.option("--steps", type=int, help="Instead of the GAN's own.")
@click.option("--size", type=int, help="Instead of the GAN's own.")
@click.option("--pictures", type=click.Path(file_okay=False, path_type=Path), help="Keep a grid of each here.")
def images(
    gans: tuple[str, ...],
    data: str,
    data_root: str | None,
    seeds: int,
    steps: int | None,
    size: int | None,
    pictures: Path | None,
) -> None:
    """Train each GAN (default: all that make images from noise) once per seed and print what it makes."""
    os.environ["GANZOO_BLOCK_PLUGINS"] = "log,pictures,probes"
    torch.set_num_threads(1)
    if pictures:
        pictures.mkdir(parents=True, exist_ok=True)
    judge = Judge(data, data_root)
    path = RESULTS / f"images-{data}.json"
    kept: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    for gan in gans or known_image_gans():
        asked = {name: value for name, value in {"steps": steps, "size": size}.items() if value}
        rows = kept.setdefault(gan, [])
        for seed in range(seeds):
            if any(row["seed"] == seed for row in rows):
                continue
            row = play(gan, judge, seed, pictures, **asked)
            rows.append({**row, "reals": judge.least(row["size"])})
            path.write_text(json.dumps(kept, indent=2) + "\n", "utf-8")
        click.echo(line(gan, rows))
    click.echo(f"the classifier is right on {judge.trained.accuracy:.3f} of the reals that it was not trained on")
    heads = ["GAN", "size", "steps", "CPU s", "classes by seed", "distance by seed", "untrained", "reals"]
    click.echo(table(heads, [line_cells(gan, rows) for gan, rows in sorted(kept.items())]))


def line_cells(gan: str, rows: list[dict[str, Any]]) -> list[str]:
    """One GAN's row of the table."""
    first = rows[0]
    return [
        gan,
        str(first["size"]),
        f"{first['steps']:,}",
        f"{median(row['cpu_seconds'] for row in rows):g}",
        " ".join(str(row["classes"]) for row in rows),
        " ".join(f"{row['distance']:.2f}" for row in rows),
        f"{median(row['untrained']['distance'] for row in rows):.1f}",
        f"{median(row['reals'] for row in rows):.2f}",
    ]


def line(gan: str, rows: list[dict[str, Any]]) -> str:
    """The same on a line of its own, for whoever waits."""
    return "  ".join(line_cells(gan, rows))


if __name__ == "__main__":
    images()
