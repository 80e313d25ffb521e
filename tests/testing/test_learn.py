import os
import re
from pathlib import Path

import pytest

from ganzoo.testing import examine, learn
from ganzoo.testing.learn import learns

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
