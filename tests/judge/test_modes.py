import math

import pytest
import torch

from ganzoo.judge.modes import Coverage, coverage

RING = [(math.cos(2 * math.pi * i / 8), math.sin(2 * math.pi * i / 8)) for i in range(8)]


def test_true_samples_cover_all_modes_to_the_share_of_a_gaussian():
    generator = torch.Generator().manual_seed(0)
    samples = torch.tensor(RING).repeat(5000, 1) + 0.01 * torch.randn(40000, 2, generator=generator)
    found = coverage(samples, RING, 0.01)
    assert found.covered == 8
    assert found.high_quality == pytest.approx(1 - math.exp(-4.5), abs=0.002)  # 98.889 %


def test_a_sample_is_good_within_three_standard_deviations_only():
    samples = torch.tensor([[1.0, 0.0], [1.0, 0.029], [0.0, 1.031], [0.5, 0.5]])
    assert coverage(samples, RING, 0.01) == Coverage(covered=1, high_quality=0.5)


def test_noise_covers_nothing():
    assert coverage(torch.full((10, 2), 5.0), RING, 0.01) == Coverage(covered=0, high_quality=0.0)
