import json
import re
import subprocess
import sys

import numpy as np
import pytest
import safetensors.torch
import torch

from ganzoo.engine import checkpoint
from ganzoo.errors import CheckpointError

VALUES = {"plugin": {"name": "a-gan", "revision": 1}, "config": {"lr": 1e-4}}


def state(step=1):
    weight = torch.arange(12.0).view(3, 4) + step
    return {
        "nets.G.weight": weight,
        "nets.D.weight": weight,  # tied
        "nets.D.transposed": torch.arange(9.0).view(3, 3).t(),
        "nets.D.count": torch.tensor(step),
        "nets.D.half": torch.tensor([1.5, -2.0], dtype=torch.bfloat16),
        "nets.D.flag": torch.tensor([True, False]),
        "nets.D.empty": torch.zeros(0, 3),
        "nets.D.image": torch.randn(2, 3, 4, 4).to(memory_format=torch.channels_last),
    }


def test_a_round_trip_gives_every_tensor_and_value_back(tmp_path):
    saved = state()
    path = checkpoint.save(tmp_path, 7, saved, VALUES)
    found = checkpoint.read(path)
    assert path.name == "step-00000007.safetensors"
    assert found.step == 7
    assert {key: found.values[key] for key in VALUES} == VALUES
    assert found.tensors.keys() == saved.keys()
    for name, tensor in saved.items():
        assert torch.equal(found.tensors[name], tensor), name
        assert found.tensors[name].dtype == tensor.dtype


def test_tied_tensors_are_stored_once_and_views_of_one_memory_apart(tmp_path):
    square = torch.arange(9.0).view(3, 3)
    path = checkpoint.save(tmp_path, 1, {"a": square, "b": square, "c": square.clone().t()}, {})
    assert set(safetensors.torch.load_file(path)) == {"a", "c"}
    crossed = checkpoint.save(tmp_path, 2, {"a": square, "c": square.t()}, {})
    assert torch.equal(checkpoint.read(crossed).tensors["c"], square.t())


@pytest.fixture
def folder(tmp_path):
    checkpoint.save(tmp_path, 1, state(1), VALUES)
    checkpoint.save(tmp_path, 2, state(2), VALUES)
    return tmp_path


def check_found_out(folder, contents):
    """The damaged newest file is named, and the one before it is used."""
    path = folder / "step-00000002.safetensors"
    path.write_bytes(contents)
    found, skipped = checkpoint.newest(folder)
    assert found.step == 1
    assert len(skipped) == 1
    assert str(path) in skipped[0]


def flipped(contents, position, bit):
    damaged = bytearray(contents)
    damaged[position] ^= 1 << bit
    return bytes(damaged)


def test_one_flipped_bit_is_found_wherever_it_is(folder):
    contents = (folder / "step-00000002.safetensors").read_bytes()
    for bit, position in enumerate(np.linspace(0, len(contents) - 1, 120).astype(int)):
        check_found_out(folder, flipped(contents, position, bit % 8))


@pytest.mark.slow
def test_every_byte_of_the_header_is_guarded(folder):
    contents = (folder / "step-00000002.safetensors").read_bytes()
    header = 8 + int.from_bytes(contents[:8], "little")
    for position in range(header):
        check_found_out(folder, flipped(contents, position, position % 8))


@pytest.mark.parametrize("position", ["pt", "ganzoo_sha256", "aliases", "nets.G.weight"])
def test_the_words_of_the_header_are_guarded(folder, position):
    contents = (folder / "step-00000002.safetensors").read_bytes()
    check_found_out(folder, flipped(contents, contents.index(position.encode()), 0))


@pytest.mark.parametrize(
    "damage",
    [
        lambda contents: b"",
        lambda contents: contents[:5],
        lambda contents: contents[: len(contents) // 2],
        lambda contents: contents[:-1],
        lambda contents: contents[:-64] + bytes(64),
        lambda contents: bytes(len(contents)),
        lambda contents: contents + b"garbage",
    ],
    ids=["empty", "a few bytes", "half", "one short", "zero tail", "all zero", "appended"],
)
def test_a_file_that_is_not_whole_is_found_out(folder, damage):
    check_found_out(folder, damage((folder / "step-00000002.safetensors").read_bytes()))


def test_a_damaged_tensor_is_named(folder):
    contents = (folder / "step-00000002.safetensors").read_bytes()
    (folder / "step-00000002.safetensors").write_bytes(flipped(contents, len(contents) - 1, 3))
    with pytest.raises(CheckpointError, match=r"step-00000002.*the tensor 'nets\.\w+\.\w+' does not match its hash"):
        checkpoint.read(folder / "step-00000002.safetensors")


def test_without_a_good_one_every_reason_is_given(folder):
    for path in checkpoint.steps_in(folder).values():
        path.write_bytes(b"")
    with pytest.raises(CheckpointError, match=r"no checkpoint in .* can be used: .*00000002.*00000001"):
        checkpoint.newest(folder)
    with pytest.raises(CheckpointError, match="it holds none"):
        checkpoint.newest(folder / "empty")


def test_a_newer_format_is_said_and_not_walked_past(folder, monkeypatch):
    monkeypatch.setattr(checkpoint, "FORMAT", 2)
    checkpoint.save(folder, 3, state(3), VALUES)
    monkeypatch.setattr(checkpoint, "FORMAT", 1)
    with pytest.raises(CheckpointError, match=r"format 2, this ganzoo reads up to 1; type: pip install"):
        checkpoint.newest(folder)


def test_other_safetensors_files_are_no_checkpoints(tmp_path):
    path = tmp_path / "step-00000001.safetensors"
    safetensors.torch.save_file({"a": torch.zeros(2)}, path)
    with pytest.raises(CheckpointError, match="not a checkpoint of ganzoo"):
        checkpoint.read(path)


def test_saving_keeps_the_newest_and_sweeps_what_a_killed_writer_left(tmp_path):
    (tmp_path / ".step-00000001.safetensors.77.partial").write_bytes(b"half")
    (tmp_path / "notes.txt").write_text("mine")
    for step in range(1, 6):
        checkpoint.save(tmp_path, step, state(step), VALUES, keep=2)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["notes.txt", "step-00000004.safetensors", "step-00000005.safetensors"]


def test_the_one_just_written_stays_where_later_ones_are_damaged(tmp_path):
    checkpoint.save(tmp_path, 10, state(10), VALUES)
    (tmp_path / "step-00000030.safetensors").write_bytes(b"damaged")
    checkpoint.save(tmp_path, 20, state(20), VALUES, keep=1)
    assert list(checkpoint.steps_in(tmp_path)) == [20]


def full(monkeypatch, times):
    """The next `times` files find a full disk."""
    real, left = checkpoint.write_whole, [times]

    def write(path, *parts):
        left[0] -= 1
        if left[0] >= 0:
            raise OSError(28, "No space left on device")
        real(path, *parts)

    monkeypatch.setattr(checkpoint, "write_whole", write)


def test_on_a_full_disk_older_ones_make_room_but_not_the_newest_good_one(tmp_path, monkeypatch):
    for step in (1, 2, 3):
        checkpoint.save(tmp_path, step, state(step), VALUES)
    (tmp_path / "step-00000003.safetensors").write_bytes(b"damaged since")
    full(monkeypatch, 1)
    checkpoint.save(tmp_path, 4, state(4), VALUES, keep=3)
    assert list(checkpoint.steps_in(tmp_path)) == [2, 4]


def test_a_disk_that_stays_full_leaves_the_newest_whole(tmp_path, monkeypatch):
    for step in (1, 2):
        checkpoint.save(tmp_path, step, state(step), VALUES)
    full(monkeypatch, 9)
    with pytest.raises(OSError, match="No space"):
        checkpoint.save(tmp_path, 3, state(3), VALUES, keep=3)
    assert checkpoint.newest(tmp_path)[0].step == 2
    with pytest.raises(OSError, match="No space"):
        checkpoint.save(tmp_path / "new", 0, state(0), VALUES, keep=3)


KILLED = '''
import json, os, signal, sys
from pathlib import Path

import torch

from ganzoo.engine import checkpoint

TENSORS = {"big": torch.zeros(700_000)}  # three chunks


def in_place(path, *parts):
    """The control: overwrites the one file that there is, as saving to a fixed name does."""
    path, contents = path.with_name("step-00000001.safetensors"), b"".join(parts)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for first in range(0, len(contents), 1 << 20):
        os.write(descriptor, contents[first : first + (1 << 20)])
    os.fsync(descriptor)


def kill_after(phase):
    """Patch the system's functions so that this process is killed in the given phase of a save."""
    name, call, before = {
        "opened": ("open", 1, False),
        "half written": ("write", 1, False),
        "written": ("fsync", 1, True),
        "synchronised": ("fsync", 1, False),
        "renamed": ("replace", 1, False),
        "folder synchronised": ("fsync", 2, False),
        "before pruning": ("unlink", 1, True),
    }[phase]
    real, calls = getattr(os, name), [0]

    def patched(*arguments, **keywords):
        calls[0] += 1
        if before and calls[0] == call:
            os.kill(os.getpid(), signal.SIGKILL)
        result = real(*arguments, **keywords)
        if calls[0] == call:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(os, name, patched)


def outcome(folder, phase):
    for step in (1, 2, 3):
        checkpoint.save(folder, step, TENSORS, {"mark": step}, keep=2)
    child = os.fork()
    if child == 0:
        kill_after(phase)
        checkpoint.save(folder, 4, TENSORS, {"mark": 4}, keep=2)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    try:
        found = checkpoint.newest(folder)[0]
    except checkpoint.CheckpointError:
        return [os.WTERMSIG(status), None]
    assert found.values["mark"] == found.step and torch.equal(found.tensors["big"], TENSORS["big"])
    checkpoint.save(folder, 5, TENSORS, {"mark": 5}, keep=2)  # and it goes on, sweeping up
    assert not list(folder.glob(".*")), list(folder.glob(".*"))
    return [os.WTERMSIG(status), found.step]


found = {}
for phase in sys.argv[2:]:
    found[phase] = outcome(Path(sys.argv[1], phase), phase)
checkpoint.write_whole = in_place
for phase in ("opened", "half written"):
    found["control " + phase] = outcome(Path(sys.argv[1], "control " + phase), phase)
print(json.dumps(found))
'''
EARLY = ["opened", "half written", "written", "synchronised"]
LATE = ["renamed", "folder synchronised", "before pruning"]


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """By phase, which step was found after a process was killed there while saving step 4; 3 was acknowledged."""
    folder = tmp_path_factory.mktemp("killed")
    for phase in [*EARLY, *LATE, "control opened", "control half written"]:
        (folder / phase).mkdir()
    command = [sys.executable, "-c", KILLED, str(folder), *EARLY, *LATE]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    outcomes = json.loads(done.stdout)
    assert {signal for signal, _ in outcomes.values()} == {9}
    return {phase: step for phase, (_, step) in outcomes.items()}


@pytest.mark.parametrize("phase", [*EARLY, *LATE])
def test_a_process_killed_in_any_phase_of_a_save_loses_nothing_acknowledged(killed, phase):
    assert killed[phase] == (4 if phase in LATE else 3)


@pytest.mark.parametrize("phase", ["opened", "half written"])
def test_the_control_that_writes_in_place_loses_what_was_acknowledged(killed, phase):
    assert killed["control " + phase] is None


def test_every_step_has_one_name(tmp_path):
    path = checkpoint.save(tmp_path, 123, state(), {})
    (tmp_path / "step-1.safetensors").write_bytes(b"")
    assert checkpoint.steps_in(tmp_path) == {123: path}
    assert re.fullmatch(r"step-\d{8}\.safetensors", path.name)
