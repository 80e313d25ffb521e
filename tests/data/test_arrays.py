import numpy as np
import pytest
import torch

from ganzoo.data.arrays import image_dataset, open_npy, open_npz, to_bytes
from ganzoo.data.opening import open_dataset
from ganzoo.errors import DataError


def noise(*shape):
    return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)


@pytest.fixture
def saved(tmp_path):
    def save(**arrays):
        np.savez(tmp_path / "things.npz", **arrays)
        return tmp_path / "things.npz"

    return save


@pytest.mark.parametrize("key", ["images", "x", "x_train", "samples", "arr_0"])
def test_samples_under_any_of_their_names(saved, request_of, key):
    dataset = open_npz(saved(**{key: noise(5, 8, 8), "other": noise(3)}), request_of())
    assert (dataset.name, len(dataset)) == ("things", 5)
    assert dataset.labels is None


@pytest.mark.parametrize(
    ("stored", "shape"),
    [((5, 8, 8), (1, 8, 8)), ((5, 8, 8, 1), (1, 8, 8)), ((5, 8, 8, 3), (3, 8, 8)), ((5, 3, 8, 8), (3, 8, 8))],
)
def test_images_in_any_order_of_axes(saved, request_of, stored, shape):
    images = noise(*stored)
    dataset = open_npz(saved(images=images), request_of())
    assert dataset.space.shape == shape
    expected = images.transpose(0, 3, 1, 2) if stored[-1] in (1, 3) else images.reshape(5, *shape)
    assert np.array_equal(dataset.samples.numpy(), expected)


def test_vectors(saved, request_of):
    vectors = np.random.default_rng(0).normal(size=(6, 4))
    dataset = open_npz(saved(x=vectors, y=np.arange(6) % 2), request_of())
    assert dataset.space.kind == "vector"
    assert dataset.space.range is None
    assert dataset.samples.dtype == torch.float32
    assert np.allclose(dataset.samples, vectors)
    assert dataset.space.classes == ("0", "1")


@pytest.mark.parametrize("key", ["labels", "y", "y_train"])
def test_labels_are_numbered_in_the_order_of_their_values(saved, request_of, key):
    labels = np.array([[7], [3], [7], [9], [3]])  # (N, 1), as CIFAR-10 is often stored
    dataset = open_npz(saved(**{"x": noise(5, 8, 8), key: labels}), request_of())
    assert dataset.space.classes == ("3", "7", "9")
    assert dataset.labels.tolist() == [1, 0, 1, 2, 0]
    assert dataset.labels.dtype == torch.int64


def test_labels_may_be_words(saved, request_of):
    dataset = open_npz(saved(x=noise(2, 8, 8), y=np.array(["dog", "cat"])), request_of())
    assert dataset.space.classes == ("cat", "dog")
    assert dataset.labels.tolist() == [1, 0]


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"pictures": noise(2, 8, 8)}, r"expected an array named images, .*; found pictures"),
        ({"x": noise(2, 8, 8), "y": np.arange(3)}, "2 samples and 3 labels"),
        ({"x": noise(2, 8)[0]}, r"expected \(N, H, W\).* found \(8,\)"),
        ({"x": noise(2, 5, 8, 8)}, r"found \(2, 5, 8, 8\)"),
        ({"x": np.full((2, 8, 8), 1e6)}, "found 1e.06 to 1e.06"),
        ({"x": np.full((2, 8, 8), np.nan)}, "found nan"),
        ({"x": np.full((2, 8), np.inf)}, "finite"),
        ({"x": np.full((2, 8), "a")}, "finite numbers; found <U1"),
        ({"x": np.array([[1, np.nan], [2, 3], [np.inf, 4]])}, "finite numbers; 2 of 3 hold nan or inf"),
        ({"x": np.array([{"a": 1}], dtype=object)}, "plain arrays"),
        ({"x": noise(0, 8, 8)}, "no samples"),
        ({"x": noise(2, 0, 0)}, r"no samples in it; found an array of \(2, 0, 0\)"),
        ({"x": np.float32(3), "y": 1}, r"no samples in it; found an array of \(\)"),
    ],
)
def test_bad_input_in_one_line(saved, request_of, arrays, message):
    with pytest.raises(DataError, match=message) as raised:
        open_npz(saved(**arrays), request_of())
    assert "\n" not in str(raised.value)


def test_a_damaged_file(tmp_path, request_of):
    (tmp_path / "a.npz").write_bytes(b"PK\x03\x04 but no more")
    with pytest.raises(DataError, match=r"not a readable \.npz"):
        open_npz(tmp_path / "a.npz", request_of())
    np.save(tmp_path / "a.npy", noise(2, 8, 8))
    (tmp_path / "a.npy").replace(tmp_path / "a.npz")
    with pytest.raises(DataError, match="it is no zip file"):
        open_npz(tmp_path / "a.npz", request_of())


def test_one_array_alone(tmp_path, request_of):
    images = noise(5, 8, 8)
    np.save(tmp_path / "mine.npy", images)
    dataset = open_dataset(str(tmp_path / "mine.npy"), request_of())
    assert (dataset.name, dataset.labels) == ("mine", None)
    assert np.array_equal(dataset.samples.numpy(), images[:, None])


def test_an_array_that_cannot_be_read(tmp_path, request_of):
    np.save(tmp_path / "a.npy", noise(5, 8, 8))
    whole = (tmp_path / "a.npy").read_bytes()
    np.save(tmp_path / "b.npy", np.array([{}]), allow_pickle=True)
    pickled, vast = (tmp_path / "b.npy").read_bytes(), whole.replace(b"(5, 8, 8)", b"(5, 8, %d)" % 10**20)
    for contents in (b"", b"text", whole[:-1], whole[:20], pickled, vast):
        (tmp_path / "a.npy").write_bytes(contents)
        with pytest.raises(DataError, match=r"a\.npy: not a readable \.npy of plain numbers \("):
            open_npy(tmp_path / "a.npy", request_of())


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.array([0, 7, 255], np.uint8), [0, 7, 255]),
        (np.array([0, 7, 255], np.int64), [0, 7, 255]),
        (np.array([0.0, 0.5, 1.0]), [0, 128, 255]),
        (np.array([-1.0, 0.2, 1.0], np.float32), [0, 153, 255]),
        (np.array([0.0, 7.0, 255.0]), [0, 7, 255]),
        (np.array([0, 257, 65535], np.uint16), [0, 1, 255]),
        (np.array([0, 100, 200], np.uint16), [0, 0, 1]),
        (np.array([False, True]), [0, 255]),
    ],
)
def test_pixels_are_scaled_by_their_range(values, expected):
    assert to_bytes(values, "here").tolist() == expected


def test_images_of_the_size_are_not_copied(request_of):
    images = noise(3, 1, 8, 8)
    dataset = image_dataset("noise", images, request_of(), None, ())
    assert dataset.samples.data_ptr() == images.ctypes.data


def test_images_are_cropped_to_their_middle_and_resized(request_of):
    images = np.zeros((2, 1, 8, 24), np.uint8)
    images[..., 8:16] = 200
    dataset = image_dataset("bars", images, request_of(size=16), None, ())
    assert dataset.samples.shape == (2, 1, 16, 16)
    assert (dataset.samples == 200).all()


def test_shrinking_averages(request_of):
    stripes = np.tile(np.array([0, 255], np.uint8), (1, 1, 64, 32))
    shrunk = image_dataset("stripes", stripes, request_of(), None, ()).samples
    assert 110 < shrunk.min() <= shrunk.max() < 145


def test_grey_as_rgb_takes_no_memory_and_rgb_becomes_grey(request_of):
    grey = image_dataset("grey", noise(3, 1, 8, 8), request_of(channels=3), None, ())
    assert grey.space.shape == (3, 8, 8)
    assert torch.equal(grey.samples[:, 0], grey.samples[:, 1])
    assert grey.samples.untyped_storage().nbytes() == 3 * 64
    assert grey.real(torch.tensor([1])).shape == (1, 3, 8, 8)
    colour = np.zeros((1, 3, 8, 8), np.uint8)
    colour[:, 1] = 100
    assert (image_dataset("green", colour, request_of(channels=1), None, ()).samples == 59).all()


def test_fingerprint_follows_contents_size_labels_and_classes(request_of):
    images, labels = noise(3, 1, 8, 8), np.array([0, 1, 1])
    prints = [
        image_dataset("a", images, request_of(), labels, ("x", "y")).fingerprint,
        image_dataset("a", images + 1, request_of(), labels, ("x", "y")).fingerprint,
        image_dataset("a", images, request_of(size=9), labels, ("x", "y")).fingerprint,
        image_dataset("a", images, request_of(channels=3), labels, ("x", "y")).fingerprint,
        image_dataset("a", images, request_of(), labels[::-1], ("x", "y")).fingerprint,
        image_dataset("a", images, request_of(), labels, ("x", "z")).fingerprint,
    ]
    assert len(set(prints)) == len(prints)
    assert image_dataset("b", images, request_of(), labels, ("x", "y")).fingerprint == prints[0]
