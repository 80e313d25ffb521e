import numpy as np
import pytest
import torch

from ganzoo.contract import Space
from ganzoo.data import Dataset, needs_augmentation
from ganzoo.data.dataset import fingerprint
from ganzoo.errors import DataError


def images(count, labels=None):
    samples = torch.arange(count, dtype=torch.uint8).view(count, 1, 1, 1).expand(-1, 1, 2, 2)
    return Dataset("few", Space(kind="image", shape=(1, 2, 2)), samples, labels, "0")


def test_bytes_become_numbers_from_minus_one_to_one():
    real = images(256).real(torch.tensor([0, 255, 51]))
    assert real.dtype == torch.float32
    assert real.shape == (3, 1, 2, 2)
    assert real[:, 0, 0, 0].tolist() == [-1.0, 1.0, pytest.approx(-0.6)]


def test_vectors_stay_as_they_are():
    samples = torch.tensor([[7.5, -3.0], [0.0, 1e6]])
    dataset = Dataset("points", Space(kind="vector", shape=(2,), range=None), samples, None, "0")
    assert torch.equal(dataset.real(torch.tensor([1, 0])), samples.flip(0))


def test_reading_does_not_change_the_samples():
    dataset = images(4)
    before = dataset.samples.clone()
    dataset.real(torch.arange(4)).zero_()
    assert torch.equal(dataset.samples, before)


def test_labels_go_with_their_samples():
    dataset = images(4, labels=torch.tensor([3, 2, 1, 0]))
    assert dataset.label(torch.tensor([0, 3])).tolist() == [3, 0]


def test_labels_that_are_not_there():
    with pytest.raises(DataError, match="few has no labels"):
        images(4).label(torch.tensor([0]))


def test_no_samples():
    with pytest.raises(DataError, match="no samples"):
        images(0)


def test_to_another_device_keeps_the_samples_that_do_not_fit(monkeypatch):
    dataset = images(4, labels=torch.arange(4))
    moved = dataset.to("meta")  # a device without memory, but a device
    assert moved.samples.device.type == moved.labels.device.type == "meta"
    monkeypatch.setattr("ganzoo.data.dataset.ROOM_ELSEWHERE", 15)
    assert dataset.to("meta") is dataset
    assert dataset.real(torch.tensor([2]), "meta").device.type == "meta"


def test_few_images_need_augmentation_and_vectors_do_not():
    assert needs_augmentation(images(255))
    many = torch.zeros(1000, 1, 1, 1, dtype=torch.uint8)
    assert not needs_augmentation(Dataset("many", Space(kind="image", shape=(1, 1, 1)), many, None, "0"))
    points = Dataset("points", Space(kind="vector", shape=(2,)), torch.zeros(3, 2), None, "0")
    assert not needs_augmentation(points)


def test_fingerprint_follows_contents_shape_type_and_labels():
    array = np.arange(6, dtype=np.uint8)
    prints = [
        fingerprint(array),
        fingerprint(array[::-1]),
        fingerprint(array.reshape(2, 3)),
        fingerprint(array.astype(np.int8)),
        fingerprint(array, np.array([1])),
        fingerprint(array, None),
    ]
    assert len(set(prints)) == len(prints)
    assert fingerprint(array.reshape(2, 3).T) == fingerprint(np.ascontiguousarray(array.reshape(2, 3).T))


def test_only_some_samples_keep_their_label_evenly_over_the_classes():
    space = Space(kind="vector", shape=(1,), classes=("a", "b", "c"), range=None)
    dataset = Dataset("made-up", space, torch.zeros(30, 1), torch.arange(30) % 3, "f")
    few = dataset.with_labels_of(6, seed=0)
    assert few.labels is not None
    kept = few.labels >= 0
    assert few.labels[kept].bincount().tolist() == [2, 2, 2]
    assert (few.labels[kept] == dataset.labels[kept]).all()
    assert torch.equal(few.labels, dataset.with_labels_of(6, seed=0).labels)
    assert not torch.equal(few.labels, dataset.with_labels_of(6, seed=1).labels)


def test_labels_that_are_not_there_are_said_and_too_few_are_all_kept():
    space = Space(kind="vector", shape=(1,), classes=("a",), range=None)
    labels = torch.zeros(3, dtype=torch.int64)
    assert torch.equal(Dataset("made-up", space, torch.zeros(3, 1), labels, "f").with_labels_of(4, 0).labels, labels)
    with pytest.raises(DataError, match="--labelled 4: made-up has no labels"):
        Dataset("made-up", space, torch.zeros(3, 1), None, "f").with_labels_of(4, seed=0)
