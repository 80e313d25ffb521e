import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ganzoo.engine.folder import RunFolder, checkpoint_in, create, find
from ganzoo.errors import UsageError


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def a_run(*arguments):
    folder = create(*(arguments or (None, "a-gan", "digits")))
    folder.config.write_text('gan = "a-gan"\n')
    return folder


def test_new_runs_are_numbered_and_the_latest_is_known():
    assert str(a_run().path) == "runs/a-gan-digits-001"
    assert str(a_run().path) == "runs/a-gan-digits-002"
    assert str(a_run(None, "a-gan", "./My Images.zip").path) == "runs/a-gan-my-images-001"
    assert find().path == Path("runs/a-gan-my-images-001")


@pytest.mark.parametrize(
    ("data", "name"),
    [("données", "données"), ("données/photos_2", "photos-2"), ("e\u0301te\u0301.zip", "été"), ("写真", "写真")],
)
def test_letters_of_any_script_are_kept_in_a_run_s_name(data, name):
    assert a_run(None, "a-gan", data).path == Path(f"runs/a-gan-{name}-001") == find().path


def test_numbers_go_on_after_the_greatest():
    Path("runs/a-gan-digits-1041").mkdir(parents=True)
    Path("runs/a-gan-digits-mine").mkdir()
    assert a_run().path.name == "a-gan-digits-1042"


def test_a_number_taken_meanwhile_is_passed_over(monkeypatch):
    a_run()
    monkeypatch.setattr(Path, "glob", lambda *_: iter(()))
    assert a_run().path.name == "a-gan-digits-002"


def test_out_names_the_folder_and_must_not_exist():
    assert a_run("deep/mine", "a-gan", "digits").checkpoints.is_dir()
    assert not Path("runs").exists()
    with pytest.raises(UsageError, match="deep/mine exists already; choose another --out"):
        create("deep/mine", "a-gan", "digits")


def test_where_nothing_can_be_written_is_said():
    Path("file").write_text("")
    with pytest.raises(UsageError, match=r"cannot write to file/mine: Not a directory; type --out FOLDER"):
        create("file/mine", "a-gan", "digits")


@pytest.mark.parametrize(
    "target", ["runs/a-gan-digits-001", "a-gan-digits-001", "runs/a-gan-digits-001/checkpoints/step-1", "latest"]
)
def test_a_run_is_found_by_folder_name_file_and_as_the_latest(target):
    a_run()
    assert find(target).path.resolve() == Path("runs/a-gan-digits-001").resolve()


def test_a_run_that_is_not_there_is_said_with_the_nearest():
    with pytest.raises(UsageError, match="no latest run"):
        find()
    with pytest.raises(UsageError, match="start one"):
        find("mine")
    a_run()
    with pytest.raises(UsageError, match="did you mean 'a-gan-digits-001'"):
        find("a-gan-digits-011")


def test_a_step_that_was_not_saved_is_said_with_those_that_were():
    folder = a_run()
    for step in (10, 20):
        (folder.checkpoints / f"step-{step:08d}.safetensors").write_bytes(b"")
    assert checkpoint_in(folder, 20).name == "step-00000020.safetensors"
    with pytest.raises(UsageError, match="no checkpoint of step 30; there are: 10, 20"):
        checkpoint_in(folder, 30)


def test_what_happened_is_written_and_each_start_kept():
    folder = a_run()
    folder.describe_start(gan="a-gan", from_step=0)
    folder.describe(end="now", exit_reason="done")
    folder.describe_start(gan="a-gan", from_step=5)
    found = json.loads((folder.path / "run.json").read_text())
    assert len(found["starts"]) == 2
    assert found["starts"][0]["argv"] == sys.argv
    assert (found["gan"], found["from_step"], found["end"], found["exit_reason"]) == ("a-gan", 5, None, None)


def test_a_full_disk_costs_a_line_of_the_log_and_nothing_else():
    folder = a_run()
    folder.tell("one")
    os.rename(folder.path / "log.txt", "kept.txt")
    os.symlink("/dev/full", folder.path / "log.txt")
    folder.tell("two")
    (folder.path / "log.txt").unlink()
    os.rename("kept.txt", folder.path / "log.txt")
    folder.tell("three")
    lines = (folder.path / "log.txt").read_text().splitlines()
    assert [line.split(maxsplit=1)[1] for line in lines] == ["one", "three"]


HOLD = """
import sys
from pathlib import Path
from ganzoo.engine.folder import RunFolder
folder = RunFolder(Path(sys.argv[1]))
folder.lock()
print("held", flush=True)
sys.stdin.read()
"""


def test_one_process_has_a_folder_until_it_is_killed():
    folder = a_run()
    command = [sys.executable, "-c", HOLD, str(folder.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "held\n"
        with pytest.raises(UsageError, match="is being trained by another process"):
            folder.lock()
        other.kill()
    folder.lock()
    with pytest.raises(UsageError, match="another process"):
        RunFolder(folder.path).lock()
    folder.unlock()
    RunFolder(folder.path).lock()
