from dataclasses import replace
from pathlib import Path

import pytest

import ganzoo
from ganzoo.engine.layout import Pin
from ganzoo.errors import ModelError
from ganzoo.hub.address import Folder, Listed, resolve
from ganzoo.hub.fetch import fetched
from ganzoo.hub.listed import Model


@pytest.fixture
def listed(model):
    """A model of a registry, in a folder that came with it."""
    pins = {path.name: Pin.found(path) for path in model.iterdir()}
    return Model(name="vanilla-mlp.mine", plugin="vanilla-mlp", license="mit", dataset="digits", path=model, files=pins)


@pytest.fixture
def told():
    return []


def test_a_listed_model_is_held_to_the_registry_and_not_to_its_own_manifest(listed, told, forge):
    assert fetched(Listed(listed), told.append).folder == listed.path
    forge(tensors=lambda tensors: {name: value + 1 for name, value in tensors.items()})
    assert fetched(Folder(listed.path), told.append).folder == listed.path  # it agrees with itself
    with pytest.raises(ModelError, match=r"has the sha256 .*, the registry says .*: it is damaged or was changed"):
        fetched(Listed(listed), told.append)
    assert not told


def test_what_is_deprecated_works_with_a_line(listed, told):
    old = replace(listed, status="deprecated", reason="blurred", replaced_by="dcgan.digits")
    fetched(Listed(old), told.append)
    assert told == ["vanilla-mlp.mine is deprecated: blurred; use dcgan.digits"]


def test_what_was_taken_back_is_refused_unless_it_is_asked_for(listed, told):
    yanked = replace(listed, status="yanked", reason="trained on the wrong data")
    with pytest.raises(ModelError, match=r"was taken back: trained on the wrong data; ganzoo download --allow-yanked"):
        fetched(Listed(yanked), told.append)
    assert fetched(Listed(yanked), told.append, allow_yanked=True).folder == listed.path


@pytest.mark.parametrize(("versions", "fits"), [(">=99", False), ("<0.0.1", False), (">=0.1", True), ("", True)])
def test_a_plugin_that_is_too_old_or_too_new(listed, told, versions, fits):
    model = replace(listed, plugin_requires=versions)
    if fits:
        fetched(Listed(model), told.append)
    else:
        with pytest.raises(ModelError, match=rf'needs vanilla-mlp of ganzoo{versions}.*pip install "ganzoo{versions}"'):
            fetched(Listed(model), told.append)


def test_a_damaged_registry_does_not_stop_what_needs_none(model, monkeypatch, tmp_path):
    (tmp_path / "bad.toml").write_text("schema = ")
    monkeypatch.setenv("GANZOO_REGISTRY", str(tmp_path / "bad.toml"))
    assert ganzoo.load(model).name == "vanilla-mlp"
    with pytest.raises(ganzoo.GanzooError, match=r"bad.toml is not TOML"):
        resolve("me/gan")


def test_a_folder_that_changed_after_it_was_named(model, told):
    (model / "manifest.json").unlink()
    with pytest.raises(ModelError, match=r"it has no manifest.json"):
        fetched(Folder(Path(model)), told.append)
