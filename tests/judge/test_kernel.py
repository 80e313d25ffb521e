import numpy as np
import pytest
import torch

from ganzoo.judge.kernel import kernel_distance, kernel_distance_in_blocks


@pytest.fixture
def pair():
    draw = np.random.RandomState(0)
    return torch.tensor(draw.randn(200, 16)), torch.tensor(1.5 * draw.randn(200, 16) + 0.3)


def test_the_public_number(pair):
    assert kernel_distance(*pair) == pytest.approx(0.8207312540, abs=1e-9)


def test_it_is_the_double_sum_without_the_diagonal():
    draws = torch.Generator().manual_seed(0)
    x, y = torch.randn(1500, 3, generator=draws).double(), torch.randn(7, 3, generator=draws).double()

    def kernel(a, b):
        return (a @ b.T / 3 + 1) ** 3

    def within(a):
        matrix = kernel(a, a)
        return (matrix.sum() - matrix.diag().sum()) / (len(a) * (len(a) - 1))

    expected = within(x) + within(y) - 2 * kernel(x, y).mean()
    assert kernel_distance(x, y) == pytest.approx(float(expected), rel=1e-10)


def test_samples_of_one_distribution_are_at_zero_on_average():
    draws = torch.Generator().manual_seed(1)
    found = [kernel_distance(*torch.randn(2, 60, 4, generator=draws)) for _ in range(200)]
    mean, error = np.mean(found), np.std(found) / len(found) ** 0.5
    assert abs(mean) < 3 * error
    assert min(found) < 0


def test_blocks_agree_with_one_block_and_with_themselves(pair):
    mean, deviation = kernel_distance_in_blocks(*pair, blocks=40, size=100, seed=3)
    assert (mean, deviation) == kernel_distance_in_blocks(*pair, blocks=40, size=100, seed=3)
    assert abs(mean - kernel_distance(*pair)) < 3 * deviation / 40**0.5
    whole, none = kernel_distance_in_blocks(*pair, blocks=2, size=1000)
    assert whole == pytest.approx(kernel_distance(*pair))
    assert none == pytest.approx(0, abs=1e-12)
