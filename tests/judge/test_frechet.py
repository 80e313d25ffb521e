import numpy as np
import pytest
import torch

from ganzoo.judge.frechet import Moments, frechet_distance, gaussian_distance


def test_the_public_number():
    draw = np.random.RandomState(0)
    x, y = draw.randn(200, 16), 1.5 * draw.randn(200, 16) + 0.3
    assert frechet_distance(torch.tensor(x), torch.tensor(y)) == pytest.approx(7.50139014, abs=1e-7)


@pytest.mark.parametrize("width", [128, pytest.param(2048, marks=pytest.mark.slow)])
def test_means_one_apart_in_every_direction_are_as_far_as_there_are_directions(width):
    same = torch.eye(width)
    assert gaussian_distance(torch.zeros(width), same, torch.ones(width), same) == width


def test_as_few_samples_as_features_give_a_number():
    draw = np.random.RandomState(1)
    x, y = (torch.tensor(draw.randn(4, 4)) for _ in range(2))
    assert frechet_distance(x, y) == pytest.approx(frechet_distance(y, x), rel=1e-6)
    assert 0 < frechet_distance(x, y) < 20
    assert frechet_distance(x, x) == pytest.approx(0, abs=1e-6)


def test_diagonal_gaussians_by_their_closed_form():
    first, second = torch.tensor([1.0, 4.0, 9.0]), torch.tensor([4.0, 1.0, 0.0])
    expected = (first.sqrt() - second.sqrt()).square().sum() + 2**2
    found = gaussian_distance(torch.zeros(3), first.diag(), torch.tensor([2.0, 0, 0]), second.diag())
    assert found == pytest.approx(float(expected))


def test_moments_of_parts_are_those_of_the_whole_far_from_the_origin():
    samples = torch.randn(1000, 5, generator=torch.Generator().manual_seed(0)).double() + 1e7
    moments = Moments()
    for part in torch.split(samples, 7):
        moments.add(part)
    assert moments.count == 1000
    torch.testing.assert_close(moments.mean, samples.mean(dim=0), rtol=1e-12, atol=0)
    torch.testing.assert_close(moments.covariance, torch.cov(samples.T), rtol=1e-6, atol=1e-9)
