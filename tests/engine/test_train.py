import json
import os
from pathlib import Path

import pytest
import torch

import ganzoo
from ganzoo.engine.checkpoint import newest, steps_in
from ganzoo.engine.game import Game
from ganzoo.errors import Diverged, GanzooError


@pytest.fixture
def full_disk(monkeypatch):
    """full_disk(first, last) -> the disk is full while these steps are played."""
    full = {"now": False}
    write, step = os.write, Game.step

    def guarded(descriptor, view):
        if full["now"]:
            raise OSError(28, "No space left on device")
        return write(descriptor, view)

    def make(first, last=10**9):
        def play(self, number):
            full["now"] = first <= number <= last
            step(self, number)

        monkeypatch.setattr(Game, "step", play)
        monkeypatch.setattr(os, "write", guarded)

    return make


def test_a_run_leaves_checkpoints_a_model_and_what_happened(tiny, told):
    run = ganzoo.train(tiny, steps=7, out="run", threads=1, checkpoint_every=2, keep=2, listener=told, seed=3)
    assert (run.step, run.steps, run.exit_reason) == (7, 7, "done")
    assert list(steps_in(run.files.checkpoints)) == [6, 7]
    published = {"config.json", "generator.safetensors", "manifest.json"}
    assert {path.name for path in run.files.model.iterdir()} == published
    described = json.loads((run.folder / "run.json").read_text())
    assert (described["gan"], described["seed"], described["step"], described["exit_reason"]) == ("tiny", 3, 7, "done")
    assert told.events == ["started", "ended"]
    assert ganzoo.load("run").sample(2).tensor.shape == (2, 1, 8, 8)


def test_the_start_is_saved_before_the_first_step(tiny, monkeypatch):
    def fail(self, number):
        raise ZeroDivisionError

    monkeypatch.setattr(Game, "step", fail)
    with pytest.raises(ZeroDivisionError):
        ganzoo.train(tiny, steps=3, out="run", threads=1)
    assert list(steps_in(ganzoo.engine.folder.find("run").checkpoints)) == [0]


def test_the_same_command_gives_the_same_bits(tiny, differences):
    runs = [ganzoo.train(tiny, steps=5, out=out, threads=1, ema=0.9) for out in ("a", "b")]
    first, second = (newest(run.files.checkpoints)[0].tensors for run in runs)
    assert not differences(first, second)
    other = ganzoo.train(tiny, steps=5, out="c", threads=1, ema=0.9, seed=1)
    assert differences(first, newest(other.files.checkpoints)[0].tensors)


def test_samples_are_of_the_moving_average_and_the_fixed_ones_stay(tiny):
    run = ganzoo.train(tiny, steps=5, out="run", threads=1, ema=0.9)
    average = run.game.state.average["G"]
    assert run.generator.nets["G"] is average
    assert torch.equal(run.fixed(20)[:5], run.fixed(5))
    assert torch.equal(run.sample(4, seed=2).tensor, ganzoo.load("run").sample(4, seed=2).tensor)


def test_a_disk_that_is_full_for_a_while_costs_a_checkpoint_and_nothing_else(tiny, told, full_disk, differences):
    whole = ganzoo.train(tiny, steps=20, out="whole", threads=1, checkpoint_every=5)
    full_disk(8, 11)
    run = ganzoo.train(tiny, steps=20, out="run", threads=1, checkpoint_every=5, listener=told)
    failed = [line for line in told.lines if "could not be saved" in line]
    assert failed == [
        "step 10 could not be saved: No space left on device; the newest checkpoint is step 5; training goes on"
    ]
    assert list(steps_in(run.files.checkpoints)) == [5, 15, 20]
    assert not list(run.files.checkpoints.glob(".*"))
    assert not differences(*(newest(each.files.checkpoints)[0].tensors for each in (whole, run)))


def test_a_disk_that_stays_full_ends_the_run_with_the_last_checkpoint_whole(tiny, told, full_disk):
    full_disk(8)
    with pytest.raises(
        GanzooError, match=r"step 20 could not be saved.*newest checkpoint is step 5; make room"
    ) as error:
        ganzoo.train(tiny, steps=20, out="run", threads=1, checkpoint_every=5, listener=told)
    assert error.value.exit_code == 2
    assert "ganzoo resume run" in str(error.value)
    folder = ganzoo.engine.folder.find("run")
    assert newest(folder.checkpoints)[0].step == 5
    assert not list(folder.checkpoints.glob(".*"))
    assert any(line.startswith("step 15 could not be saved") for line in told.lines)


def test_no_room_for_the_start_is_an_error_at_once(tiny, full_disk, monkeypatch):
    real = ganzoo.engine.checkpoint.write_whole

    def write(path, *parts):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ganzoo.engine.checkpoint, "write_whole", write)
    said = (
        "step 0 could not be saved: No space left on device; make room in run/checkpoints, then type the same command"
    )
    with pytest.raises(GanzooError, match=said):
        ganzoo.train(tiny, steps=20, out="run", threads=1)
    monkeypatch.setattr(ganzoo.engine.checkpoint, "write_whole", real)
    assert ganzoo.train(tiny, steps=20, out="run", threads=1).step == 20


def test_no_room_for_the_model_is_an_error_with_the_checkpoints_whole(tiny, monkeypatch):
    from ganzoo.engine import model

    def write(path, *parts, durable):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(model, "write_whole", write)
        with pytest.raises(GanzooError, match=r"run/model could not be written: No space .* ganzoo resume run"):
            ganzoo.train(tiny, steps=5, out="run", threads=1)
    ganzoo.resume("run")
    assert ganzoo.load("run/model").sample(1).tensor.shape == (1, 1, 8, 8)


BREAKS = """
def burst(nets, terms, kept, config):
    nets.G[0].weight.fill_(float("inf"))


def players"""


def test_weights_that_are_not_finite_are_never_saved(installed, told):
    source = installed.good.replace("\ndef players", BREAKS, 1).replace('over="G",', 'over="G", after=burst,')
    installed.add("bursting", source)
    with pytest.raises(Diverged, match=r"'G.0.weight' is not finite"):
        ganzoo.train("bursting", steps=1, out="run", threads=1, listener=told)
    assert list(steps_in(Path("run/checkpoints"))) == [0]


def test_a_buffer_may_be_infinite(installed):
    source = installed.good.replace('"G": generator', '"N": Mask(), "G": generator').replace(
        "def networks", "class Mask(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        import torch\n        self.register_buffer('mask', torch.tensor(float('-inf')))\n\n\ndef networks"
    )  # fmt: skip
    installed.add("masked", source)
    assert ganzoo.train("masked", steps=3, out="run", threads=1).exit_reason == "done"
    assert 3 in steps_in(Path("run/checkpoints"))


def test_minutes_end_a_run_that_can_go_on(tiny, differences):
    run = ganzoo.train(tiny, minutes=1e-3, out="run", threads=1)
    assert run.exit_reason == "stopped after 0.001 minutes"
    assert newest(run.files.checkpoints)[0].step == run.step > 0
    whole = ganzoo.train(tiny, steps=run.step + 3, out="whole", threads=1)
    on = ganzoo.resume("run", steps=run.step + 3, minutes=10)
    assert on.step == whole.step
    assert not differences(*(newest(each.files.checkpoints)[0].tensors for each in (on, whole)))


OBSERVER = '''"""An observer."""

import ganzoo

seen = []


@ganzoo.hookimpl
def ganzoo_run_started(run):
    seen.append(("started", run.step))


@ganzoo.hookimpl
def ganzoo_step_ended(run):
    seen.append(("step", run.step, sorted(run.record)))
    if run.step == 6:
        raise ZeroDivisionError("mine")


@ganzoo.hookimpl
def ganzoo_checkpoint_saved(run, path):
    seen.append(("saved", path.name))


@ganzoo.hookimpl
def ganzoo_run_ended(run):
    seen.append(("ended", run.step))
'''


def test_observers_see_the_run_and_one_that_raises_is_left_out(tiny, installed, told):
    import sys

    installed.add("watcher", OBSERVER, group="ganzoo.observers")
    run = ganzoo.train(tiny, steps=9, out="run", threads=1, log_every=2, sample_every=100, listener=told)
    keys = ["fooling/fake", "fooling/gradient", "fooling/objective", "rate", "rejected"]
    keys = sorted([*keys, "value/fake", "value/gradient", "value/objective", "value/real"])
    seen = sys.modules["stranger_watcher"].seen
    assert seen == [
        ("saved", "step-00000000.safetensors"),
        ("started", 0),
        *(("step", step, keys) for step in (1, 2, 4, 6)),
    ]
    assert run.step == 9
    assert any("'watcher' failed and is left out from here: ZeroDivisionError: mine" in line for line in told.lines)
    assert "Traceback" in (run.folder / "log.txt").read_text()


def test_scores_are_of_both_sides(tiny):
    run = ganzoo.train(tiny, steps=2, out="run", threads=1)
    real, fake = run.scores(30)
    assert real.shape == fake.shape == (30,)
    assert not torch.equal(real, fake)
    assert all(map(torch.equal, run.scores(30), (real, fake)))
