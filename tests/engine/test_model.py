import json
from dataclasses import replace

import pytest
import safetensors.torch
import torch

import ganzoo
from ganzoo import catalogue
from ganzoo.engine import model
from ganzoo.engine.checkpoint import newest, read
from ganzoo.errors import CheckpointError


@pytest.fixture
def run(small):
    return ganzoo.train("vanilla-mlp", steps=3, ema=0.5, out="run", seed=4, **small("vanilla-mlp"))


def test_a_model_is_read_as_it_was_written(run):
    generator = model.read_model(run.files.model)
    assert torch.equal(generator.sample(5, seed=1).tensor, run.sample(5, seed=1).tensor)
    assert not generator.training
    assert not any(parameter.requires_grad for parameter in generator.parameters())
    assert generator.config == run.setup.config
    assert generator.space == run.space


def test_what_is_written_says_what_it_is(run):
    config = json.loads((run.files.model / "config.json").read_text())
    assert config["plugin"]["name"] == "vanilla-mlp"
    assert config["plugin"]["revision"] == 1
    assert config["architecture"]["width"] == 8
    assert config["space"]["shape"] == [1, 16, 16]
    assert config["training"] == {"dataset": "noise", "steps": 3, "seed": 4}
    weights = safetensors.torch.load_file(run.files.model / "generator.safetensors")
    assert all(name.startswith("G.") for name in weights)


def test_a_checkpoint_gives_the_average_or_the_raw_weights(run):
    path = newest(run.files.checkpoints)[0].path
    average, raw = model.from_checkpoint(path), model.from_checkpoint(path, raw=True)
    tensors = read(path).tensors
    for generator, kind in ((average, "average"), (raw, "nets")):
        for name, value in generator.state_dict().items():
            assert torch.equal(value, tensors[f"{kind}.{name.removeprefix('nets.')}"])
    assert not torch.equal(average.sample(1).tensor, raw.sample(1).tensor)


def damage(folder, **changes):
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_a_model_that_was_changed_is_refused(run):
    weights = run.files.model / "generator.safetensors"
    contents = bytearray(weights.read_bytes())
    contents[-1] ^= 1
    weights.write_bytes(contents)
    with pytest.raises(CheckpointError, match=r"generator.safetensors does not match the hash"):
        model.read_model(run.files.model)


def test_a_newer_format_is_refused(run):
    damage(run.files.model, ganzoo_format=99)
    with pytest.raises(CheckpointError, match="has format 99; type: pip install --upgrade ganzoo"):
        model.read_model(run.files.model)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"weights": {}}'])
def test_what_is_no_model_is_said(run, text):
    (run.files.model / "config.json").write_text(text)
    with pytest.raises(CheckpointError, match="is not a model of ganzoo"):
        model.read_model(run.files.model)


def test_weights_of_another_revision_are_refused(run, monkeypatch):
    other = replace(catalogue.load("vanilla-mlp"), revision=2)
    monkeypatch.setattr(catalogue, "load", lambda name: other)
    message = r"made with revision 1 of vanilla-mlp, installed is revision 2.*pip install ganzoo=="
    with pytest.raises(CheckpointError, match=message):
        model.read_model(run.files.model)


def test_options_out_of_range_are_refused(run):
    damage(run.files.model, architecture={"width": 10**9})
    with pytest.raises(ganzoo.GanzooError, match="width=1000000000"):
        model.read_model(run.files.model)
