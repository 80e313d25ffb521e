import numpy as np
import torch

from ganzoo.judge.manifold import Manifold, manifold


def test_the_public_numbers():
    draw = np.random.RandomState(0)
    found = manifold(torch.tensor(draw.randn(200, 16)), torch.tensor(1.5 * draw.randn(200, 16) + 0.3))
    expected = Manifold(precision=0.21, recall=1.0, density=0.061, coverage=0.24)
    np.testing.assert_allclose(list(vars(found).values()), list(vars(expected).values()), atol=1e-6)


def test_balls_by_hand():
    real = torch.tensor([[0.0], [1.0], [10.0], [11.0]])  # with one neighbour, each ball has radius 1
    fake = torch.tensor([[0.5], [2.0], [30.0], [32.0]])  # radii 1.5, 1.5, 2, 2
    assert manifold(real, fake, 1) == Manifold(precision=0.25, recall=0.5, density=0.5, coverage=0.5)


def test_more_samples_than_are_held_at_once():
    draws = torch.Generator().manual_seed(0)
    samples = torch.randn(2500, 2, generator=draws)
    same = manifold(samples, samples + 1e-6)
    assert (same.precision, same.recall, same.coverage) == (1.0, 1.0, 1.0)
    mode = manifold(samples, 0.1 * torch.randn(1500, 2, generator=draws))
    assert mode.precision == 1.0
    assert mode.recall < 0.1
    assert mode.coverage < 0.1
