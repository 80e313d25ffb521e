import hashlib
from dataclasses import replace

import pytest

from ganzoo.hub import registry
from ganzoo.hub.checking import broken_models, mistakes_in

LISTED = """
schema = 1
[models."dcgan.mine"]
path = "weights"
plugin = "dcgan"
license = "mit"
dataset = "digits"
[models."dcgan.mine".files]
"""


@pytest.fixture
def shelf(tmp_path):
    """A registry, as text, with one model in a folder beside it; and what reads it."""
    folder, text = tmp_path / "weights", LISTED
    folder.mkdir()
    for name in ("config.json", "generator.safetensors"):
        (folder / name).write_text(name)
        text += f'"{name}" = {{ sha256 = "{hashlib.sha256(name.encode()).hexdigest()}", size = {len(name)} }}\n'
    return text, lambda changed: registry.parse(changed.encode(), "mine.toml", tmp_path)


def test_files_that_are_not_as_listed_are_named(shelf, tmp_path):
    found, weights = shelf[1](shelf[0]), tmp_path / "weights" / "generator.safetensors"
    assert mistakes_in(found) == []
    weights.write_text("Generator.safetensors")
    (said,) = mistakes_in(found)
    assert said.startswith(f"models.dcgan.mine: {weights} has the sha256")
    weights.write_text("version https://git-lfs.github.com/spec/v1")
    (said,) = mistakes_in(found)
    assert "has 42 bytes, the registry says 21: it is a git-LFS pointer" in said
    weights.unlink()
    (said,) = mistakes_in(found)
    assert "cannot be read: No such file" in said


def test_order_and_unknown_plugins_are_said(shelf):
    text, read = shelf
    more = '\n[plugins.b]\ndistribution="b"\n[plugins.a]\ndistribution="a"'
    assert mistakes_in(read(text.replace("dcgan", "nowhere") + more)) == [
        "plugins should be in the order of their names: a, b",
        "models.nowhere.mine: plugin nowhere is not installed nor in [plugins]",
    ]


def test_models_are_drawn_from_and_those_that_cannot_be_are_named(shelf):
    found, drawn, told = shelf[1](shelf[0]), [], []
    good = registry.read().find("vanilla-mlp.digits")
    found = replace(found, models={**found.models, good.name: good})
    (said,) = broken_models(found, drawn.append, told.append)
    assert said.startswith("models.dcgan.mine: ")
    assert (drawn, told) == (["vanilla-mlp.digits: Samples(1 x image 1x28x28)"], [])
    bad = replace(found.models["dcgan.mine"], status="yanked")
    assert broken_models(replace(found, models={bad.name: bad}), drawn.append, told.append) == []
