"""Against the public numbers of TF-GAN's losses_impl_test.py, and against the formulas in numpy."""

import numpy as np
import pytest
import torch

from ganzoo.nn import losses

REAL = torch.tensor([-5, 1.4, 12.5, 2.7])
FAKE = torch.tensor([10, 4.4, -5.5, 3.6])


def total(terms):
    assert all(term.dim() == 0 for term in terms.values())
    return sum(term.item() for term in terms.values())


@pytest.mark.parametrize(
    ("objective", "expected"),
    [  # what is climbed here is descended there, with the sign turned
        (-total(losses.minimax(REAL, FAKE)), 5.833866),
        (-total(losses.non_saturating(FAKE)), 1.38582),
        (total(losses.least_squares_discriminator(REAL, FAKE)), 41.73375),
        (total(losses.least_squares_generator(FAKE)), 17.69625),
        (-total(losses.wasserstein(REAL, FAKE)), 0.225),
        (-total(losses.hinge(REAL, FAKE)), 6.75),
        (-total(losses.score(FAKE)), -3.125),
    ],
    ids=["minimax", "non-saturating", "least squares D", "least squares G", "Wasserstein", "hinge", "score"],
)
def test_public_numbers(objective, expected):
    assert objective == pytest.approx(expected, rel=1e-5)


def test_minimax_is_the_papers_formula():
    real, fake = (1 / (1 + np.exp(-x.double().numpy())) for x in (REAL, FAKE))
    terms = losses.minimax(REAL, FAKE)
    assert terms["real"].item() == pytest.approx(np.log(real).mean(), rel=1e-5)
    assert terms["fake"].item() == pytest.approx(np.log(1 - fake).mean(), rel=1e-5)
    assert losses.saturating(FAKE)["fake"] == terms["fake"]


@pytest.mark.parametrize(
    "loss",
    [
        losses.minimax,
        losses.least_squares_discriminator,
        losses.wasserstein,
        losses.hinge,
        losses.relativistic,
        losses.relativistic_average,
        losses.softmax_discriminator,
        losses.softmax_generator,
    ],
)
def test_half_precision_logits_give_full_precision_terms(loss):
    real, fake = REAL.bfloat16(), FAKE.bfloat16()
    assert loss(real, fake) == loss(real.float(), fake.float())
    assert all(term.dtype is torch.float64 for term in loss(REAL.double(), FAKE.double()).values())


@pytest.mark.parametrize(
    ("loss", "value"),
    [
        (losses.minimax, -np.log(4)),
        (losses.relativistic, -np.log(2)),
        (losses.relativistic_average, -np.log(4)),
        (losses.softmax_discriminator, np.log(6)),
        (losses.softmax_generator, np.log(6)),
        (losses.hinge, -2),
    ],
)
def test_value_of_the_solved_game(loss, value):
    undecided = torch.zeros(3)
    assert total(loss(undecided, undecided)) == pytest.approx(value, rel=1e-6)


def test_relativistic_losses_see_differences_only():
    for loss in (losses.relativistic, losses.relativistic_average):
        assert total(loss(REAL + 7, FAKE + 7)) == pytest.approx(total(loss(REAL, FAKE)), rel=1e-5)


def test_the_boundary_is_where_the_logit_is_0():
    assert total(losses.boundary_seeking(torch.zeros(3))) == 0
    assert total(losses.boundary_seeking(torch.tensor([3.0, -1.0]))) == pytest.approx(2.5)
    assert losses.boundary_seeking(FAKE.bfloat16()) == losses.boundary_seeking(FAKE.bfloat16().float())


@pytest.mark.parametrize("certain", [-1e4, 1e4])
def test_certain_logits_stay_finite_and_keep_their_slope(certain):
    """log(sigmoid) would be infinite here, and its gradient nan or 0."""
    logits = torch.full((2,), certain, requires_grad=True)
    wrong = losses.non_saturating(logits) if certain < 0 else losses.saturating(logits)
    (term,) = wrong.values()
    (gradient,) = torch.autograd.grad(term, logits)
    assert term.item() == pytest.approx(-1e4)
    assert gradient.abs().tolist() == pytest.approx([0.5, 0.5])
