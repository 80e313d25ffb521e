from types import SimpleNamespace

import numpy as np
import pytest
from ganzoo_plugins.translation import discogan
from ganzoo_plugins.translation.discogan import Config

import ganzoo

A, B = np.array([0.3, -0.5, 0.8]), np.array([0.1, 0.9, -0.4])
SPACE = ganzoo.Space(kind="image", shape=(1, 16, 16))


def log_sigmoid(values):
    return np.log(1 / (1 + np.exp(-values)))


def test_objectives_are_the_papers_formula(pairs):
    """With AB(a) = 2 a, BA(b) = 3 b, DA(a) = a + 1 and DB(b) = b - 1."""
    nets = SimpleNamespace(AB=lambda a: 2 * a, BA=lambda b: 3 * b, DA=lambda a: a + 1, DB=lambda b: b - 1)
    value, discovering = discogan.players(Config())
    given = pairs(B, A)
    judged = log_sigmoid(B - 1).mean() + log_sigmoid(-(2 * A - 1)).mean()
    judged += log_sigmoid(A + 1).mean() + log_sigmoid(-(3 * B + 1)).mean()
    assert sum(value.objective(nets, given, Config()).values()).item() == pytest.approx(judged, rel=1e-9)
    loss = -log_sigmoid(2 * A - 1).mean() + ((6 * A - A) ** 2).mean()
    loss += -log_sigmoid(3 * B + 1).mean() + ((6 * B - B) ** 2).mean()
    assert sum(discovering.objective(nets, given, Config()).values()).item() == pytest.approx(-loss, rel=1e-9)
    assert {value.goal, discovering.goal} == {"maximize"}


def test_gradients_reach_exactly_the_networks_that_move(reached):
    assert reached("discogan", SPACE) == {"value": {"DA", "DB"}, "discovering": {"AB", "BA"}}


def test_numbers_of_the_paper():
    by = discogan.players(Config())[0].by
    assert (by.lr, by.betas, by.weight_decay) == (2e-4, (0.5, 0.999), 1e-4)
