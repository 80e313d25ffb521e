import os
from pathlib import Path

import numpy as np
import pytest
import torch

import ganzoo
from ganzoo import api
from ganzoo.engine.checkpoint import steps_in
from ganzoo.errors import CheckpointError, GanzooError, UsageError


@pytest.fixture(autouse=True)
def _quiet(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GANZOO_BLOCK_PLUGINS", "log,pictures,probes")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


@pytest.fixture
def run(installed):
    installed.add("tiny", installed.good)
    return ganzoo.train("tiny", steps=4, checkpoint_every=2)


def test_training_returns_the_finished_run(run):
    assert (run.name, run.step, run.exit_reason) == ("tiny", 4, "done")
    assert run.folder == Path("runs/tiny-digits-001")
    assert run.sample(3).tensor.shape == (3, 1, 8, 8)


def test_keywords_are_the_flags_and_what_was_asked_is_remembered(run):
    second = ganzoo.train("tiny", steps=2, batch=8, options={"latent_dim": 5}, seed=3)
    assert second.folder == Path("runs/tiny-digits-002")
    settings = second.settings
    assert (settings.batch, settings.seed, settings.options, settings.threads) == (8, 3, {"latent_dim": 5}, 1)
    assert second.origins["batch"] == second.origins["options.latent_dim"] == "call"
    assert second.origins["threads"] == "environment"
    assert second.origins["data"] == "plugin"


def test_every_mistake_is_said_at_once_and_nothing_is_made():
    with pytest.raises(UsageError) as caught:
        ganzoo.train("vanila-mlp", batch=0, sede=3, data="digts", device="gpu", steps=-1)
    text = str(caught.value)
    for part in ("'vanilla-mlp'", "batch", "'seed'", "'digits'", "device 'gpu'", "steps"):
        assert part in text
    assert len(caught.value.mistakes) == 6
    assert not list(Path().glob("runs*"))


def test_an_option_among_the_settings_is_told_its_place():
    with pytest.raises(UsageError, match=r"unknown setting 'lr' in call; known: .*; hyper-parameters go into options"):
        ganzoo.train("tiny", lr=0.1)


def test_paths_are_taken_for_the_texts_of_a_command_line(run, tmp_path):
    np.savez(tmp_path / "mine.npz", images=np.zeros((100, 8, 8), np.uint8))
    second = ganzoo.train("tiny", data=tmp_path / "mine.npz", steps=2, batch=8, out=tmp_path / "second")
    assert repr(second) == f"Run('{tmp_path}/second', step 2 of 2)"
    (tmp_path / "mine.npz").rename(tmp_path / "moved.npz")
    assert ganzoo.resume(tmp_path / "second", data=tmp_path / "moved.npz", steps=3).step == 3


def test_options_that_do_not_exist_are_said_with_the_nearest():
    with pytest.raises(UsageError, match=r"-o latentdim of vanilla-mlp; did you mean 'latent_dim'"):
        ganzoo.train("vanilla-mlp", options={"latentdim": 3})
    with pytest.raises(UsageError, match="latent_dim=0"):
        ganzoo.train("vanilla-mlp", options={"latent_dim": 0})
    assert not list(Path().glob("runs*"))


@pytest.mark.parametrize(
    "target",
    [
        "latest",
        "tiny-digits-001",
        "runs/tiny-digits-001",
        "runs/tiny-digits-001/model",
        "runs/tiny-digits-001/run.json",
        "runs/tiny-digits-001/checkpoints/step-00000004.safetensors",
        Path("runs/tiny-digits-001"),
    ],
)
def test_a_generator_is_loaded_from_whatever_names_it(run, target):
    assert torch.equal(ganzoo.load(target).sample(5, seed=2).tensor, run.sample(5, seed=2).tensor)


def test_a_generator_of_an_earlier_step(run):
    earlier = ganzoo.load("latest", step=2).sample(5).tensor
    path = steps_in(run.files.checkpoints)[2]
    assert torch.equal(ganzoo.load(path).sample(5).tensor, earlier)
    assert not torch.equal(earlier, run.sample(5).tensor)
    with pytest.raises(UsageError, match="no checkpoint of step 3; there are: 0, 2, 4"):
        ganzoo.load("latest", step=3)


def test_loading_what_is_not_there_or_damaged_is_said(run):
    with pytest.raises(UsageError, match="no run or model 'mine'"):
        ganzoo.load("mine")
    path = steps_in(run.files.checkpoints)[4]
    os.truncate(path, 100)
    with pytest.raises(CheckpointError, match=r"step-00000004.safetensors is not a whole checkpoint"):
        ganzoo.load(path)
    assert torch.equal(ganzoo.load("latest").sample(5).tensor, ganzoo.load("latest", step=2).sample(5).tensor)


def test_resuming_names_the_run_as_loading_does(run):
    assert ganzoo.resume(steps=5).step == 5
    assert ganzoo.resume("tiny-digits-001", steps=6).step == 6
    assert ganzoo.resume(run.folder, steps=7).step == 7


def test_a_configuration_that_cannot_be_read_is_said(run):
    run.files.config.write_text("gan = ")
    with pytest.raises(GanzooError, match=r"runs/tiny-digits-001/config.toml cannot be read"):
        ganzoo.resume()


def test_models_are_listed_by_pattern(run):
    assert ganzoo.list_models("no-such-*", pretrained=True) == []
    assert {"dcgan", "tiny", "vanilla-mlp", "wgan-gp"} <= set(ganzoo.list_models())
    assert {"dcgan", "wgan-gp"} <= set(ganzoo.list_models("*gan*"))
    assert "tiny" not in ganzoo.list_models("*gan*")
    assert ganzoo.list_models("no-such-*") == []


def test_two_runs_do_not_share_a_folder(run):
    run.files.lock()
    with pytest.raises(UsageError, match="is being trained by another process"):
        ganzoo.resume("latest", steps=9)


def test_all_public_names_are_sorted():
    assert api.__all__ == sorted(api.__all__)
