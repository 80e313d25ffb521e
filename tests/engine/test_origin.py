"""One-file plugins: a run knows its file by hash, and goes on with no other unless told so."""

import json
import shutil
from pathlib import Path

import pytest

import ganzoo as package
from ganzoo import catalogue
from ganzoo.engine.checkpoint import newest
from ganzoo.engine.folder import RunFolder
from ganzoo.engine.layout import Pin
from ganzoo.engine.model import write_manifest
from ganzoo.engine.origin import file_of, recorded
from ganzoo.errors import CheckpointError, ModelError

RUN = "runs/my-gan-digits-001"


@pytest.fixture
def trained(ganzoo, installed):
    """The tiny GAN as a file in the working folder, trained for two steps by the program."""
    Path("my_gan.py").write_text(installed.good)
    assert ganzoo("train", "./my_gan.py", "--steps", "2", "-q")[:2] == (0, f"{RUN}\n")
    return Path("my_gan.py")


def change(path):
    path.write_text(path.read_text().replace("lr=1e-3", "lr=2e-3"))


def test_a_run_records_the_files_name_and_hash_and_not_its_folder(trained):
    found = catalogue.typed("my_gan.py")
    expected = {"name": "my-gan", "distribution": "", "version": "", "file": "my_gan.py", "sha256": found.sha256}
    checkpoint, model = newest(Path(RUN, "checkpoints"))[0], Path(RUN, "model", "config.json").read_text()
    assert checkpoint.values["plugin"] == {**expected, "revision": 1}
    assert json.loads(model)["plugin"] == {**expected, "revision": 1}
    assert str(trained.absolute()) not in model


def test_a_run_finds_its_file_from_anywhere(ganzoo, trained, tmp_path, monkeypatch):
    run = Path(RUN).absolute()
    monkeypatch.chdir(tmp_path)
    assert ganzoo("resume", run, "--steps", "4", "-q")[0] == 0
    assert ganzoo("sample", run, "-n", "4", "-q")[0] == 0
    assert ganzoo("evaluate", run, "-n", "500", "--metric", "frechet", "--extractor", "raw", "-q")[0] == 0


@pytest.mark.parametrize("command", [("resume",), ("resume", RUN, "--steps", "9"), ("sample",), ("evaluate",)])
def test_a_file_that_is_gone_or_changed_is_refused_in_one_line(ganzoo, trained, command):
    before = {path: path.stat().st_mtime_ns for path in Path("runs").rglob("*") if path.is_file()}
    change(trained)
    code, _, err = ganzoo(*command)
    assert code == 2
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert "was made by the file 'my_gan.py' (sha256 " in err
    assert f"{trained.absolute()} has changed since (sha256 " in err
    assert err.endswith(f"or go on with the new one: --plugin {trained.absolute()}\n")
    trained.unlink()
    code, _, err = ganzoo(*command)
    assert (code, err.count("\n")) == (2, 1)
    assert f"{trained.absolute()} is gone; bring it back, or say where it is now: --plugin FILE" in err
    assert before == {path: path.stat().st_mtime_ns for path in Path("runs").rglob("*") if path.is_file()}


def test_a_changed_file_is_accepted_when_it_is_named_and_then_is_the_runs(ganzoo, trained):
    change(trained)
    moved = trained.rename("elsewhere.py").rename("my_gan.py")
    assert ganzoo("publish", "latest", "file:./zoo/me/my-gan")[0] == 2
    code, out, _ = ganzoo("publish", "latest", "file:./zoo/me/my-gan", "--plugin", moved, "-q")
    assert code == 0
    assert ganzoo("sample", out.strip(), "-n", "4", "--plugin", moved, "-q", "--out", "four.png")[0] == 0
    assert ganzoo("sample", "-n", "4", "--plugin", moved, "-q")[0] == 0
    assert ganzoo("resume", "--steps", "4", "--plugin", moved, "-q")[0] == 0
    assert ganzoo("resume", "--steps", "6", "-q")[0] == 0
    saved = newest(Path(RUN, "checkpoints"))[0]
    assert (saved.step, saved.values["plugin"]["sha256"]) == (6, catalogue.typed("my_gan.py").sha256)


def test_a_plugin_of_another_name_is_not_gone_on_with(ganzoo, trained):
    code, _, err = ganzoo("resume", "--steps", "4", "--plugin", "vanilla-mlp")
    assert code == 2
    assert "is a checkpoint of my-gan, not of vanilla-mlp" in err
    assert ganzoo("resume", "--steps", "4", "-q")[0] == 0


def test_the_same_folder_is_gone_on_with_only_by_the_same_file(ganzoo, installed):
    Path("my_gan.py").write_text(installed.good)
    command = ["train", "my_gan.py", "--steps", "2", "--out", "mine", "-q"]
    assert ganzoo(*command)[0] == 0
    assert ganzoo(*command)[0] == 0
    change(Path("my_gan.py"))
    code, _, err = ganzoo(*command)
    assert code == 2
    assert "has changed since" in err


def test_a_model_never_says_which_file_to_run(trained):
    with pytest.raises(CheckpointError, match=r"made by the file 'my_gan.py' .* not installed; say where it is: --pl"):
        package.load(Path(RUN, "model"))
    assert package.load(Path(RUN, "model"), plugin="my_gan.py").sample(2).tensor.shape == (2, 1, 8, 8)
    config = Path(RUN, "model", "config.json")
    for name in ("./my_gan.py", str(trained.absolute())):
        values = json.loads(config.read_text())
        values["plugin"] = {"name": name, "revision": 1}
        config.write_text(json.dumps(values))
        pins = {path.name: Pin.of(path.read_bytes()) for path in (config, config.with_name("generator.safetensors"))}
        write_manifest(config.parent, pins)
        with pytest.raises(ModelError, match=r"plugin: name is .*, expected"):
            package.load(Path(RUN, "model"))


def test_a_run_that_brings_its_own_file_does_not_run_it(ganzoo, trained):
    inside = Path(RUN, "my_gan.py")
    shutil.copy(trained, inside)
    folder = RunFolder(Path(RUN))
    assert file_of(folder) == str(trained.absolute())
    for path in (inside, inside.absolute(), Path("runs/../runs/my-gan-digits-001/my_gan.py").absolute()):
        folder.config.write_text(f'gan = "{path}"\ndata = "digits"\n')
        assert file_of(folder) == ""
    code, _, err = ganzoo("sample")
    assert code == 2
    assert "say where it is: --plugin FILE" in err


def test_the_same_file_that_has_been_packaged_since_is_found_by_its_name(trained, installed):
    values = newest(Path(RUN, "checkpoints"))[0].values["plugin"]
    with pytest.raises(CheckpointError):
        recorded(values, "a model")
    installed.add("my-gan", installed.good)
    assert recorded(values, "a model").distribution == "ganzoo-my-gan"


def test_another_plugin_of_the_files_name_is_not_taken_for_it(trained, installed):
    values = newest(Path(RUN, "checkpoints"))[0].values["plugin"]
    installed.add("my-gan", installed.good + "\n")
    with pytest.raises(CheckpointError, match="not installed"):
        recorded(values, "a model")


def test_show_and_config_read_a_file_too(ganzoo, trained):
    out = ganzoo("show", "my_gan.py")[1]
    assert out.startswith(f"my-gan  ({trained.absolute()})\n")
    assert "-o latent_dim=4" in out
    assert "options.latent_dim" in ganzoo("config", "my_gan.py")[1]
    code, _, err = ganzoo("train", "my_gan.py", "-o", "latent_dmi=3", "--data", "mnits")
    assert code == 2
    assert "unknown option -o latent_dmi of my-gan; did you mean 'latent_dim'?" in err
    assert ganzoo("train", "their_gan.py")[::2] == (
        2, "error: there is no file their_gan.py to read; name a plugin's file, or a GAN of `ganzoo list`\n",
    )  # fmt: skip
