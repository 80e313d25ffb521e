"""Does it learn? A short training on the data that the plugin prefers, against the untrained generator."""

from __future__ import annotations

import tempfile
from pathlib import Path

import torch

import ganzoo
from ganzoo.judge.distance import sliced_wasserstein
from ganzoo.testing.case import Case
from ganzoo.testing.report import Failed

__all__ = ["learns"]

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
