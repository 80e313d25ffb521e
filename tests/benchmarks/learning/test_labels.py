import numpy as np
import pytest

from benchmarks.learning.labels import HELD_OUT, MEASURES, ON_HELD_OUT, matched, parted
from ganzoo import catalogue


def test_groups_are_matched_to_the_classes_that_they_agree_with_best():
    truth = np.array([0, 0, 0, 1, 1, 2, 2, 2])
    assert matched(np.array([2, 2, 2, 0, 0, 1, 1, 1]), truth) == 1.0
    assert matched(np.array([0, 0, 1, 1, 1, 1, 1, 1]), truth) == pytest.approx(5 / 8)
    assert matched(np.array([3, 3, 0, 4, 4, 1, 2, 1]), truth) == pytest.approx(6 / 8)  # more groups than classes


def test_held_out_digits_are_not_among_those_trained_on(tmp_path):
    train, held = (np.load(file) for file in parted(tmp_path, 0))
    assert (len(train["samples"]), len(held["samples"])) == (1797 - HELD_OUT, HELD_OUT)
    assert train["samples"].shape[1:] == (1, 24, 24)
    assert len(train["labels"]) == 1797 - HELD_OUT


def test_every_measured_gan_is_there():
    assert {*MEASURES, *ON_HELD_OUT} <= set(catalogue.names())
