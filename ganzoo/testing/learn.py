"""Does it learn? A short training on eight points of a ring, or on digits, against the untrained generator."""

from __future__ import annotations

import tempfile
from pathlib import Path

import torch

import ganzoo
from ganzoo.judge.distance import sliced_wasserstein
from ganzoo.testing.case import Case
from ganzoo.testing.report import Failed

__all__ = ["learns"]


def learns(case: Case) -> str:
    """17 A short training brings its samples nearer to the data than an untrained generator's (sliced Wasserstein)."""
    data = "ring8" if "vector" in case.architecture.spaces else "digits"
    with tempfile.TemporaryDirectory() as folder:
        steps = 2000 if data == "ring8" else min(case.architecture.steps, 400)
        run = ganzoo.train(case.name, data=data, steps=steps, out=str(Path(folder) / "run"), checkpoint_every=steps)
        distances = []
        for step in (0, steps):
            samples = ganzoo.load(run.folder, step=step).sample(500).tensor
            real = run.dataset.real(torch.arange(500)) if run.dataset else samples
            distances.append(sliced_wasserstein(samples.flatten(1), real.flatten(1)))
    before, after = distances
    text = f"{data}, {steps} steps: distance {after:.3f}, untrained {before:.3f}"
    if not after < 0.5 * before:
        raise Failed(f"{text}; expected less than half of the untrained one's")
    return text
