"""Does it learn? Short trainings: on the data that the plugin prefers, and on a mixture whose modes are known."""

from __future__ import annotations

import tempfile
from pathlib import Path

import torch
from torch import Tensor

import ganzoo
from ganzoo.contract import Space
from ganzoo.judge.distance import neighbours_distance, sliced_wasserstein
from ganzoo.judge.modes import coverage
from ganzoo.nn import MelSpectrogram
from ganzoo.testing.case import Case
from ganzoo.testing.report import Failed

__all__ = ["distance", "learns", "loudness", "ring"]

RING_STEPS = 3000
SAMPLES, TEXTS = 500, 5000  # two thousand neighbours in a hundred words leave half of the pairs to chance
BANDS = 40  # of pitches
STEPS = 800  # too few for a moving average to follow, so the weights themselves are judged


def learns(case: Case) -> str:
    """17 A short training brings its samples nearer to the data than an untrained generator's."""
    begin = max(player.start for player in case.players())  # one that is taught alone at first does not play yet
    data, steps = case.architecture.data, min(case.architecture.steps, begin + STEPS)
    with tempfile.TemporaryDirectory() as folder:
        run = ganzoo.train(
            case.entry.word, data=data, steps=steps, out=str(Path(folder) / "run"), checkpoint_every=steps
        )
        assert run.dataset is not None, "a game without data is not asked"
        n = min(TEXTS if run.space.kind == "tokens" else SAMPLES, len(run.dataset))
        index = torch.arange(n)
        real, source, found = run.dataset.real(index), None, []
        if case.architecture.source == "paired":
            source = run.dataset.source(index)
        for step in (0, steps):
            generator = ganzoo.load(run.folder, step=step, raw=True)
            if run.space.source:
                samples = generator.translate(run.sources(n) if source is None else source).tensor
            else:
                samples = generator.sample(n).tensor
            if run.space.kind == "audio":
                found.append(distance(*(loudness(sounds, run.space) for sounds in (samples, real))))
            else:
                found.append(distance(samples, real, source))
    before, after = found
    text = f"{data}, {steps} steps: distance {after:.3f}, untrained {before:.3f}"
    if not after < 0.5 * before:
        raise Failed(f"{text}; expected less than half of the untrained one's")
    return text


def distance(samples: Tensor, real: Tensor, source: Tensor | None = None) -> float:
    """How far samples are from as many reals: texts (int64) by what stands beside what, all else by sliced Wasserstein.

    source: what each of both is a translation of. Where it has their shape, it is taken from them: what it shows
    already, all around a hole, would hide how the rest is made.
    """
    if real.dtype == torch.int64:
        return neighbours_distance(samples.long(), real)
    if source is not None and source.shape == real.shape:
        samples, real = samples - source, real - source
    return sliced_wasserstein(samples.flatten(1), real.flatten(1))


def loudness(sounds: Tensor, space: Space) -> Tensor:
    """How loud each band of pitches is over time: (N, 1, T) -> (N, bands, T / 64).

    In the sounds themselves every phase is as likely, and noise that is as loud is as near to them as they are.
    """
    logarithm: Tensor = MelSpectrogram(int(space.details["rate"]), BANDS)(sounds)
    return logarithm.exp()


def ring(case: Case) -> str:
    """18 A short training on eight Gaussians in a ring: how many it finds, and how many of its samples are good."""
    with tempfile.TemporaryDirectory() as folder:
        run = ganzoo.train(
            case.entry.word, data="ring8", steps=RING_STEPS, out=f"{folder}/run", checkpoint_every=RING_STEPS
        )
        samples = ganzoo.load(run.folder, raw=True).sample(2500).tensor
        found = coverage(samples, run.space.details["modes"], run.space.details["std"])
    return f"{found.covered} of 8 modes, {found.high_quality:.0%} of samples good, after {RING_STEPS:,} steps"
