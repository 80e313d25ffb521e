import sys

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

from ganzoo.data import digits, needs_augmentation


@pytest.mark.parametrize("table", [digits.TABLE, ("moved",)])
def test_they_are_scikit_learns(request_of, monkeypatch, table):
    monkeypatch.setattr(digits, "TABLE", table)
    dataset = digits.ganzoo_dataset(request_of(size=8))
    pixels, labels = load_digits(return_X_y=True)
    assert np.array_equal(dataset.samples.numpy().reshape(1797, 64), np.rint(pixels * 255 / 16))
    assert dataset.labels.tolist() == labels.tolist()
    assert dataset.space.classes == tuple("0123456789")
    assert not needs_augmentation(dataset)


def test_they_are_resized_smoothly(request_of):
    small = digits.ganzoo_dataset(request_of(size=8)).samples.float()
    large = digits.ganzoo_dataset(request_of(size=32, channels=3))
    assert large.space.shape == (3, 32, 32)
    back = large.samples[:, :1].float().unfold(2, 4, 4).unfold(3, 4, 4).mean((-1, -2))
    assert torch.corrcoef(torch.stack([back.flatten(), small.flatten()]))[0, 1] > 0.98
    blocks = small.repeat_interleave(4, 2).repeat_interleave(4, 3)
    assert large.samples[:, :1].float().diff(dim=3).square().mean() < blocks.diff(dim=3).square().mean() / 2
    assert (large.samples == 0).any()
    assert (large.samples == 255).any()


def test_summary_agrees_with_the_data(request_of, tmp_path):
    summary = digits.ganzoo_dataset_summary(tmp_path)
    dataset = digits.ganzoo_dataset(request_of(size=8))
    assert (summary.count, summary.shape) == (len(dataset), dataset.space.shape)
    assert (summary.classes, summary.present) == (10, True)


def test_scikit_learn_is_not_imported(request_of, monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    assert len(digits.ganzoo_dataset(request_of())) == 1797
