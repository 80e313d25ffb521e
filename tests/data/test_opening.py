import subprocess
import sys
import zipfile

import numpy as np
import pytest

import ganzoo.data
from ganzoo import catalogue
from ganzoo.data import Dataset, open_dataset
from ganzoo.errors import DataError, PluginError


def test_a_name(request_of):
    assert open_dataset("ring8", request_of()).name == "ring8"
    assert open_dataset("digits", request_of()).space.shape == (1, 8, 8)


def test_a_folder_a_zip_an_npz_an_idx(tmp_path, request_of, picture):
    (tmp_path / "mine").mkdir()
    picture().save(tmp_path / "mine" / "a.png")
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.write(tmp_path / "mine" / "a.png", "a.png")
    np.savez(tmp_path / "c.npz", x=np.zeros((2, 8, 8), np.uint8))
    (tmp_path / "d").write_bytes(bytes([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 8, 0, 0, 0, 8]) + bytes(128))
    for name, count in {"mine": 1, "b.zip": 1, "c.npz": 2, "d": 2}.items():
        assert len(open_dataset(str(tmp_path / name), request_of())) == count


def test_a_folder_of_idx_files(tmp_path, request_of):
    header = bytes([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 8, 0, 0, 0, 8])
    (tmp_path / "train-images-idx3-ubyte").write_bytes(header + bytes(128))
    (tmp_path / "t10k-images-idx3-ubyte").write_bytes(header)
    assert len(open_dataset(str(tmp_path), request_of())) == 2


def test_a_name_wins_over_a_folder_of_that_name(tmp_path, request_of, picture, monkeypatch):
    (tmp_path / "digits").mkdir()
    picture().save(tmp_path / "digits" / "a.png")
    monkeypatch.chdir(tmp_path)
    assert len(open_dataset("digits", request_of())) == 1797
    assert len(open_dataset("./digits", request_of())) == 1


def test_a_folder_of_another_name_needs_no_dot(tmp_path, request_of, picture, monkeypatch):
    (tmp_path / "mine").mkdir()
    picture().save(tmp_path / "mine" / "a.png")
    monkeypatch.chdir(tmp_path)
    dataset = open_dataset("mine", request_of())
    assert (dataset.name, len(dataset)) == ("mine", 1)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("mnits", r"unknown data set 'mnits'; did you mean .*'mnist'.*; see `ganzoo datasets`"),
        ("no-such-thing", r"unknown data set 'no-such-thing'; known: .*celeba, .*--data \./FOLDER"),
        ("./nowhere", r"--data \./nowhere: no such file or folder; type a path that exists"),
        ("nothing.zip", r"--data nothing\.zip: no such file or folder"),
    ],
)
def test_neither_a_name_nor_a_path(tmp_path, request_of, monkeypatch, asked, message):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match=message) as raised:
        open_dataset(asked, request_of())
    assert "\n" not in str(raised.value)


def test_a_home_that_nobody_has(request_of):
    with pytest.raises(DataError, match="~nosuchuser/photos: no such file or folder"):
        open_dataset("~nosuchuser/photos", request_of())


def test_a_file_of_another_kind(tmp_path, request_of, picture):
    picture().save(tmp_path / "one.png")
    with pytest.raises(
        DataError,
        match=r"one\.png: expected a folder or zip of images or wav files, an \.npz or \.npy, a \.csv, a \.txt or an",
    ):
        open_dataset(str(tmp_path / "one.png"), request_of())


def test_a_cache_that_cannot_be_written(tmp_path, request_of, picture, monkeypatch):
    (tmp_path / "mine").mkdir()
    picture().save(tmp_path / "mine" / "a.png")
    (tmp_path / "file").touch()
    monkeypatch.setenv("GANZOO_CACHE", str(tmp_path / "file"))
    with pytest.raises(DataError, match=r"keep the decoded .*mine in .*file: Not a directory; GANZOO_CACHE=FOLDER"):
        open_dataset(str(tmp_path / "mine"), request_of())


def test_a_plugin_that_returns_something_else(request_of, monkeypatch):
    monkeypatch.setattr(catalogue, "call", lambda *where, **what: [1, 2, 3])
    with pytest.raises(PluginError, match="'digits': ganzoo_dataset returned list, expected Dataset"):
        open_dataset("digits", request_of())


def test_the_package_offers_what_it_lists():
    assert ganzoo.data.Dataset is Dataset
    assert all(hasattr(ganzoo.data, name) for name in ganzoo.data.__all__)
    assert ganzoo.data.__all__ == sorted(ganzoo.data.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        ganzoo.data.Nothing  # noqa: B018


def test_listing_needs_neither_torch_nor_numpy():
    code = (
        "import sys, ganzoo.data, ganzoo.data.digits, ganzoo.data.mixtures, ganzoo.data.downloads,"
        " ganzoo.commands.datasets;"
        "assert not {'torch', 'numpy', 'PIL', 'sklearn', 'torchvision'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
