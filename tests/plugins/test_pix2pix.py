from types import SimpleNamespace

import numpy as np
import pytest
import torch
from ganzoo_plugins.translation import pix2pix
from ganzoo_plugins.translation.pix2pix import Config

import ganzoo

X, Y = np.array([0.3, -0.5, 0.8]), np.array([0.1, 0.9, -0.4])
SPACE = ganzoo.Space(kind="image", shape=(3, 16, 16))


def test_objectives_are_the_papers_formula(pairs):
    """With G(x) = 2 x and D(y, x) = 3 y - x: equation 4, D's halved, G's log(1 - D) as -log D."""
    nets = SimpleNamespace(G=lambda x: 2 * x, D=lambda y, x: 3 * y - x)
    value, translating = pix2pix.players(Config(weight=7.0))
    given = pairs(Y, X)
    real, fake = 1 / (1 + np.exp(-(3 * Y - X))), 1 / (1 + np.exp(-(6 * X - X)))
    climbed = sum(value.objective(nets, given, Config()).values()).item()
    assert climbed == pytest.approx((np.log(real).mean() + np.log(1 - fake).mean()) / 2, rel=1e-9)
    terms = translating.objective(nets, given, Config(weight=7.0))
    assert sum(terms.values()).item() == pytest.approx(np.log(fake).mean() - 7 * np.abs(Y - 2 * X).mean(), rel=1e-9)
    assert {value.goal, translating.goal} == {"maximize"}


def test_gradients_reach_exactly_the_network_that_moves(reached):
    assert reached("pix2pix", SPACE) == {"value": {"D"}, "translating": {"G"}}


def test_numbers_of_the_paper():
    config = Config()
    assert (config.weight, config.adam) == (100.0, ganzoo.Adam(lr=2e-4, betas=(0.5, 0.999)))


def test_d_sees_the_source_and_g_keeps_other_sizes():
    space = ganzoo.Space(kind="image", shape=(3, 16, 16), source=ganzoo.Space(kind="image", shape=(1, 16, 16)))
    nets = pix2pix.networks(Config(width=2), space)
    x, y = torch.rand(2, 1, 16, 16), torch.rand(2, 3, 16, 16)
    assert not torch.equal(nets["D"](y, x), nets["D"](y, -x))
    assert nets["G"].eval()(torch.rand(1, 1, 32, 64)).shape == (1, 3, 32, 64)


def test_sources_of_another_size_are_one_line():
    space = ganzoo.Space(kind="image", shape=(1, 16, 16), source=ganzoo.Space(kind="image", shape=(1, 8, 8)))
    with pytest.raises(ganzoo.GanzooError, match="sources of 1x8x8 and targets of 1x16x16"):
        pix2pix.networks(Config(), space)
