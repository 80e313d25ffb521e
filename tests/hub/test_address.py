from pathlib import Path

import pytest

from ganzoo.errors import UsageError
from ganzoo.hub import zoo
from ganzoo.hub.address import Checkpoint, Folder, InZoo, Listed, OnHub, Run, free_path, resolve, run_of

FILES = '"config.json" = {{ sha256 = "{0}", size = 1 }}\n"generator.safetensors" = {{ sha256 = "{0}", size = 1 }}\n'
REGISTRY = f"""
schema = 1
[models."tiny.here"]
path = "here"
plugin = "tiny"
license = "mit"
dataset = "digits"
[models."tiny.here".files]
{FILES.format("a" * 64)}
[models."tiny.there"]
repo = "me/tiny"
revision = "{"3" * 40}"
plugin = "tiny"
license = "mit"
dataset = "digits"
[models."tiny.there".files]
{FILES.format("b" * 64)}
[aliases]
there = "tiny.there"
"""


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch, published):
    """A folder with two runs, a model, a zoo and a registry of one's own."""
    for name in ("one", "two"):
        (tmp_path / "runs" / name / "checkpoints").mkdir(parents=True)
        (tmp_path / "runs" / name / "config.toml").touch()
    (tmp_path / "runs" / "latest").write_text("two\n")
    (tmp_path / "runs" / "two" / "checkpoints" / "step-00000003.safetensors").touch()
    (tmp_path / "model").symlink_to(published)
    (tmp_path / "pictures" / "mine").mkdir(parents=True)
    (tmp_path / "pictures" / "mine" / "pytorch_model.bin").touch()
    (tmp_path / "mine.toml").write_text(REGISTRY)
    monkeypatch.setenv("GANZOO_REGISTRY", str(tmp_path / "mine.toml"))
    monkeypatch.chdir(tmp_path)
    zoo.put(published, tmp_path / "zoo" / "me" / "gan", "v1")


def test_each_form_means_one_thing():
    checkpoint = "runs/two/checkpoints/step-00000003.safetensors"
    assert resolve("latest") == Run(Path("runs/two"))
    assert resolve("one") == resolve("runs/one") == resolve(Path("runs/one")) == Run(Path("runs/one"))
    assert resolve("runs/one/config.toml") == Run(Path("runs/one"))
    assert resolve(checkpoint) == Checkpoint(Path(checkpoint))
    assert resolve("model") == resolve("./model") == Folder(Path("model"))
    assert resolve("file:./zoo/me/gan") == resolve("zoo/me/gan") == InZoo(Path("zoo/me/gan"), "")
    assert resolve("file:zoo/me/gan@v1") == resolve("./zoo/me/gan@v1") == InZoo(Path("zoo/me/gan"), "v1")
    assert resolve("zoo/me/gan", "v1") == InZoo(Path("zoo/me/gan"), "v1")
    assert resolve(f"file://{Path.cwd()}/zoo/me/gan") == InZoo(Path.cwd() / "zoo/me/gan", "")
    assert resolve("tiny.here").model.name == "tiny.here"
    assert resolve("there").model.name == resolve("tiny.there", "3" * 40).model.name == "tiny.there"
    assert isinstance(resolve("there"), Listed)
    assert resolve("me/gan") == OnHub("me/gan", "")
    assert resolve("me/gan@v1") == resolve("me/gan", "v1") == OnHub("me/gan", "v1")
    assert resolve("me/gan@refs/pr/1") == OnHub("me/gan", "refs/pr/1")


def test_what_is_on_disk_comes_before_names():
    Path("there").mkdir()  # nothing of ours, so the registry's alias means what it says
    assert isinstance(resolve("there"), Listed)
    Path("me").mkdir()
    Path("me/gan").symlink_to(Path("model").resolve())
    assert resolve("me/gan") == Folder(Path("me/gan"))


NOTHING = {
    "./gone": "no run or model at './gone'; did you mean 'one'",
    "runs/gone": "no run or model at 'runs/gone'",
    "../me/gan": "no run or model at '../me/gan'",
    "/me/gan": "no run or model at '/me/gan'",
    "~nosuchuser/me": "no run or model at '~nosuchuser/me'",
    "~/me/gan": "no run or model at '~/me/gan'",
    "me\\gan": "no run or model at",
    "C:/me": "no run or model at 'C:/me'",
    "me/gan/": "no run or model at 'me/gan/'",
    "generator.safetensors": "no run or model at 'generator.safetensors'",
    "pictures/mine": r"pictures/mine is a folder with pytorch_model.bin in it, .*; pytorch_model.bin is a pickle",
    "a/b/c": "no run or model 'a/b/c'; known: .*one",
    "tiny.her": "no run or model 'tiny.her'; did you mean 'tiny.here'",
    "https://x.org/me/gan": "no run or model 'https://x.org/me/gan'",
    "me/..": "no run or model 'me/..'",
    "there@v1": "there is one fixed revision, .*; type: me/tiny@v1",
    "tiny.here@v1": "tiny.here is one fixed revision, which is what the registry is for$",
    "me/gan@": "'' is no revision; it is a branch",
    "me/gan@a..b": "a..b is no revision",
    "latest@v1": "no run or model 'latest@v1'",
    "file:": "file: names no folder",
    "file://host/x": "file://host/x names another machine",
}


@pytest.mark.parametrize("text", NOTHING)
def test_what_means_nothing_is_said_and_never_reaches_the_hub(text):
    with pytest.raises(UsageError, match=NOTHING[text]):
        resolve(text)


def test_a_path_is_never_a_name():
    with pytest.raises(UsageError, match="no run or model at 'me/gan'"):
        resolve(Path("me/gan"))
    with pytest.raises(UsageError, match="no run or model at 'there'"):
        resolve(Path("there"))


def test_revisions_of_what_has_none_are_refused():
    for target in ("runs/one", "model", "one", "latest"):
        with pytest.raises(UsageError, match="has no revisions; leave out v1"):
            resolve(target, "v1")
    with pytest.raises(UsageError, match="names a revision already; leave out --revision v2"):
        resolve("me/gan@v1", "v2")


def test_the_run_that_a_target_lies_in():
    assert run_of("latest").path == Path("runs/two")
    assert run_of("runs/two/checkpoints/step-00000003.safetensors").path == Path("runs/two")
    assert run_of("there") is run_of("zoo/me/gan") is run_of("me/gan") is None


def test_a_free_path_is_in_the_run_or_here():
    assert free_path("latest", "sample", ".png") == Path("runs/two/sample-001.png")
    Path("runs/two/sample-001.png").touch()
    assert free_path("runs/two", "sample", ".png") == Path("runs/two/sample-002.png")
    Path("sample-001").mkdir()
    assert free_path("there", "sample") == Path("sample-002")
