import math

import pytest
import torch

from ganzoo.judge.modes import Coverage, count_modes, coverage, reverse_kl

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


def test_good_samples_are_counted_for_their_nearest_mode():
    samples = torch.tensor([[1.0, 0.0], [1.0, 0.029], [0.0, 1.031], [-1.0, 0.0]])
    assert count_modes(samples, RING, 0.01).tolist() == [2, 0, 0, 0, 1, 0, 0, 0]


def test_reverse_kl_by_hand():
    even = torch.full((4,), 0.25)
    assert reverse_kl(torch.tensor([5, 5, 5, 5]), even) == pytest.approx(0)
    assert reverse_kl(torch.tensor([9, 0, 0, 0]), even) == pytest.approx(math.log(4))
    assert reverse_kl(torch.tensor([3, 1, 0, 0]), even) == pytest.approx(0.75 * math.log(3) + 0.25 * math.log(1))
    assert reverse_kl(torch.tensor([0, 0, 0, 0]), even) == math.inf
    assert reverse_kl(torch.tensor([1, 1]), torch.tensor([1.0, 0.0])) == math.inf


def test_a_perfect_sampler_of_a_thousand_modes_is_not_at_zero():
    generator, even = torch.Generator().manual_seed(0), torch.full((1000,), 1e-3)
    found = [
        reverse_kl(torch.randint(1000, (26_000,), generator=generator).bincount(minlength=1000), even)
        for _ in range(50)
    ]
    assert sum(found) / len(found) == pytest.approx(0.0194, abs=0.0003)
