"""A state is put back, and two turns are told apart where they come to something else."""

import pytest
import torch
from torch import nn

from ganzoo.engine.snapshot import Snapshot

WEIGHT, BIAS, STEP = "nets.G.0.weight", "nets.G.0.bias", "optimiser.fooling.G.0.weight.step"


@pytest.fixture
def state(make_game):
    """A game's state after two steps, so that nothing of it is zero."""
    torch.manual_seed(0)
    generator = nn.Sequential(nn.Linear(3, 100), nn.BatchNorm1d(100), nn.Linear(100, 2))
    game = make_game(modules={"G": generator, "D": nn.Sequential(nn.Linear(2, 1), nn.Flatten(0))}, ema=0.9)
    for step in range(2):
        game.step(step)
    return game.state


def moved(state, before, by):
    """The state when `by` was added to tensors of these names; put back since."""
    with torch.no_grad():
        for name, change in by.items():
            state.tensors()[name].add_(change)
    found = Snapshot(state)
    before.put_back()
    return found


def test_all_is_put_back(state, differences):
    was, before = {name: value.clone() for name, value in state.tensors().items()}, Snapshot(state)
    with torch.no_grad():
        for tensor in [*state.tensors().values(), *state.buffers()]:
            tensor.add_(1)
    assert set(differences(was, state.tensors())) == set(was)
    before.put_back()
    assert not differences(was, state.tensors())


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({WEIGHT: 1}, {WEIGHT: 1.01}, True),
        ({WEIGHT: 1}, {WEIGHT: 1.1}, False),
        ({WEIGHT: 1, BIAS: 0.01}, {WEIGHT: 1, BIAS: -0.01}, False),  # a small move counts for itself
        ({}, {BIAS: 1e-3}, False),
        ({}, {BIAS: 1e-9}, True),
        ({BIAS: torch.inf}, {BIAS: torch.inf}, True),
    ],
)
def test_every_tensor_is_at_the_same_place(state, one, other, same):
    before = Snapshot(state)
    assert before.same(moved(state, before, one), moved(state, before, other)) == same


SIGNS = torch.tensor([1.0, -1.0]).repeat(150).view(100, 3)
FEW = torch.ones(100, 3).index_fill_(0, torch.tensor([7]), -1)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ({WEIGHT: 1}, {WEIGHT: FEW}, True),  # a few numbers that went the other way
        ({WEIGHT: 1}, {WEIGHT: SIGNS}, False),
        ({WEIGHT: 1}, {WEIGHT: 1.1}, False),
        ({WEIGHT: 1, BIAS: 0.01}, {WEIGHT: 1, BIAS: -0.01}, True),  # of one kind, and little
        ({WEIGHT: 1}, {}, False),
        ({}, {WEIGHT: 1}, False),
        ({WEIGHT: 1}, {WEIGHT: 1, STEP: 1}, False),  # of another kind
        ({WEIGHT: 1}, {WEIGHT: 1, "average.G.0.weight": 1e-3}, False),
        ({WEIGHT: 1}, {WEIGHT: 1, "nets.G.1.running_mean": 1e-3}, False),
    ],
)
def test_all_of_a_kind_moves_as_far_in_the_same_direction(state, one, other, alike):
    before = Snapshot(state)
    assert before.alike(moved(state, before, one), moved(state, before, other)) == alike
