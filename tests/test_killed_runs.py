"""Runs as processes: killed at random moments, stopped by signals, and two in one folder."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest
import torch

from ganzoo.engine.checkpoint import newest, steps_in
from ganzoo.engine.folder import RunFolder

pytestmark = pytest.mark.slow
STEPS = 2000
FLAGS = ["--steps", STEPS, "--batch", 16, "--checkpoint-every", 20, "--threads", 1, "--ema", 0.9, "-o", "width=16"]
KILLS = 8


def program(folder, *arguments):
    """The program as a process in a folder."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "GANZOO_BLOCK_PLUGINS": "log,pictures,probes"}
    command = [sys.executable, "-m", "ganzoo", *map(str, arguments)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, cwd=folder, env=environment, text=True, **pipes)


@pytest.fixture
def started(tmp_path):
    """started(arguments) -> the program as a process in tmp_path; ended at the end of the test."""
    processes = []

    def start(*arguments):
        processes.append(program(tmp_path, *arguments))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def train(started, out):
    return started("train", "vanilla-mlp", *FLAGS, "--out", out)


def last_step(folder):
    return max(steps_in(folder / "checkpoints"), default=-1)


def wait_for_step(process, folder, step):
    """Wait until a checkpoint later than `step` is there, or the process has ended."""
    while process.poll() is None and last_step(folder) <= step:
        time.sleep(0.01)


def tensors(folder):
    return newest(RunFolder(folder).checkpoints)[0].tensors


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The tensors of a run that was left alone."""
    folder = tmp_path_factory.mktemp("undisturbed")
    process = program(folder, "train", "vanilla-mlp", *FLAGS, "--out", "run")
    output = process.communicate()
    assert process.returncode == 0, output
    return tensors(folder / "run")


def same_bits(a, b):
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def test_killed_at_random_moments_and_started_again_gives_the_same_bits(started, tmp_path, undisturbed):
    moments, folder, killed = random.Random(0), tmp_path / "run", 0
    for attempt in range(KILLS):
        process = train(started, "run")
        if attempt:
            wait_for_step(process, folder, last_step(folder))
            time.sleep(moments.uniform(0, 0.15))
        else:
            time.sleep(moments.uniform(0, 1.5))  # while it starts
        before = last_step(folder)
        process.kill()
        killed += process.wait() == -signal.SIGKILL
        assert last_step(folder) >= before
        if last_step(folder) >= 0:
            assert newest(folder / "checkpoints")[0].step >= before
    assert killed >= KILLS // 2
    process = train(started, "run")
    output = process.communicate()
    assert process.returncode == 0, output
    assert same_bits(tensors(folder), undisturbed)
    assert not list((folder / "checkpoints").glob(".*"))


@pytest.mark.parametrize(("kind", "code"), [(signal.SIGTERM, 75), (signal.SIGINT, 130)])
def test_a_signal_stops_a_run_that_can_be_resumed(started, tmp_path, undisturbed, kind, code):
    process = train(started, "run")
    wait_for_step(process, tmp_path / "run", 0)
    process.send_signal(kind)
    output = "".join(process.communicate())
    assert process.returncode == code, output
    assert "go on with: ganzoo resume run" in output
    assert "Traceback" not in output
    assert 0 < last_step(tmp_path / "run") < STEPS
    process = started("resume", "run")
    output = process.communicate()
    assert process.returncode == 0, output
    assert same_bits(tensors(tmp_path / "run"), undisturbed)


def test_a_second_process_is_refused_the_folder(started, tmp_path):
    first = started("train", "vanilla-mlp", *FLAGS, "--steps", 10**7, "--out", "run")
    wait_for_step(first, tmp_path / "run", 0)
    second = started("resume", "run")
    output = "".join(second.communicate())
    assert second.returncode == 2, output
    assert "run is being trained by another process; wait for it, or stop it" in output
    assert "Traceback" not in output
    assert first.poll() is None
