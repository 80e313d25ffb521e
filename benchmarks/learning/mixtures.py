"""Modes of the ring and the grid: `python -m benchmarks.learning.mixtures --data ring8 --seeds 5 NAME NAME@DYNAMICS`.

PacGAN's measure (Lin et al. 2018, section 4.1): 2,500 samples, one is good within three standard deviations of the
nearest mode, a mode is captured by at least one good sample; reverse KL over the good ones. A true sample of the
mixture is good with probability .98889, so a share above that is collapse within modes.

All play under the same conditions, as in PacGAN's table: networks of 64 units a layer, latents in the plane, one step
size, falling to 0 along a cosine, and raw weights. What else a GAN says (its loss, penalties, Adam's moments, turns of
D) is its own default. Results are kept as they come: a command that was stopped goes on where it was.
"""

from __future__ import annotations

import json
import math
import os
import tempfile
import time
from statistics import median
from typing import Any

import click
import torch

import ganzoo
from benchmarks.figures import RESULTS, table
from ganzoo.judge.modes import count_modes, reverse_kl

__all__ = ["mixtures"]

SAMPLES = 2500
COMMON = {"schedule": "cosine", "ema": 0.0}
UNITS, LATENT_DIM, BATCH, LR = 64, 2, 128, 3e-3
# What the options of some are called; dropout in D, which is for images, blurs the plane.
OWN_NAMES = {
    "vanilla-mlp": {"width": UNITS, "dropout": 0},
    "pacgan": {"base_options": [f"width={UNITS}", "dropout=0"]},
}


def options_of(name: str, lr: float, asked: dict[str, str]) -> dict[str, Any]:
    """The options of a GAN that make its conditions the same as the others'."""
    if name == "pacgan":
        rest = [f"latent_dim={LATENT_DIM}", f"lr={lr}"]
        return {"base_options": [*OWN_NAMES[name]["base_options"], *rest], **asked}
    return {"latent_dim": LATENT_DIM, "lr": lr, **OWN_NAMES.get(name, {"units": UNITS}), **asked}


def play(gan: str, data: str, seed: int, lr: float, asked: dict[str, str], **settings: Any) -> dict[str, Any]:
    """Modes captured, share of good samples, and reverse KL of one training. gan: a name, or name@dynamics."""
    name, _, dynamics = gan.partition("@")
    with tempfile.TemporaryDirectory() as folder:
        start = time.process_time()
        run = ganzoo.train(
            name, data=data, seed=seed, threads=1, out=f"{folder}/run", checkpoint_every=10**9, sample_every=10**9,
            dynamics=dynamics or "alternating", options=options_of(name, lr, asked), **COMMON, **settings,
        )  # fmt: skip
        seconds = time.process_time() - start
        counts = count_modes(
            run.sample(SAMPLES, seed=seed).tensor, run.space.details["modes"], run.space.details["std"]
        )
    even = torch.full((len(counts),), 1 / len(counts))
    return {
        "seed": seed,
        "modes": int((counts > 0).sum()),
        "good": float(counts.sum()) / SAMPLES,
        "kl": round(reverse_kl(counts, even), 4) if counts.any() else None,  # infinite, which JSON cannot say
        "steps": run.step,
        "batch": run.settings.batch,
        "lr": lr,
        "cpu_seconds": round(seconds),
    }


@click.command()
@click.argument("gans", nargs=-1)
@click.option("--data", type=click.Choice(["ring8", "grid25"]), default="ring8", show_default=True)
@click.option("--seeds", default=5, show_default=True)
@click.option("--steps", default=3000, show_default=True)
@click.option("--batch", default=BATCH, show_default=True)
@click.option("--lr", default=LR, show_default=True, help="The first step size of all players.")
@click.option("-o", "options", multiple=True, help="an option of the GANs, KEY=VALUE")
def mixtures(
    gans: tuple[str, ...], data: str, seeds: int, steps: int, batch: int, lr: float, options: tuple[str, ...]
) -> None:
    """Train each GAN (NAME, or NAME@DYNAMICS) once per seed and print what all have covered so far."""
    os.environ["GANZOO_BLOCK_PLUGINS"] = "log,pictures,probes"
    path = RESULTS / f"{data}.json"
    kept: dict[str, list[dict[str, Any]]] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    asked = dict(option.split("=", 1) for option in options)
    for gan in gans:
        changed = [f"batch {batch}"] * (batch != BATCH) + [f"lr {lr:g}"] * (lr != LR)
        label = ", ".join([gan, f"{steps:,} steps", *changed, *options])
        rows = kept.setdefault(label, [])
        for seed in range(seeds):
            if not any(row["seed"] == seed for row in rows):
                rows.append(play(gan, data, seed, lr, asked, steps=steps, batch=batch))
                path.write_text(json.dumps(kept, indent=2) + "\n", "utf-8")
                click.echo(f"{gan} {rows[-1]}")
    heads = [data, "modes by seed", "good by seed", "reverse KL", "CPU s"]
    cells = [
        [
            label,
            " ".join(str(row["modes"]) for row in rows),
            " ".join(f"{row['good']:.3f}".lstrip("0") for row in rows),
            f"{median(math.inf if row['kl'] is None else row['kl'] for row in rows):.3f}",
            f"{median(row['cpu_seconds'] for row in rows):g}",
        ]
        for label, rows in kept.items()
        if rows
    ]
    click.echo(table(heads, cells))


if __name__ == "__main__":
    mixtures()
