from types import SimpleNamespace

import numpy as np
import pytest
import torch
from ganzoo_plugins.translation import srgan
from ganzoo_plugins.translation.srgan import Config

import ganzoo

X, Y = np.array([0.3, -0.5, 0.8]), np.array([0.1, 0.9, -0.4])
SPACE = ganzoo.Space(kind="image", shape=(1, 16, 16))


@pytest.mark.parametrize(("kind", "scale"), [("pixels", 1.0), ("vgg", 12.75)])
def test_objectives_are_the_papers_formula(pairs, kind, scale):
    """With G(x) = 2 x, D(y) = 3 y and phi(y) = y + y^2."""
    nets = SimpleNamespace(G=lambda x: 2 * x, D=lambda y: 3 * y, phi=lambda y: y + y**2)
    config, given = Config(content=kind), pairs(Y, X)
    pretraining, value, perceptual = srgan.players(config)
    fake = 1 / (1 + np.exp(-6 * X))
    loss = (((Y + Y**2 - 2 * X - 4 * X**2) / scale) ** 2).mean() - 1e-3 * np.log(fake).mean()
    expected = [((Y - 2 * X) ** 2).mean(), np.log(1 / (1 + np.exp(-3 * Y))).mean() + np.log(1 - fake).mean(), loss]
    for player, number in zip((pretraining, value, perceptual), expected, strict=True):
        assert sum(player.objective(nets, given, config).values()).item() == pytest.approx(number, rel=1e-9)
    assert [player.goal for player in (pretraining, value, perceptual)] == ["minimize", "maximize", "minimize"]


def test_it_learns_the_squared_error_alone_before_it_plays():
    players = srgan.players(Config(pretrain=7))
    assert [[player.plays(step) for player in players] for step in (0, 6, 7)] == [
        [True, False, False],
        [True, False, False],
        [False, True, True],
    ]


def test_gradients_reach_exactly_the_network_that_moves(reached):
    assert reached("srgan", SPACE) == {"pretraining": {"G"}, "value": {"D"}, "perceptual": {"G"}}


@pytest.mark.parametrize("factor", [1, 2, 4, 8])
def test_pictures_of_any_size_are_enlarged_by_the_factor_of_the_data(factor):
    side = 16 // factor
    space = ganzoo.Space(kind="image", shape=(3, 16, 16), source=ganzoo.Space(kind="image", shape=(1, side, side)))
    net = srgan.networks(Config(width=4, blocks=1), space)["G"].eval()
    assert net(torch.rand(2, 1, 5, 7)).shape == (2, 3, 5 * factor, 7 * factor)


def test_other_factors_are_one_line():
    space = ganzoo.Space(kind="image", shape=(1, 15, 15), source=ganzoo.Space(kind="image", shape=(1, 5, 5)))
    with pytest.raises(ganzoo.GanzooError, match="enlarge by 1, 2, 4, 8; type --degrade downscale:4"):
        srgan.networks(Config(), space)
