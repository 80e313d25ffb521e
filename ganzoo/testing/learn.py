"""Does it learn? Short trainings: on the data that the plugin prefers, and on a mixture whose modes are known."""

from __future__ import annotations

import tempfile
from pathlib import Path

import torch

import ganzoo
from ganzoo.judge.distance import sliced_wasserstein
from ganzoo.judge.modes import coverage
from ganzoo.testing.case import Case
from ganzoo.testing.report import Failed

__all__ = ["learns", "ring"]

RING_STEPS = 3000
STEPS = 800  # too few for a moving average to follow, so the weights themselves are judged


def learns(case: Case) -> str:
    """17 A short training brings its samples nearer to the data than an untrained generator's (sliced Wasserstein)."""
    data, steps = case.architecture.data, min(case.architecture.steps, STEPS)
    with tempfile.TemporaryDirectory() as folder:
        run = ganzoo.train(
            case.entry.word, data=data, steps=steps, out=str(Path(folder) / "run"), checkpoint_every=steps
        )
        distances = []
        for step in (0, steps):
            generator = ganzoo.load(run.folder, step=step, raw=True)
            samples = (generator.translate(run.sources(500)) if run.space.source else generator.sample(500)).tensor
            real = run.dataset.real(torch.arange(500)) if run.dataset else samples
            distances.append(sliced_wasserstein(samples.flatten(1), real.flatten(1)))
    before, after = distances
    text = f"{data}, {steps} steps: distance {after:.3f}, untrained {before:.3f}"
    if not after < 0.5 * before:
        raise Failed(f"{text}; expected less than half of the untrained one's")
    return text


def ring(case: Case) -> str:
    """18 A short training on eight Gaussians in a ring: how many it finds, and how many of its samples are good."""
    with tempfile.TemporaryDirectory() as folder:
        run = ganzoo.train(
            case.entry.word, data="ring8", steps=RING_STEPS, out=f"{folder}/run", checkpoint_every=RING_STEPS
        )
        samples = ganzoo.load(run.folder, raw=True).sample(2500).tensor
        found = coverage(samples, run.space.details["modes"], run.space.details["std"])
    return f"{found.covered} of 8 modes, {found.high_quality:.0%} of samples good, after {RING_STEPS:,} steps"
