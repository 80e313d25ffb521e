import math

import pytest
import torch

from ganzoo.judge.distance import neighbours_distance, sliced_wasserstein


def points(n, *, seed, scale=1.0, features=2):
    return scale * torch.randn(n, features, generator=torch.Generator().manual_seed(seed))


def test_a_set_is_at_no_distance_from_itself_in_any_order():
    these = points(100, seed=0)
    assert sliced_wasserstein(these, these.flip(0)) == 0


def test_a_shift_counts_by_its_mean_projection():
    """W1 of a shift by s along a ray r is |s . r|; in the plane its mean over rays is 2 |s| / pi."""
    these = points(50, seed=0)
    found = sliced_wasserstein(these, these + torch.tensor([3.0, 4.0]), directions=20000)
    assert found == pytest.approx(2 * 5 / math.pi, rel=0.02)


def test_on_a_line_it_is_the_distance_between_sorted_samples():
    these, those = torch.tensor([[0.0], [3.0], [1.0]]), torch.tensor([[5.0], [6.0], [8.0]])
    assert sliced_wasserstein(these, those) == pytest.approx((5 + 5 + 5) / 3)


def test_symmetric_repeatable_and_larger_for_what_is_further():
    these, those, far = points(200, seed=0), points(200, seed=1), points(200, seed=2, scale=3)
    near = sliced_wasserstein(these, those)
    assert near == sliced_wasserstein(those, these) == sliced_wasserstein(these, those)
    assert 0 < near < sliced_wasserstein(these, far) / 3


def test_the_seed_chooses_the_directions():
    these, those = points(20, seed=0), points(20, seed=1)
    assert sliced_wasserstein(these, those, seed=0) != sliced_wasserstein(these, those, seed=1)


def test_the_global_random_state_is_left_as_it_was():
    before = torch.get_rng_state()
    sliced_wasserstein(points(5, seed=0), points(5, seed=1))
    assert torch.equal(before, torch.get_rng_state())


def test_texts_are_as_far_as_the_shares_of_their_neighbours_differ():
    """Of (start 0) (0 1) (1 1) and (start 0) (0 1) (1 0), one third is elsewhere."""
    these, those = torch.tensor([[0, 1, 1]]), torch.tensor([[0, 1, 0], [0, 1, 0]])
    assert neighbours_distance(these, those) == neighbours_distance(those, these) == pytest.approx(1 / 3)
    assert neighbours_distance(these, these.repeat(3, 1)) == pytest.approx(0)
    assert neighbours_distance(torch.tensor([[0, 1]]), torch.tensor([[1, 0]])) == 1  # by the same tokens
    assert neighbours_distance(torch.tensor([[2]]), torch.tensor([[2], [5]])) == pytest.approx(1 / 2)
