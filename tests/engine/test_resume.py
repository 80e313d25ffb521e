import os
import signal
from pathlib import Path

import pytest
import torch

import ganzoo
from ganzoo.engine.checkpoint import newest, steps_in
from ganzoo.engine.train import Run
from ganzoo.errors import CheckpointError, DataError, Stopped, UsageError

# Everything at once: two discriminators' turns, lazy regularisation, phases, weight clipping, a state of its own,
# batch norm, dropout, labels, and a prior and an optimiser that are given by the options.
BUSY = '''"""Busy GAN: a bit of everything that a run must carry over.

    min_G max_D  E D(x) - E D(G(z))

Paper: Somebody et al. 2020, A Busy Game, arXiv:0000.00000
Tasks: vectors
"""

from dataclasses import dataclass
from typing import Annotated

import torch
from torch import nn

import ganzoo


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.Config):
    latent_dim: Annotated[int, "Z"] = 4
    by: Annotated[str, "the optimiser"] = "Adam"


class Balance(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("k", torch.full((), 0.5))


def networks(config, space):
    critic = nn.Sequential(nn.Linear(2, 8), nn.BatchNorm1d(8), nn.LeakyReLU(0.2), nn.Dropout(0.3), nn.Linear(8, 1))
    first = nn.Linear(8, 8)
    critic[0] = nn.utils.parametrizations.spectral_norm(critic[0])
    generator = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), first, nn.ReLU(), first, nn.Linear(8, 2))
    return {"G": generator, "D": critic, "balance": Balance()}


def prior(n, config, space, device):
    return torch.rand(n, config.latent_dim, device=device) * 2 - 1


def distance(nets, batch, config):
    fake = nets.G(batch.z)
    weight = batch.label.float() + batch.progress
    batch.keep("gap", nets.D(batch.real).mean() - nets.D(fake).mean())
    return {"real": (nets.D(batch.real)[:, 0] * weight).mean(), "fake": -nets.balance.k * nets.D(fake).mean()}


def noisy(nets, batch, config):
    return {"penalty": nets.D(batch.real + torch.randn_like(batch.real)).square().mean()}


def score(nets, batch, config):
    return {"score": nets.D(nets.G(batch.z)).mean()}


def warm_up(nets, batch, config):
    return {"size": nets.G(batch.z).square().mean()}


def adapt(nets, terms, kept, config):
    nets.balance.k.add_(0.1 * kept["gap"]).clamp_(0, 1)
    for parameter in nets.D.parameters():
        parameter.clamp_(-0.1, 0.1)


def players(config):
    by = {
        "Adam": ganzoo.Adam(lr=ganzoo.Linear(first=1e-2, last=1e-3), betas=(0.5, 0.9)),
        "RMSprop": ganzoo.RMSprop(lr=1e-3, momentum=0.5),
        "SGD": ganzoo.SGD(lr=1e-2, momentum=0.9, nesterov=True),
    }[config.by]
    return [
        ganzoo.maximize(distance, over="D", by=by, turns=3, after=adapt),
        ganzoo.minimize(noisy, over="D", by=by, every=3, start=1),
        ganzoo.minimize(warm_up, over="G", by=by, stop=4),
        ganzoo.maximize(score, over="G", by=by, start=2),
    ]


@ganzoo.hookimpl
def ganzoo_architecture():
    return ganzoo.Architecture(Config, networks, players, prior, spaces=("vector",), data="ring8", batch=8, ema=0.9)
'''


def stop_at(monkeypatch, step, kind=signal.SIGTERM):
    """From here on, runs receive a signal just before they have finished that step."""
    from ganzoo.engine.game import Game

    real = Game.step

    def play(self, number):
        if number == step - 1:
            os.kill(os.getpid(), kind)
        real(self, number)

    monkeypatch.setattr(Game, "step", play)


def stopped_and_resumed(name, steps, monkeypatch, **settings):
    """The tensors of a run stopped half-way and resumed, and those of one left alone."""
    ganzoo.train(name, steps=steps, out="whole", **settings)
    with monkeypatch.context() as patch:
        stop_at(patch, steps // 2)
        with pytest.raises(Stopped):
            ganzoo.train(name, steps=steps, out="halves", **settings)
    assert newest(ganzoo.engine.folder.find("halves").checkpoints)[0].step == steps // 2
    run = ganzoo.resume("halves")
    assert run.step == steps
    return [newest(ganzoo.engine.folder.find(out).checkpoints)[0].tensors for out in ("halves", "whole")]


@pytest.mark.parametrize("name", ganzoo.list_models())
def test_stopped_and_resumed_is_never_stopped(name, small, monkeypatch, differences):
    resumed, whole = stopped_and_resumed(name, 4, monkeypatch, ema=0.9, **small(name))
    assert not differences(resumed, whole)
    assert any(tensor.startswith("nets.") for tensor in whole)


@pytest.mark.parametrize("by", ["Adam", "RMSprop", "SGD"])
def test_whatever_a_run_carries_is_carried_over(installed, by, monkeypatch, differences):
    installed.add("busy", BUSY)
    settings = {"threads": 1, "options": {"by": by}, "schedule": "cosine", "clip": 1.0}
    resumed, whole = stopped_and_resumed("busy", 10, monkeypatch, **settings)
    assert not differences(resumed, whole)
    assert {"nets.balance.k", "nets.D.1.running_mean", "average.G.0.weight"} <= whole.keys()
    assert whole["nets.balance.k"] != 0.5
    assert any(name.startswith("optimiser.distance.D.") for name in whole)


def test_resuming_at_every_step_changes_nothing(installed, monkeypatch, differences):
    installed.add("busy", BUSY)
    ganzoo.train("busy", steps=5, out="whole", threads=1)
    for step in range(1, 5):
        with monkeypatch.context() as patch:
            stop_at(patch, step)
            with pytest.raises(Stopped):
                ganzoo.train("busy", steps=5, out="pieces", threads=1)
    ganzoo.train("busy", steps=5, out="pieces", threads=1)
    found = [newest(ganzoo.engine.folder.find(out).checkpoints)[0].tensors for out in ("pieces", "whole")]
    assert not differences(*found)


@pytest.mark.parametrize(("kind", "code"), [(signal.SIGTERM, 75), (signal.SIGINT, 130)])
def test_a_signal_finishes_the_step_saves_and_says_how_to_go_on(installed, monkeypatch, kind, code):
    installed.add("tiny", installed.good)
    before = signal.getsignal(kind)
    stop_at(monkeypatch, 3, kind)
    with pytest.raises(Stopped, match=r"stopped at step 3 of 8; go on with: ganzoo resume run") as caught:
        ganzoo.train("tiny", steps=8, out="run", threads=1)
    assert caught.value.exit_code == code
    assert newest(ganzoo.engine.folder.find("run").checkpoints)[0].step == 3
    assert signal.getsignal(kind) is before
    assert ganzoo.load("run/model").sample(1).tensor.shape == (1, 1, 8, 8)


@pytest.fixture
def run(installed):
    installed.add("tiny", installed.good)
    return ganzoo.train("tiny", steps=4, out="run", threads=1, checkpoint_every=1)


def damage(path):
    contents = bytearray(path.read_bytes())
    contents[-1] ^= 1
    path.write_bytes(contents)


def test_a_damaged_checkpoint_is_told_of_and_the_one_before_is_used(run, told, differences):
    last = steps_in(run.files.checkpoints)[4]
    expected = {name: value.clone() for name, value in newest(run.files.checkpoints)[0].tensors.items()}
    damage(last)
    again = ganzoo.resume("run", listener=told)
    assert again.step == 4
    assert any(str(last) in line and "damaged" in line for line in told.lines)
    assert "going on from step 3 of 4" in told.lines
    assert not differences(newest(run.files.checkpoints)[0].tensors, expected)


def test_without_a_good_checkpoint_nothing_is_started_over(run):
    for path in steps_in(run.files.checkpoints).values():
        damage(path)
    before = {path: path.read_bytes() for path in run.files.checkpoints.iterdir()}
    for again in (lambda: ganzoo.resume("run"), lambda: ganzoo.train("tiny", steps=4, out="run", threads=1)):
        with pytest.raises(CheckpointError, match=r"no checkpoint in .* can be used"):
            again()
    assert {path: path.read_bytes() for path in run.files.checkpoints.iterdir()} == before


def test_a_run_killed_before_its_first_checkpoint_starts_by_the_same_command(run):
    for path in steps_in(run.files.checkpoints).values():
        path.unlink()
    with pytest.raises(CheckpointError, match="it holds none"):
        ganzoo.resume("run")
    assert ganzoo.train("tiny", steps=4, out="run", threads=1).step == 4
    assert 4 in steps_in(run.files.checkpoints)


def test_a_checkpoint_of_another_gan_is_refused(run, installed):
    installed.add("other", installed.good)
    config = run.files.config
    config.write_text(config.read_text().replace('gan = "tiny"', 'gan = "other"'))
    with pytest.raises(CheckpointError, match=r"step-00000004.* is a checkpoint of tiny, not of other"):
        ganzoo.resume("run", steps=9)


def test_a_checkpoint_of_other_networks_is_refused(run):
    config = run.files.config
    config.write_text(config.read_text().replace("latent_dim = 4", "latent_dim = 5"))
    with pytest.raises(CheckpointError, match=r"of other networks: .* have another shape .*G\.0\.weight"):
        ganzoo.resume("run", steps=9)


def test_changed_data_are_refused(installed, tmp_path):
    import numpy as np

    installed.add("tiny", installed.good)
    images = np.random.default_rng(0).integers(0, 256, (1000, 8, 8), np.uint8)
    np.savez("mine.npz", images=images)
    ganzoo.train("tiny", data="mine.npz", steps=2, out="run", threads=1)
    ganzoo.resume("run", steps=3)
    images[7, 0, 0] ^= 1
    np.savez("mine.npz", images=images)
    with pytest.raises(
        DataError, match=r"the data have changed since .*: ganzoo train --config run/config.toml --from run$"
    ):
        ganzoo.resume("run", steps=5)


@pytest.fixture
def moved(installed, tmp_path, monkeypatch):
    """A run on mine.npz in the folder `there`, stopped at its second step of four; we are `elsewhere`."""
    import numpy as np

    installed.add("tiny", installed.good)
    for name in ("there", "elsewhere"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir("there")
    np.savez("mine.npz", images=np.random.default_rng(0).integers(0, 256, (1000, 8, 8), np.uint8))
    ganzoo.train("tiny", data="mine.npz", steps=4, out="whole", threads=1)
    with monkeypatch.context() as patch:
        stop_at(patch, 2)
        with pytest.raises(Stopped):
            ganzoo.train("tiny", data="mine.npz", steps=4, out="run", threads=1)
    monkeypatch.chdir("../elsewhere")
    return tmp_path / "there"


def same_as_whole(there, differences):
    return not differences(*(newest(there / name / "checkpoints")[0].tensors for name in ("run", "whole")))


def test_a_run_finds_its_data_from_any_folder(moved, differences):
    ganzoo.resume(moved / "run")
    assert same_as_whole(moved, differences)
    assert f'data = "{moved}/mine.npz"' in (moved / "run" / "config.toml").read_text()


def test_data_that_have_moved_are_named_once(moved, differences):
    (moved / "mine.npz").rename("now.npz")
    with pytest.raises(DataError, match=r"--data .*/there/mine.npz: no such file or folder"):
        ganzoo.resume(moved / "run")
    ganzoo.resume(moved / "run", data="now.npz")
    assert same_as_whole(moved, differences)
    assert ganzoo.resume(moved / "run", steps=5).step == 5


def test_other_data_are_not_taken_for_those_that_moved(moved):
    import numpy as np

    np.savez("mine.npz", images=np.zeros((1000, 8, 8), np.uint8))
    with pytest.raises(DataError, match="the data have changed since"):
        ganzoo.resume(moved / "run", data="mine.npz")
    assert f'data = "{moved}/mine.npz"' in (moved / "run" / "config.toml").read_text()


@pytest.mark.parametrize("by_resume", [True, False])
def test_a_run_of_before_with_its_paths_as_typed_goes_on_where_it_was_started(
    moved, differences, monkeypatch, by_resume
):
    config = moved / "run" / "config.toml"
    config.write_text(config.read_text().replace(f"{moved}/", ""))
    with pytest.raises(DataError, match=r"--data mine.npz: no such file or folder"):
        ganzoo.resume(moved / "run")
    monkeypatch.chdir(moved)
    if by_resume:
        ganzoo.resume("run")
    else:
        ganzoo.train("tiny", data="mine.npz", steps=4, out="run", threads=1)
    assert same_as_whole(moved, differences)
    assert f'data = "{moved}/mine.npz"' in config.read_text()


def test_the_same_command_goes_on_and_another_is_refused(run):
    assert ganzoo.train("tiny", steps=4, out="run", keep=7).exit_reason == "done"
    for change in ({"seed": 1}, {"steps": 9}, {"batch": 8}, {"options": {"latent_dim": 5}}):
        with pytest.raises(UsageError, match=f"another configuration .*{next(iter(change))} was"):
            ganzoo.train("tiny", **{"steps": 4, "out": "run"} | change)


def test_a_folder_that_is_no_run_is_refused(run, tmp_path):
    (tmp_path / "mine").mkdir()
    with pytest.raises(UsageError, match="--out mine exists and is not a run of ganzoo"):
        ganzoo.train("tiny", steps=4, out="mine")
    assert not list((tmp_path / "mine").iterdir())


def test_a_finished_run_can_be_given_more_steps(run):
    assert ganzoo.resume("run").exit_reason == "done"
    assert ganzoo.resume("run", steps=6).step == 6
    assert ganzoo.resume("run").steps == 6


def test_a_finished_run_killed_before_its_model_was_written_gets_it(run):
    for path in run.files.model.iterdir():
        path.unlink()
    ganzoo.resume("run")
    assert torch.equal(ganzoo.load("run/model").sample(3).tensor, run.sample(3).tensor)


def test_the_threads_are_those_of_the_run(installed, monkeypatch):
    installed.add("tiny", installed.good)
    ganzoo.train("tiny", steps=2, out="run", threads=2)
    monkeypatch.delenv("OMP_NUM_THREADS")
    assert ganzoo.resume("run", steps=3).settings.threads == 2
    assert torch.get_num_threads() == 2
    torch.set_num_threads(1)


def test_what_a_run_started_from_need_not_be_there_any_more(run, monkeypatch):
    import shutil

    with monkeypatch.context() as patch:
        stop_at(patch, 2)
        with pytest.raises(Stopped):
            ganzoo.train("tiny", steps=4, out="second", threads=1, start_from="run")
    shutil.rmtree("run")
    assert ganzoo.resume("second").step == 4


def test_a_run_in_a_thread_takes_no_signals(run):
    """Signals are the main thread's: elsewhere a run plays without them."""
    import threading

    found = []
    thread = threading.Thread(target=lambda: found.append(ganzoo.resume("run", steps=5)))
    thread.start()
    thread.join()
    assert isinstance(found[0], Run)
    assert found[0].step == 5


def test_another_run_of_the_same_name_to_start_from_is_another_run(small, tmp_path_factory):
    one, other = (str(tmp_path_factory.mktemp("elsewhere") / "run") for _ in range(2))
    for place in (one, other):
        ganzoo.train("vanilla-mlp", **small("vanilla-mlp", steps=1), out=place)
    settings = small("vanilla-mlp", steps=1) | {"out": "new"}
    ganzoo.train("vanilla-mlp", **settings, start_from=one)
    ganzoo.train("vanilla-mlp", **settings, start_from=one)  # the same: it is finished
    with pytest.raises(UsageError, match="start_from was"):
        ganzoo.train("vanilla-mlp", **settings, start_from=other)


def test_the_latest_run_to_start_from_is_kept_as_the_run_that_it_was(small):
    settings = small("vanilla-mlp", steps=1) | {"out": None}
    first = ganzoo.train("vanilla-mlp", **settings)
    out = {"out": "runs/second"}
    second = ganzoo.train("vanilla-mlp", **(settings | out), start_from="latest")
    assert second.settings.start_from == str(first.folder.absolute())
    assert Path("runs/latest").read_text() == "second\n"
    again = ganzoo.train("vanilla-mlp", **(settings | out), start_from="latest")  # the same command: it is finished
    assert again.settings.start_from == second.settings.start_from
    ganzoo.train("vanilla-mlp", **(settings | out), start_from=first.folder.name)  # the same by another name


def test_an_end_that_lies_behind_is_a_mistake_and_changes_nothing(run):
    before = Path("run/config.toml").read_text()
    with pytest.raises(UsageError, match=r"--steps 1: run is at step \d already; type a greater number"):
        ganzoo.resume("run", steps=1)
    assert Path("run/config.toml").read_text() == before
