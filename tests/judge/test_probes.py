from types import SimpleNamespace

import pytest
import torch

from ganzoo.contract import Space
from ganzoo.engine.samples import Samples
from ganzoo.judge import probes

MODES = [[-1.0, 0.0], [1.0, 0.0]]


class FakeRun:
    """A run whose discriminator ranks as it is told, and whose generator sits on the first mode."""

    def __init__(self, space, scores):
        self.space, self._scores = space, scores
        self.step, self.steps, self.record, self.told = 0, 100, {"score/gradient": 1.0}, []
        self.setup = SimpleNamespace(architecture=SimpleNamespace(generator=("G",)))
        self.players = [
            SimpleNamespace(name="value", over=("D",)),
            SimpleNamespace(name="score", over=("G",)),
        ]
        self.scored = 0

    def scores(self, n):
        self.scored += 1
        return self._scores

    def sample(self, n, *, seed):
        return Samples(torch.tensor(MODES[:1]).repeat(n, 1), self.space)

    def tell(self, text):
        self.told.append(text)


@pytest.fixture
def clock(monkeypatch):
    """The monotonic clock, moved by hand."""
    clock = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(probes.time, "monotonic", lambda: clock.now)
    return clock


def plane(details):
    return Space(kind="vector", shape=(2,), range=None, details=details)


FAIR = (torch.tensor([1.0, 3.0]), torch.tensor([0.0, 2.0]))  # AUC .75


def test_probes_are_written_into_the_record(clock):
    run = FakeRun(plane({"modes": MODES, "std": 0.1}), FAIR)
    probes.ganzoo_run_started(run)
    probes.ganzoo_step_ended(run)
    assert run.record == {"score/gradient": 1.0, "auc": 0.75, "modes": 1, "high_quality": 1.0}
    probes.ganzoo_run_ended(run)
    assert run.told == ["step 0: 1/2 modes, D's AUC .75, too early to tell"]


def test_a_game_without_discriminator_or_modes_is_not_spoken_of(clock):
    run = FakeRun(plane({}), None)
    probes.ganzoo_run_started(run)
    probes.ganzoo_step_ended(run)
    probes.ganzoo_run_ended(run)
    assert run.record == {"score/gradient": 1.0}
    assert run.told == []


def test_dear_probes_are_made_less_often_but_always_at_the_end(clock):
    run = FakeRun(plane({}), FAIR)
    scores = run.scores

    def slow(n):
        clock.now += 1.0
        return scores(n)

    run.scores, run.steps = slow, 300
    probes.ganzoo_run_started(run)
    for step in range(1, 301):
        run.step = step
        clock.now += 1.0
        probes.ganzoo_step_ended(run)
    assert run.scored == 1 + 2 + 1  # at once, then one second in 100, then at the last step
    probes.ganzoo_run_ended(run)


def test_the_verdict_comes_after_a_minute_then_ever_more_seldom(clock):
    run = FakeRun(plane({}), FAIR)
    probes.ganzoo_run_started(run)
    said = []
    for step in range(1, 61):
        run.step = step
        clock.now += 10
        probes.ganzoo_step_ended(run)
        if len(run.told) > len(said):
            said.append(10 * step)
    assert said == [60, 180, 420]  # seconds: gaps of 60, 120, 240
    assert run.told[0] == "step 6: D's AUC .75, healthy"
    probes.ganzoo_run_ended(run)


def test_a_change_is_told_before_the_gap_is_over(clock):
    run = FakeRun(plane({}), FAIR)
    probes.ganzoo_run_started(run)
    for step in range(1, 16):
        run.step = step
        clock.now += 10
        if step == 7:
            run._scores = (torch.tensor([2.0]), torch.tensor([1.0]))
        probes.ganzoo_step_ended(run)
    assert [line.split(": ")[0] for line in run.told] == ["step 6", "step 12"]
    assert "far ahead" in run.told[1]
    probes.ganzoo_run_ended(run)


def test_two_runs_in_one_process_are_judged_apart(clock):
    first, second = FakeRun(plane({}), FAIR), FakeRun(plane({}), None)
    for run in (first, second):
        probes.ganzoo_run_started(run)
    for run in (first, second):
        probes.ganzoo_step_ended(run)
    for run in (second, first):
        probes.ganzoo_run_ended(run)
    assert (len(first.told), len(second.told)) == (1, 0)
