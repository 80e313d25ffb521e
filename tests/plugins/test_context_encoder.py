from types import SimpleNamespace

import numpy as np
import pytest
import torch
from ganzoo_plugins.translation import context_encoder
from ganzoo_plugins.translation.context_encoder import Config

import ganzoo

SPACE = ganzoo.Space(kind="image", shape=(1, 16, 16))


def test_objectives_are_the_papers_formula(pairs):
    """With F that returns a fixed hole and D(h) = sum of h over its pixels."""
    rng = np.random.default_rng(0)
    whole, filled = rng.uniform(-1, 1, (3, 1, 4, 4)), rng.uniform(-1, 1, (3, 1, 2, 2))
    nets = SimpleNamespace(F=lambda x: torch.from_numpy(filled), D=lambda hole: hole.sum((1, 2, 3)))
    value, filling = context_encoder.players(Config())
    given = pairs(whole, np.zeros_like(whole))
    hole = whole[:, :, 1:3, 1:3]
    real, fake = (1 / (1 + np.exp(-part.sum((1, 2, 3)))) for part in (hole, filled))
    assert sum(value.objective(nets, given, Config()).values()).item() == pytest.approx(
        np.log(real).mean() + np.log(1 - fake).mean(), rel=1e-9
    )
    loss = 0.999 * ((hole - filled) ** 2).mean() - 0.001 * np.log(fake).mean()
    assert sum(filling.objective(nets, given, Config()).values()).item() == pytest.approx(-loss, rel=1e-9)
    assert (filling.by.lr, value.by.lr) == pytest.approx((1e-3, 1e-4))  # F's is ten times D's


def test_gradients_reach_exactly_the_network_that_moves(reached):
    assert reached("context-encoder", SPACE) == {"value": {"D"}, "filling": {"F"}}


def test_all_but_the_hole_is_left_as_it_was(pairs):
    given = pairs(np.zeros((2, 1, 8, 8)), np.random.default_rng(0).uniform(-1, 1, (2, 1, 8, 8)))
    nets = SimpleNamespace(F=lambda x: torch.full((2, 1, 4, 4), 0.25, dtype=torch.float64))
    made, before = context_encoder.generate(nets, given, Config()), given.source.clone()
    assert torch.equal(given.source, before)
    assert made[:, :, 2:6, 2:6].eq(0.25).all()
    made[:, :, 2:6, 2:6] = before[:, :, 2:6, 2:6]
    assert torch.equal(made, before)


def test_another_hole_is_one_line():
    source = ganzoo.Space(kind="image", shape=(1, 16, 16), details={"degraded": "mask:random"})
    with pytest.raises(ganzoo.GanzooError, match="fills the centre; type --degrade mask"):
        context_encoder.networks(Config(), ganzoo.Space(kind="image", shape=(1, 16, 16), source=source))
