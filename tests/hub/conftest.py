"""What tests of the hub share: a published model of a few bytes, and a forger who makes all of its hashes agree."""

import json
import shutil
from contextlib import suppress

import pytest
import safetensors
import safetensors.torch
import torch

import ganzoo
from ganzoo import catalogue
from ganzoo.engine import layout
from ganzoo.engine.files import pack
from ganzoo.engine.generator import Generator
from ganzoo.engine.model import write_manifest, write_model

SPACE = ganzoo.Space(kind="image", shape=(1, 8, 8), classes=("zero", "one"))


@pytest.fixture(scope="session")
def generator():
    architecture = catalogue.load("vanilla-mlp")
    config = architecture.config(width=8, latent_dim=4)
    torch.manual_seed(0)
    modules = architecture.networks(config, SPACE)
    return Generator("vanilla-mlp", architecture, config, SPACE, {"G": modules["G"]}).eval()


@pytest.fixture(scope="session")
def published(generator, tmp_path_factory):
    """A model's folder that is only read."""
    folder = tmp_path_factory.mktemp("published")
    plugin = {**catalogue.entry("vanilla-mlp").identity, "revision": 1}
    write_model(folder, generator, plugin, {"dataset": "digits", "steps": 3, "seed": 0})
    return folder


@pytest.fixture
def model(published, tmp_path, monkeypatch):
    """A copy of it, for a test to damage, in the folder that the test runs in."""
    monkeypatch.chdir(tmp_path)
    return shutil.copytree(published, tmp_path / "model")


@pytest.fixture
def forge(model):
    """forge(config=..., tensors=..., metadata=...) -> the model with these changed by a function, hashes and all."""

    def change(config=lambda values: values, tensors=lambda values: values, metadata=lambda values: values):
        path = model / layout.GENERATOR
        values = json.loads((model / layout.CONFIG).read_text())
        values = config(values) or values
        with safetensors.safe_open(path, framework="pt") as file:
            said = file.metadata()
        with suppress(KeyError, TypeError):  # else the config is refused before the weights are looked at
            said["config_sha256"] = layout.identity(values)
        found = safetensors.torch.load_file(path)
        found = tensors(found) or found
        contents = b"".join(pack(found, metadata(said) or said))
        path.write_bytes(contents)
        if isinstance(values.get("weights"), dict) and "generator" in values["weights"]:
            values["weights"]["generator"]["sha256"] = layout.Pin.of(contents).sha256
        return repin(model, {layout.CONFIG: json.dumps(values).encode()})

    return change


@pytest.fixture
def plant(model):
    """plant(name, contents) -> the model with a file of these contents, which the manifest agrees with."""
    return lambda name, contents: repin(model, {name: contents})


def repin(folder, contents):
    for name, new in contents.items():
        (folder / name).write_bytes(new)
    names = (layout.CONFIG, layout.GENERATOR)
    write_manifest(folder, {name: layout.Pin.of((folder / name).read_bytes()) for name in names})
    return folder
