from itertools import count
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from ganzoo.engine.samples import Samples
from ganzoo.judge import texts
from ganzoo.tokens import text_space
from ganzoo.watch import log

SPACE = text_space(list("abc"), "words", 4)


class FakeRun:
    """A run that writes "a" only, once its phase of likelihood has ended; before, anything."""

    def __init__(self, folder, space=SPACE):
        self.folder, self.space, self.step, self.steps, self.log_every = folder, space, 0, 30, 10
        draws = torch.Generator().manual_seed(0)
        real = torch.randint(3, (200, 4), generator=draws)
        real[:, 1:] = real[:, :1]  # words that are repeated
        self.dataset = type("Data", (), {"__len__": lambda self: 200, "real": lambda self, index: real[index]})()
        self.players = [
            SimpleNamespace(name="maximum_likelihood", over=("G",), stop=15),
            SimpleNamespace(name="value", over=("D",), stop=20),
            SimpleNamespace(name="policy", over=("G",), stop=None),
        ]
        self.setup = SimpleNamespace(architecture=SimpleNamespace(generator=("G",)))
        self.record, self.told = {}, []

    def sample(self, n, *, seed):
        made = torch.randint(3, (n, 4), generator=torch.Generator().manual_seed(seed))
        return Samples(made if self.step < 20 else 0 * made, self.space)

    def tell(self, text):
        self.told.append(text)

    def play(self, steps):
        for self.step in steps:
            self.record = {}
            texts.ganzoo_step_ended(self)
            log.ganzoo_step_ended(self)


def test_play_is_compared_with_maximum_likelihood_in_the_end(tmp_path):
    run = FakeRun(tmp_path)
    texts.ganzoo_run_started(run)
    run.play([10, 20, 30])
    texts.ganzoo_run_ended(run)
    likely = [point["nll"] for point in log.history(tmp_path) if "nll" in point]
    assert likely[0] > 1.5 > likely[-1]
    [told] = run.told
    assert told.startswith("step 30: trigram NLL, nats per token: data ")
    assert told.endswith(f"after maximum likelihood (step 10) {likely[0]:.3f}, now {likely[-1]:.3f}")


def test_a_resumed_run_knows_what_was_before(tmp_path):
    first = FakeRun(tmp_path)
    texts.ganzoo_run_started(first)
    first.play([10, 20])
    resumed = FakeRun(tmp_path)
    resumed.step = 20
    texts.ganzoo_run_started(resumed)
    resumed.play([30])
    texts.ganzoo_run_ended(resumed)
    assert "after maximum likelihood (step 10)" in resumed.told[0]


def test_it_looks_no_more_often_than_time_allows_but_where_a_phase_ends(tmp_path, monkeypatch):
    seconds = count()
    monkeypatch.setattr(texts.time, "monotonic", lambda: next(seconds))  # a look takes one, twenty are to pass
    run = FakeRun(tmp_path)
    texts.ganzoo_run_started(run)
    run.play([1, 2, 10, 20, 30])
    assert ["nll" in point for point in log.history(tmp_path)] == [True, False, True, False, True]


def test_other_kinds_are_left_alone(tmp_path):
    from ganzoo.contract import Space

    run = FakeRun(tmp_path, Space(kind="vector", shape=(2,), range=None))
    texts.ganzoo_run_started(run)
    run.play([10])
    texts.ganzoo_run_ended(run)
    assert (run.record, run.told) == ({}, [])


@pytest.mark.parametrize("n", [1, 3])
def test_lines_are_kept_exactly(n, tmp_path):
    samples = Samples(torch.tensor(np.arange(4 * n).reshape(n, 4) % 3), SPACE)
    assert samples.lines[0] == "a b c a"
    assert samples.save(tmp_path / "lines.txt").read_text() == "".join(f"{line}\n" for line in samples.lines)
    assert samples.suffix == ".txt"
