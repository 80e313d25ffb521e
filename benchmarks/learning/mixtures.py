"""Modes of the ring and the grid: `python -m benchmarks.learning.mixtures --data ring8 --seeds 5 vanilla-mlp r3gan`.

PacGAN's measure (Lin et al. 2018, section 4.1): 2,500 samples, one is good within three standard deviations of the
nearest mode, a mode is captured by at least one good sample; reverse KL over the good ones. A true sample of the
mixture is good with probability .98889, so a share above that is collapse within modes.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from statistics import median

import click
import torch

import ganzoo
from ganzoo.judge.modes import count_modes, reverse_kl

__all__ = ["mixtures"]

SAMPLES = 2500
RESULTS = Path(__file__).parents[1] / "results"


def play(gan: str, data: str, seed: int, steps: int, batch: int | None) -> tuple[int, float, float]:
    """Modes captured, share of good samples, and reverse KL of one training. gan: a name, or name@dynamics."""
    name, _, dynamics = gan.partition("@")
    with tempfile.TemporaryDirectory() as folder:
        run = ganzoo.train(
            name, data=data, seed=seed, steps=steps, batch=batch, threads=1, out=f"{folder}/run",
            checkpoint_every=steps, dynamics=dynamics or "alternating",
        )  # fmt: skip
        counts = count_modes(
            run.sample(SAMPLES, seed=seed).tensor, run.space.details["modes"], run.space.details["std"]
        )
        even = torch.full((len(counts),), 1 / len(counts))
        return int((counts > 0).sum()), float(counts.sum()) / SAMPLES, reverse_kl(counts, even)


@click.command()
@click.argument("gans", nargs=-1, required=True)
@click.option("--data", type=click.Choice(["ring8", "grid25"]), default="ring8")
@click.option("--seeds", type=int, default=5)
@click.option("--steps", type=int, default=10_000)
@click.option("--batch", type=int)
def mixtures(gans: tuple[str, ...], data: str, seeds: int, steps: int, batch: int | None) -> None:
    """Train each GAN (NAME, or NAME@DYNAMICS) once per seed and print what it covers."""
    os.environ["GANZOO_BLOCK_PLUGINS"] = "log,pictures,probes"
    path = RESULTS / f"{data}.json"
    known = json.loads(path.read_text("utf-8")) if path.exists() else {}
    for gan in gans:
        rows = [play(gan, data, seed, steps, batch) for seed in range(seeds)]
        known[gan] = {
            "steps": steps,
            "batch": batch,
            "seeds": [dict(zip(("modes", "good", "kl"), row, strict=True)) for row in rows],
        }
        path.write_text(json.dumps(known, indent=2) + "\n", "utf-8")
        modes, good, kl = zip(*rows, strict=True)
        print(
            f"| {gan} | {' '.join(map(str, modes))} | {median(modes):g} | {median(good):.3f} | {median(kl):.3f} |",
            flush=True,
        )


if __name__ == "__main__":
    mixtures()
