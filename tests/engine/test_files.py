import json
import os
import stat

import pytest
import safetensors.torch
import torch

from ganzoo.engine.files import holds, pack, write_whole


def test_a_file_is_written_and_its_folder_made(tmp_path):
    path = tmp_path / "a" / "b" / "file"
    write_whole(path, b"one")
    write_whole(path, b"two")
    assert path.read_bytes() == b"two"
    assert os.listdir(path.parent) == ["file"]


def test_a_file_is_compared_with_its_parts_byte_by_byte(tmp_path):
    path, large = tmp_path / "file", bytes(range(256)) * 2500  # more than is compared at once
    write_whole(path, b"head", memoryview(large))
    assert holds(path, b"head", memoryview(large))
    assert not holds(path, b"head", memoryview(large[:-1]))
    assert not holds(path, b"head", memoryview(large), b"x")
    for place in (0, 4, 300_000, len(large) + 3):
        content = bytearray(b"head" + large)
        content[place] ^= 1
        path.write_bytes(content)
        assert not holds(path, b"head", memoryview(large)), place


def test_the_file_is_synchronised_before_it_is_renamed_and_the_folder_after(tmp_path, monkeypatch):
    done = []
    fsync, replace = os.fsync, os.replace

    def synchronise(descriptor):
        done.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        fsync(descriptor)

    def rename(old, new):
        done.append("rename")
        replace(old, new)

    monkeypatch.setattr(os, "fsync", synchronise)
    monkeypatch.setattr(os, "replace", rename)
    write_whole(tmp_path / "file", b"one")
    assert done == ["file", "rename", "folder"]
    done.clear()
    write_whole(tmp_path / "file", b"two", durable=False)
    assert done == ["rename"]


def test_what_the_system_writes_in_part_is_written_to_the_end(tmp_path, monkeypatch):
    real = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, view: real(descriptor, bytes(view[:3])))
    write_whole(tmp_path / "file", b"0123456789", memoryview(b"abcde"))
    assert (tmp_path / "file").read_bytes() == b"0123456789abcde"


@pytest.mark.parametrize("broken", ["write", "fsync", "replace"])
def test_if_anything_fails_the_old_file_stays_and_nothing_else(tmp_path, monkeypatch, broken):
    path = tmp_path / "file"
    write_whole(path, b"old")

    def fail(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, broken, fail)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]


@pytest.mark.parametrize("where", ["file/b/new", "new"])
def test_where_no_file_can_be_made_that_is_said_of_the_file(tmp_path, monkeypatch, where):
    """As under /proc, where the system says that what is to be made is not there."""
    (tmp_path / "file").write_bytes(b"kept")

    def fail(path, *arguments):
        raise FileNotFoundError(2, "No such file or directory", str(path))

    monkeypatch.setattr(os, "open", fail)
    with pytest.raises(NotADirectoryError) as caught:
        write_whole(tmp_path / where, b"new")
    assert (caught.value.filename, os.listdir(tmp_path)) == (str(tmp_path / where), ["file"])
    assert (tmp_path / "file").read_bytes() == b"kept"


def test_a_refusal_names_the_file_and_not_what_is_written_first(tmp_path, monkeypatch):
    def fail(path, *arguments):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "open", fail)
    with pytest.raises(PermissionError) as caught:
        write_whole(tmp_path / "a" / "b" / "new", b"new")
    assert (caught.value.filename, os.listdir(tmp_path)) == (str(tmp_path / "a" / "b" / "new"), [])


TENSORS = {
    "b.weight": torch.randn(3, 4),
    "a.weight": torch.randn(2, 2),
    "count": torch.tensor(7),
    "half": torch.tensor([1.5, -2.0], dtype=torch.bfloat16),
    "flag": torch.tensor([True, False, True]),
    "bytes": torch.arange(5, dtype=torch.uint8),
    "empty": torch.zeros(0, 3),
}


def test_packed_tensors_are_laid_out_as_the_library_does_with_a_header_in_order():
    contents = b"".join(pack(TENSORS, {"format": "pt", "a": "é"}))
    theirs = safetensors.torch.save(TENSORS, {"format": "pt", "a": "é"})
    mine, other = (8 + int.from_bytes(found[:8], "little") for found in (contents, theirs))
    header = json.loads(contents[8:mine])
    assert header == json.loads(theirs[8:other])
    assert list(header) == sorted(header)
    assert contents[mine:] == theirs[other:]
    for name, value in safetensors.torch.load(contents).items():
        assert torch.equal(value, TENSORS[name])


def test_packing_copies_no_tensor():
    parts = pack(TENSORS, {})
    TENSORS["a.weight"].fill_(3)
    assert torch.equal(safetensors.torch.load(b"".join(parts))["a.weight"], torch.full((2, 2), 3.0))
