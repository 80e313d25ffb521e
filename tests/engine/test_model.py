import json
from dataclasses import replace

import pytest
import safetensors
import safetensors.torch
import torch

import ganzoo
from ganzoo import catalogue
from ganzoo.engine import model
from ganzoo.engine.checkpoint import newest, read
from ganzoo.engine.layout import identity
from ganzoo.errors import CheckpointError, ModelError

PLUGIN = {**catalogue.entry("vanilla-mlp").identity, "revision": 1}


@pytest.fixture
def run(small):
    return ganzoo.train("vanilla-mlp", steps=3, ema=0.5, out="run", seed=4, **small("vanilla-mlp"))


def test_what_is_written_says_what_it_is(run):
    config = json.loads((run.files.model / "config.json").read_text())
    assert config["plugin"] == {
        "name": "vanilla-mlp", "distribution": "ganzoo", "version": ganzoo.__version__, "revision": 1
    }  # fmt: skip
    assert config["architecture"]["width"] == 8
    assert ganzoo.Space.from_dict(config["space"]) == run.space
    assert config["training"] == {"dataset": "noise", "steps": 3, "seed": 4}
    manifest = json.loads((run.files.model / "manifest.json").read_text())
    assert manifest["files"].keys() == {"config.json", "generator.safetensors"}
    assert manifest["files"]["generator.safetensors"]["sha256"] == config["weights"]["generator"]["sha256"]
    with safetensors.safe_open(run.files.model / "generator.safetensors", framework="pt") as file:
        metadata = file.metadata()
        assert all(name.startswith("G.") for name in file.keys())  # noqa: SIM118  # not a mapping
    assert (metadata["role"], metadata["plugin"], metadata["format"]) == ("generator", "vanilla-mlp", "pt")
    assert metadata["config_sha256"] == identity(config)


def test_the_identity_is_of_what_decides_the_networks(run):
    config = json.loads((run.files.model / "config.json").read_text())
    same = {**config, "training": {}, "ganzoo_version": "9", "weights": {}}
    assert identity(same) == identity(config)
    for key in ("architecture", "space"):
        assert identity({**config, key: {}}) != identity(config)
    assert identity({**config, "plugin": {**config["plugin"], "revision": 2}}) != identity(config)


def test_the_same_model_has_the_same_bytes(run, tmp_path):
    for name in ("one", "two"):
        model.write_model(tmp_path / name, run.generator, PLUGIN, {"steps": 3})
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_a_file_that_does_not_hold_what_was_written_is_refused(run, tmp_path, monkeypatch):
    write = model.write_whole

    def damaging(path, *parts, **keywords):
        write(path, *parts, **keywords)
        if path.name == damaged:
            path.write_bytes(path.read_bytes()[:-1] + b"?")

    monkeypatch.setattr(model, "write_whole", damaging)
    for damaged in ("generator.safetensors", "config.json"):  # `damaging` reads it
        with pytest.raises(ModelError, match=rf"{damaged} does not hold what was written to it"):
            model.write_model(tmp_path, run.generator, PLUGIN, {})


def test_halves_are_half_as_large_and_tied_ones_stay_tied(run, tmp_path):
    model.write_model(tmp_path / "half", run.generator, PLUGIN, {}, half=True)
    tensors = safetensors.torch.load_file(tmp_path / "half" / "generator.safetensors")
    assert {value.dtype for value in tensors.values()} == {torch.float16}
    next(run.generator.parameters()).detach()[0] = 1e5
    with pytest.raises(ModelError, match=r"'G.*' holds numbers that are too large for float16; publish without --half"):
        model.write_model(tmp_path / "large", run.generator, PLUGIN, {}, half=True)
    assert not (tmp_path / "large").exists()


def test_tied_tensors_are_stored_once_also_as_halves(tmp_path, run):
    generator = run.generator
    generator.nets["H"] = generator.nets["G"]
    for half in (False, True):
        model.write_model(tmp_path / str(half), generator, PLUGIN, {}, half=half)
        config = json.loads((tmp_path / str(half) / "config.json").read_text())
        names = safetensors.torch.load_file(tmp_path / str(half) / "generator.safetensors").keys()
        assert not [name for name in names if name.startswith("H.")]
        assert config["weights"]["generator"]["aliases"].keys() == {f"H{name.removeprefix('G')}" for name in names}


def test_a_checkpoint_gives_the_average_or_the_raw_weights(run):
    path = newest(run.files.checkpoints)[0].path
    average, raw = model.from_checkpoint(path), model.from_run(run.folder, raw=True)
    tensors = read(path).tensors
    for generator, kind in ((average, "average"), (raw, "nets")):
        for name, value in generator.state_dict().items():
            assert torch.equal(value, tensors[f"{kind}.{name.removeprefix('nets.')}"])
    assert not torch.equal(average.sample(1).tensor, raw.sample(1).tensor)


def test_the_networks_that_judge_are_read_from_a_checkpoint(run):
    path = newest(run.files.checkpoints)[0].path
    found = model.discriminator_tensors(path, run.setup.architecture)
    tensors = read(path).tensors
    assert found.keys() == {name.removeprefix("nets.") for name in tensors if name.startswith("nets.D.")}
    assert all(torch.equal(value, tensors[f"nets.{name}"]) for name, value in found.items())


def test_a_generator_needs_only_its_own_tensors_whole_and_a_resume_all(run):
    path = newest(run.files.checkpoints)[0].path
    good = model.from_run(run.folder).sample(2).tensor
    damage(path, "nets.D.")
    assert torch.equal(model.from_run(run.folder).sample(2).tensor, good)
    with pytest.raises(CheckpointError, match=r"step-00000003.* is damaged: the tensor 'nets.D"):
        read(path)
    assert newest(run.files.checkpoints)[0].step == 0
    damage(path, "average.G.")
    with pytest.raises(CheckpointError, match=r"step-00000003.* is damaged: the tensor 'average.G"):
        model.from_checkpoint(path)
    assert model.from_checkpoint(path, raw=True).sample(1).tensor.shape == (1, *run.space.shape)
    assert not torch.equal(model.from_run(run.folder).sample(2).tensor, good)  # step 0, the newest that verifies


def damage(path, start):
    """Change a byte of the first tensor whose name begins so."""
    contents = bytearray(path.read_bytes())
    length = int.from_bytes(contents[:8], "little")
    header = json.loads(contents[8 : 8 + length])
    name = min(name for name in header if name.startswith(start))
    contents[8 + length + header[name]["data_offsets"][0]] ^= 1
    path.write_bytes(contents)


def test_weights_of_another_revision_are_refused(run, monkeypatch):
    other = replace(catalogue.load("vanilla-mlp"), revision=2)
    monkeypatch.setattr(catalogue, "load", lambda gan: other)
    message = r"step-00000003.* made with revision 1 of vanilla-mlp, installed is revision 2.*pip install ganzoo=="
    with pytest.raises(CheckpointError, match=message):
        model.from_run(run.folder)
