import math

import pytest
import torch
from torch import nn

from ganzoo.engine.optimise import Mover
from ganzoo.errors import PluginError
from ganzoo.optimisers import SGD, Adam, AdamW, Cosine, Linear, RMSprop, number_at

OK = torch.tensor(True)


def test_a_line_is_straight_between_its_ends_and_constant_outside():
    line = Linear(first=2.0, last=1.0, begin=0.2, end=0.6)
    assert [line.at(p) for p in (0, 0.2, 0.3, 0.4, 0.6, 1)] == pytest.approx([2, 2, 1.75, 1.5, 1, 1])


def test_a_line_needs_a_length():
    with pytest.raises(PluginError, match=r"begin=0.5 should be before end=0.5"):
        Linear(first=1, last=0, begin=0.5, end=0.5)


def test_half_a_cosine_wave():
    wave = Cosine(first=3.0, last=1.0)
    assert [wave.at(p) for p in (0, 0.5, 1, 2)] == pytest.approx([3, 2, 1, 1])
    assert wave.at(0.25) == pytest.approx(1 + (1 + math.cos(math.pi / 4)))


def test_a_plain_number_stays_as_it_is():
    assert number_at(0.5, 0.9) == 0.5
    assert number_at(Linear(first=0, last=1), 0.25) == 0.25


@pytest.mark.parametrize("kind", [Adam, AdamW, RMSprop, SGD])
def test_values_are_compared_and_hashed_by_their_numbers(kind):
    assert kind(lr=0.1) == kind(lr=0.1)
    assert len({kind(lr=0.1), kind(lr=0.1), kind(lr=0.2), kind(lr=Linear(first=0.1, last=0))}) == 3
    with pytest.raises(TypeError):
        kind(0.1)


@pytest.mark.parametrize(
    ("by", "plain"),
    [
        (Adam(lr=0.1, betas=(0.5, 0.9), eps=1e-6, weight_decay=0.1), torch.optim.Adam),
        (AdamW(lr=0.1, betas=(0.5, 0.9), eps=1e-6, weight_decay=0.2), torch.optim.AdamW),
        (RMSprop(lr=0.1, alpha=0.9, eps=1e-6, weight_decay=0.1, momentum=0.5), torch.optim.RMSprop),
        (SGD(lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.1), torch.optim.SGD),
    ],
)
def test_each_moves_as_torchs_optimiser_with_its_numbers(by, plain):
    mine, theirs = (nn.Parameter(torch.tensor([1.0, -2.0, 3.0])) for _ in range(2))
    mover, optimiser = Mover(by, {"w": mine}), plain([theirs], **vars(by))
    for step in range(5):
        gradient = torch.tensor([1.0, -0.5, 0.1]) * (step + 1)
        with torch.no_grad():
            mover.step([gradient], OK, 0.0)
        theirs.grad = gradient
        optimiser.step()
    torch.testing.assert_close(mine, theirs)


@pytest.mark.parametrize(
    ("by", "at_half"),
    [
        (Adam(lr=Linear(first=0.1, last=0), betas=(Linear(first=0, last=0.5), 0.9)), Adam(lr=0.05, betas=(0.25, 0.9))),
        (RMSprop(lr=0.1, alpha=Linear(first=0.9, last=0.5)), RMSprop(lr=0.1, alpha=0.7)),
        (SGD(lr=0.1, weight_decay=Cosine(first=1, last=0)), SGD(lr=0.1, weight_decay=0.5)),
    ],
)
def test_a_schedule_is_read_at_the_progress_of_each_step(by, at_half):
    scheduled, plain = (nn.Parameter(torch.tensor([1.0, -2.0])) for _ in range(2))
    one, other = Mover(by, {"w": scheduled}), Mover(at_half, {"w": plain})
    for _ in range(3):
        for mover in (one, other):
            with torch.no_grad():
                mover.step([torch.tensor([0.3, 0.1])], OK, 0.5)
    torch.testing.assert_close(scheduled, plain)
