from types import SimpleNamespace

import numpy as np
import pytest
import torch
from ganzoo_plugins.translation import dualgan
from ganzoo_plugins.translation.dualgan import Config

import ganzoo
from ganzoo.testing.case import Case

U, V = np.array([0.3, -0.5, 0.8]), np.array([0.1, 0.9, -0.4])
SPACE = ganzoo.Space(kind="image", shape=(1, 16, 16))


def test_objectives_are_the_papers_formula(pairs):
    """With GA(u) = 2 u, GB(v) = 3 v, DA(v) = v^2 and DB(u) = 5 u."""
    nets = SimpleNamespace(GA=lambda u: 2 * u, GB=lambda v: 3 * v, DA=lambda v: v**2, DB=lambda u: 5 * u)
    config, given = Config(weight=7.0), pairs(V, U)
    judging, translating = dualgan.players(config)
    judged = ((2 * U) ** 2 - V**2).mean() + 5 * (3 * V - U).mean()
    loss = 7 * (np.abs(U - 6 * U).mean() + np.abs(V - 6 * V).mean()) - 5 * (3 * V).mean() - ((2 * U) ** 2).mean()
    assert sum(judging.objective(nets, given, config).values()).item() == pytest.approx(judged, rel=1e-9)
    assert sum(translating.objective(nets, given, config).values()).item() == pytest.approx(loss, rel=1e-9)
    assert {judging.goal, translating.goal} == {"minimize"}


def test_gradients_reach_exactly_the_networks_that_move(reached):
    assert reached("dualgan", SPACE) == {"judging": {"DA", "DB"}, "translating": {"GA", "GB"}}


def test_the_critics_weights_are_clipped():
    game = Case("dualgan").game(ganzoo.Space(kind="image", shape=(1, 16, 16), source=SPACE))
    critics = [game.state.modules[name] for name in ("DA", "DB")]
    for net in critics:
        for parameter in net.parameters():
            parameter.data.fill_(3.0)
    game.step(0)
    assert all(torch.all(p.abs() <= 0.03) for net in critics for p in net.parameters())


def test_pictures_too_small_for_the_critics_patches_are_one_line():
    small = ganzoo.Space(kind="image", shape=(1, 8, 8))
    with pytest.raises(ganzoo.GanzooError, match="these networks halve them 2 times; try --size 16"):
        dualgan.networks(Config(), ganzoo.Space(kind="image", shape=(1, 8, 8), source=small))
