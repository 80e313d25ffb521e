import json
import multiprocessing
import shutil
from pathlib import Path

import pytest

from ganzoo.engine.layout import Pin
from ganzoo.errors import ModelError, UsageError
from ganzoo.hub import zoo


@pytest.fixture
def path(tmp_path):
    return tmp_path / "zoo" / "me" / "gan"


def other(model):
    (model / "README.md").write_text("another")
    return model


def test_a_revision_is_found_by_its_name_its_tag_or_as_the_newest(path, model):
    first = zoo.put(model, path, "v1")
    second = zoo.put(other(model), path)
    assert len(first) == 40
    assert first != second
    assert zoo.revision_folder(path, "").name == second
    assert zoo.revision_folder(path, "v1").name == zoo.revision_folder(path, first).name == first
    assert (zoo.revision_folder(path, "") / "README.md").read_text() == "another"
    assert not (zoo.revision_folder(path, first) / "README.md").exists()


def test_the_same_files_are_the_same_revision(path, model):
    assert zoo.put(model, path) == zoo.put(model, path, "v1")
    assert len(list((path / "revisions").iterdir())) == 1
    assert zoo.shelf(path).tags.keys() == {"v1"}


def test_a_folder_of_other_things_is_no_place_for_a_model(path, model):
    zoo.put(model, path)
    with pytest.raises(UsageError, match=r"zoo/me is a folder of other things; type file:.*zoo/me/me/my-gan for a new"):
        zoo.put(model, path.parent)
    assert [found.name for found in path.parent.iterdir()] == ["gan"]


def test_only_a_models_files_are_copied(path, model):
    (model / ".env").write_text("HF_TOKEN=hf_secret")
    (model / "id_rsa").symlink_to("/etc/passwd")
    revision = zoo.put(model, path)
    assert {found.name for found in (path / "revisions" / revision).iterdir()} == {
        "config.json", "generator.safetensors", "manifest.json"
    }  # fmt: skip


def test_files_are_held_to_their_pins(path, model):
    pins = {found.name: Pin.found(found) for found in model.iterdir()}
    assert zoo.put(model, path, pins=pins) == zoo.put(model, path)
    weights = model / "generator.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"?")
    with pytest.raises(ModelError, match=r"generator\.safetensors has the sha256 .*: it is damaged"):
        zoo.put(model, path, pins=pins)
    assert len(list((path / "revisions").iterdir())) == 1


def test_a_tag_is_never_moved(path, model):
    zoo.put(model, path, "v1")
    with pytest.raises(UsageError, match=r"has a tag v1 already, of revision .*; choose another"):
        zoo.put(other(model), path, "v1")
    with pytest.raises(UsageError, match="is no tag"):
        zoo.put(model, path, "../x")


def test_what_is_not_there_is_said(path, model):
    with pytest.raises(UsageError, match=r"no model in a local zoo at .*; ganzoo publish RUN file:"):
        zoo.revision_folder(path, "")
    revision = zoo.put(model, path, "v1")
    with pytest.raises(UsageError, match=r"no model in a local zoo at .*gna; did you mean 'gan'"):
        zoo.revision_folder(path.with_name("gna"), "")
    with pytest.raises(UsageError, match=r"has no revision v2; did you mean 'v1'|known:"):
        zoo.revision_folder(path, "v2")
    with pytest.raises(UsageError, match=r"has no revision ../../x"):
        zoo.revision_folder(path, "../../x")
    shutil.rmtree(path / "revisions" / revision)
    with pytest.raises(UsageError, match=rf"has no revision {revision}"):
        zoo.revision_folder(path, "")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ("[]", "should be a table"),
        ("{", "is not JSON"),
        ('{"format": 9, "newest": ""}', "format is 9"),
        ('{"format": 1, "newest": "../../x"}', "newest is ../../x"),
        (json.dumps({"format": 1, "newest": "0" * 40, "tags": {"v1": "../.."}}), "tags has v1"),
    ],
)
def test_an_index_that_is_wrong(path, model, values, message):
    zoo.put(model, path)
    (path / "zoo.json").write_text(values)
    with pytest.raises(ModelError, match=message):
        zoo.revision_folder(path, "")


def test_a_failure_on_the_way_leaves_the_zoo_as_it_was(path, model, monkeypatch):
    first = zoo.put(model, path)
    calls = []

    def fail(source, target):
        calls.append(target)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        return real(source, target)

    real = shutil.copyfile
    monkeypatch.setattr(shutil, "copyfile", fail)
    with pytest.raises(UsageError, match=r"cannot write to .*: No space left on device"):
        zoo.put(other(model), path)
    assert [found.name for found in (path / "revisions").iterdir()] == [first]
    assert zoo.revision_folder(path, "").name == first


def test_what_a_killed_process_left_behind_is_cleaned_up(path, model):
    (path / "revisions" / ".partial-x" / "files").mkdir(parents=True)
    revision = zoo.put(model, path)
    assert [found.name for found in (path / "revisions").iterdir()] == [revision]


def publish(arguments):
    return zoo.put(Path(arguments[0]), Path(arguments[1]))


@pytest.mark.slow
def test_two_processes_publish_at_once(path, model, tmp_path):
    folders = []
    for number in range(6):
        folders.append(shutil.copytree(model, tmp_path / str(number)))
        (folders[-1] / "README.md").write_text(str(number % 3))
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        revisions = pool.map(publish, [(str(folder), str(path)) for folder in folders])
    assert {found.name for found in (path / "revisions").iterdir()} == set(revisions)
    assert len(set(revisions)) == 3
    assert zoo.shelf(path).newest in revisions
