import os
import re
from pathlib import Path

import pytest
import torch

from ganzoo.data import Request, open_dataset
from ganzoo.testing import examine, learn
from ganzoo.testing.learn import distance, learns, loudness

LIKENESS = '    return {"likeness": -F.mse_loss(nets.G(batch.z).mean(0), batch.real.mean(0))}\n'
FOOLING = '    return {"fake": F.logsigmoid(nets.D(nets.G(batch.z))).mean()}\n'


def test_a_generator_that_comes_nearer_to_the_data_learns(found_by):
    before = set(os.listdir(Path.cwd()))
    found = found_by(learns, (FOOLING, LIKENESS), ("lr=1e-3", "lr=3e-2"), ("steps=5", "steps=40"))
    assert found.startswith("digits, 40 steps: distance 0.")
    assert set(os.listdir(Path.cwd())) == before


def test_a_generator_that_stays_where_it_was_does_not(found_by):
    found = found_by(learns, ("lr=1e-3", "lr=0.0"))
    assert found.startswith("failed: digits, 5 steps: distance ")
    assert found.endswith("expected less than half of the untrained one's")


def test_a_player_that_begins_late_is_waited_for(found_by, monkeypatch):
    monkeypatch.setattr(learn, "STEPS", 3)
    late = ('over="G", by=by)', 'over="G", by=by, start=4)')
    assert " 7 steps: " in found_by(learns, late, ("steps=5", "steps=40"))
    assert " 5 steps: " in found_by(learns, late), "the plugin's own are all that it is given"


@pytest.mark.parametrize("learning", [False, True])
def test_learning_is_examined_when_asked(plugin, learning):
    checks = {check.title[:2]: check.outcome for check in examine(plugin(), learning=learning).checks}
    assert ("17" in checks) == learning
    assert checks.get("18") == ("skipped" if learning else None)  # it makes no vectors


def test_the_modes_of_the_ring_are_counted(plugin, monkeypatch):
    monkeypatch.setattr(learn, "RING_STEPS", 5)
    name = plugin((", size=8", ", spaces=('image', 'vector'), size=8"), ("nn.Tanh()", "nn.Identity()"))
    told = []
    report = examine(name, learning=True, tell=told.append)
    assert told == report.checks
    assert told[-1].outcome == "measured"
    assert re.fullmatch(r"\d of 8 modes, \d+% of samples good, after 5 steps", told[-1].found)


def test_a_hole_that_is_filled_is_judged_by_the_hole_alone():
    """All around it is right already: by whole pictures, grey is not far from the data."""
    real = torch.randn(50, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    source, filled = real.clone(), real.clone()
    source[..., :4, :4] = 0.5
    filled[..., :4, :4] = real.flip(0)[..., :4, :4]  # as likely as the right one
    assert distance(filled, real, source) < 1e-6
    assert distance(source, real, source) > 1.5 * distance(source, real)
    assert distance(filled, real, source[..., :4]) == distance(filled, real), "of another shape"


def test_texts_are_judged_by_what_follows_what():
    texts = torch.tensor([[0, 1, 2], [2, 1, 0]])
    assert distance(texts.float(), texts.flip(0)) == pytest.approx(0)
    assert distance(texts.float(), texts % 2) == pytest.approx(1 / 2)


def test_noise_that_is_as_loud_is_as_far_from_sounds_as_silence():
    tones = open_dataset("tones", Request(root=None, size=2048, channels=None))
    some, others = (tones.real(torch.arange(first, first + 200)) for first in (0, 200))
    noise = torch.randn(some.shape, generator=torch.Generator().manual_seed(0)) * some.std()
    assert distance(noise, some) < 0.5 * distance(0 * some, some), "of the sounds themselves it is near"
    heard, silent, noisy, real = (loudness(x, tones.space) for x in (some, 0 * some, noise, others))
    assert distance(noisy, heard) > 0.8 * distance(silent, heard)
    assert distance(real, heard) < 0.2 * distance(silent, heard)
