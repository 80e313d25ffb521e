"""Runs of several processes as a user starts them: killed, stopped, and gone on with by another number of them."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from ganzoo.engine.checkpoint import newest, read, steps_in

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="reads /proc")]

GANZOO = [sys.executable, "-m", "ganzoo"]
RUN = ["train", "lsgan", "--steps", "120", "--shards", "3", "--checkpoint-every", "10", "-o", "width=4", "-q"]
RUN += ["--keep", "99"]


@pytest.fixture(scope="module")
def start():
    """start(folder, *command) -> a Popen in that folder, on one thread, without observers."""
    known = {k: v for k, v in os.environ.items() if not k.startswith(("TORCHELASTIC", "RANK", "WORLD_SIZE"))}
    quiet = {"OMP_NUM_THREADS": "1", "GANZOO_BLOCK_PLUGINS": "log,pictures,probes"}

    def started(folder, *command):
        return subprocess.Popen(
            command, cwd=folder, env=known | quiet, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    return started


@pytest.fixture(scope="module")
def undisturbed(start, tmp_path_factory):
    """The last checkpoint's tensors of one process that plays all shards and is left alone."""
    folder = tmp_path_factory.mktemp("undisturbed")
    process = start(folder, *GANZOO, *RUN, "--out", "run")
    _, err = process.communicate()
    assert process.returncode == 0, err
    return newest(folder / "run" / "checkpoints")[0].tensors


def reached(checkpoints, step, process):
    """Wait for a checkpoint of that step or later."""
    while max(steps_in(checkpoints), default=-1) < step:
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.02)


def of_rank(rank, parent):
    """The process of that rank that `parent` has started."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = dict(word.split("=", 1) for word in (entry / "environ").read_text().split("\0") if "=" in word)
            ancestor = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
        except (OSError, UnicodeDecodeError):
            continue
        if words.get("RANK") == str(rank) and ancestor == parent:
            return int(entry.name)
    raise AssertionError(f"no process of rank {rank}")


def assert_same_bits(folder, expected):
    found = newest(folder / "checkpoints")[0]
    assert found.step == 120
    assert [name for name, tensor in expected.items() if not torch.equal(tensor, found.tensors[name])] == []


def test_a_killed_process_is_started_again_with_the_others_and_the_bits_are_the_same(start, undisturbed, tmp_path):
    process = start(tmp_path, *GANZOO, *RUN, "--processes", "3")
    run = tmp_path / "runs" / "lsgan-digits-001"
    reached(run / "checkpoints", 20, process)
    os.kill(of_rank(1, process.pid), signal.SIGKILL)
    _, err = process.communicate()
    assert process.returncode == 0, err
    assert "a process was ended by signal 9; starting all 3 again" in err
    assert [path.name for path in (tmp_path / "runs").iterdir() if path.is_dir()] == ["lsgan-digits-001"]
    assert_same_bits(run, undisturbed)


def test_torchrun_starts_a_killed_leader_again(start, undisturbed, tmp_path):
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    process = start(tmp_path, *torchrun, "--max-restarts", "2", "-m", "ganzoo", *RUN)
    run = tmp_path / "runs" / "lsgan-digits-001"
    reached(run / "checkpoints", 20, process)
    os.kill(of_rank(0, process.pid), signal.SIGKILL)
    _, err = process.communicate()
    assert process.returncode == 0, err
    assert_same_bits(run, undisturbed)


def test_sigterm_to_what_started_them_is_told_in_one_line(start, tmp_path):
    process = start(tmp_path, *GANZOO, *RUN, "--processes", "2", "--out", "run")
    reached(tmp_path / "run" / "checkpoints", 10, process)
    process.terminate()
    _, err = process.communicate()
    assert process.returncode == 75
    stopped = max(steps_in(tmp_path / "run" / "checkpoints"))
    assert err.splitlines() == [f"stopped at step {stopped} of 120; go on with: ganzoo resume run"]


def test_sigterm_to_one_process_stops_all_at_one_step_and_another_number_goes_on(start, undisturbed, tmp_path):
    process = start(tmp_path, *GANZOO, *RUN, "--processes", "3", "--out", "run")
    checkpoints = tmp_path / "run" / "checkpoints"
    reached(checkpoints, 20, process)
    os.kill(of_rank(2, process.pid), signal.SIGTERM)
    _, err = process.communicate()
    assert process.returncode == 75, err
    stopped = max(steps_in(checkpoints))
    assert err.splitlines() == [f"stopped at step {stopped} of 120; go on with: ganzoo resume run"]
    assert len(steps_in(checkpoints)) == 1 + stopped // 10 + (stopped % 10 > 0)  # one of the step where all stopped
    assert read(steps_in(checkpoints)[stopped]).values["shards"] == 3
    process = start(tmp_path, *GANZOO, "resume", "run", "--processes", "2", "-q")
    _, err = process.communicate()
    assert process.returncode == 0, err
    assert_same_bits(tmp_path / "run", undisturbed)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["--data", "./no"], "--data ./no: no such file or folder; type a path that exists, or --data digits"),
        (["-o", "lr=fast"], "option lr='fast': expected float, for example lr=0.0002"),
        (["--batch", "2"], "--batch 2 in 3 shards: each has at least one sample; type --batch 3"),
        (["--batch", "2000"], "digits has 1,797 samples, fewer than a batch of 2,000; type --batch 1797"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(start, tmp_path, asked, said):
    process = start(tmp_path, *GANZOO, *RUN, "--processes", "2", *asked)
    _, err = process.communicate()
    assert process.returncode == 2
    assert err == f"error: {said}\n"


def test_what_all_processes_have_to_say_is_said_once(start, installed, tmp_path):
    raising = (
        "    if Path('run/checkpoints/step-00000003.safetensors').exists():\n        raise ValueError('no more')\n"
    )
    source = installed.good.replace("import ganzoo\n", "from pathlib import Path\n\nimport ganzoo\n", 1)
    source = source.replace("    real, fake =", f"{raising}    real, fake =")
    (tmp_path / "raising.py").write_text(source)
    command = ["train", "raising.py", "--steps", "9", "--checkpoint-every", "3", "--out", "run", "-q"]
    process = start(tmp_path, *GANZOO, *command, "--processes", "3")
    _, err = process.communicate()
    assert process.returncode == 1
    assert err.count("Traceback") == err.count("ValueError: no more") == 1
    assert err.count("error: player 'value' raised ValueError at step 3\n") == 1


def test_a_dry_run_is_told_by_one(start, tmp_path):
    process = start(tmp_path, *GANZOO, "train", "lsgan", "-o", "width=4", "--dry-run", "--processes", "2")
    out, err = process.communicate()
    assert (process.returncode, err) == (0, "")
    lines = out.splitlines()
    assert [line.partition(" ")[0] for line in lines].count("memory") == 1
    assert "MiB on cpu in each of 2 processes, the most that a trial took; " in out
    assert not {path.name for path in tmp_path.iterdir()}


def test_a_mistake_under_torchrun_is_said_once(start, tmp_path):
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    process = start(tmp_path, *torchrun, "-m", "ganzoo", "train", "lsgan", "--stesp", "3")
    _, err = process.communicate()
    assert process.returncode == 1
    assert err.count("error: no flag --stesp") == 1
