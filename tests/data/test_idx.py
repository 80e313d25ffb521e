import gzip
import struct

import numpy as np
import pytest

from ganzoo.data.idx import is_idx, open_idx, read_idx
from ganzoo.errors import DataError


def idx(array, code=0x08):
    big = array.astype(array.dtype.newbyteorder(">"))
    return struct.pack(f">HBB{array.ndim}I", 0, code, array.ndim, *array.shape) + big.tobytes()


def images(count=5):
    return np.random.default_rng(0).integers(0, 256, (count, 8, 8), dtype=np.uint8)


def test_reading_back_plain_and_gzipped(tmp_path):
    (tmp_path / "plain").write_bytes(idx(images()))
    (tmp_path / "packed.gz").write_bytes(gzip.compress(idx(images())))
    assert np.array_equal(read_idx(tmp_path / "plain"), images())
    assert np.array_equal(read_idx(tmp_path / "packed.gz"), images())


@pytest.mark.parametrize(("code", "kind"), [(0x09, "i1"), (0x0B, "i2"), (0x0C, "i4"), (0x0D, "f4"), (0x0E, "f8")])
def test_every_type_of_number(tmp_path, code, kind):
    array = np.array([[1, -2], [3, 100]], kind)
    (tmp_path / "a").write_bytes(idx(array, code))
    read = read_idx(tmp_path / "a")
    assert np.array_equal(read, array)
    assert read.dtype == array.dtype


def test_labels_are_found_beside_their_images(tmp_path, request_of):
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(images())))
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx(np.array([2, 0, 2, 1, 0], np.uint8)))
    dataset = open_idx(tmp_path / "train-images-idx3-ubyte.gz", request_of())
    assert np.array_equal(dataset.samples[:, 0], images())
    assert dataset.labels.tolist() == [2, 0, 2, 1, 0]
    assert dataset.space.classes == ("0", "1", "2")


def test_images_without_labels(tmp_path, request_of):
    (tmp_path / "pictures.idx").write_bytes(idx(images()))
    (tmp_path / "pictures.idx.gz").write_bytes(gzip.compress(idx(images())))
    dataset = open_idx(tmp_path / "pictures.idx", request_of())
    assert (len(dataset), dataset.labels) == (5, None)


def test_a_file_of_labels_is_not_a_data_set(tmp_path, request_of):
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx(np.arange(5, dtype=np.uint8)))
    with pytest.raises(DataError, match="these are labels; type the file of images"):
        open_idx(tmp_path / "train-labels-idx1-ubyte", request_of())


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("damage", ["cut in the numbers", "cut in the header", "too long"])
def test_damage_is_noticed(tmp_path, damage, packed):
    whole = idx(images())
    data = {"cut in the numbers": whole[:-9], "cut in the header": whole[:9], "too long": whole + b"x"}[damage]
    file = tmp_path / ("a.gz" if packed else "a")
    file.write_bytes(gzip.compress(data) if packed else data)
    with pytest.raises(DataError, match="damaged idx file"):
        read_idx(file)


@pytest.mark.parametrize("change", ["cut", "flip"])
def test_a_damaged_gzip_is_noticed(tmp_path, change):
    data = bytearray(gzip.compress(idx(images())))
    if change == "cut":
        del data[-20:]
    else:
        data[len(data) // 2] ^= 1
    (tmp_path / "a.gz").write_bytes(data)
    with pytest.raises(DataError, match="damaged"):
        read_idx(tmp_path / "a.gz")


def test_other_files_are_not_idx(tmp_path):
    for name, data in {"a": b"", "b": b"text", "c.gz": b"not gzip", "d": b"\0\0\x07\x01"}.items():
        (tmp_path / name).write_bytes(data)
        assert not is_idx(tmp_path / name)
    with pytest.raises(DataError, match="not an idx file"):
        read_idx(tmp_path / "b")
