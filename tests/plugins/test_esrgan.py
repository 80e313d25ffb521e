from types import SimpleNamespace

import numpy as np
import pytest
from ganzoo_plugins.translation import esrgan
from ganzoo_plugins.translation.esrgan import Config

import ganzoo

X, Y = np.array([0.3, -0.5, 0.8]), np.array([0.1, 0.9, -0.4])
SPACE = ganzoo.Space(kind="image", shape=(1, 16, 16))


def sigmoid(values):
    return 1 / (1 + np.exp(-values))


def test_objectives_are_the_papers_formula(pairs):
    """With G(x) = 2 x, D(y) = 3 y and phi(y) = y + y^2."""
    nets = SimpleNamespace(G=lambda x: 2 * x, D=lambda y: 3 * y, phi=lambda y: y + y**2)
    config, given = Config(), pairs(Y, X)
    pretraining, more_real, perceptual = esrgan.players(config)
    real, fake = 3 * Y, 6 * X
    real_over_fake, fake_over_real = sigmoid(real - fake.mean()), sigmoid(fake - real.mean())
    loss_d = -np.log(real_over_fake).mean() - np.log(1 - fake_over_real).mean()
    loss_g = -np.log(1 - real_over_fake).mean() - np.log(fake_over_real).mean()
    content = np.abs(Y + Y**2 - 2 * X - 4 * X**2).mean()
    expected = [
        np.abs(Y - 2 * X).mean(),
        -loss_d,
        content + 5e-3 * loss_g + 1e-2 * np.abs(2 * X - Y).mean(),
    ]
    for player, number in zip((pretraining, more_real, perceptual), expected, strict=True):
        assert sum(player.objective(nets, given, config).values()).item() == pytest.approx(number, rel=1e-9)
    assert [player.goal for player in (pretraining, more_real, perceptual)] == ["minimize", "maximize", "minimize"]


def test_gradients_reach_exactly_the_network_that_moves(reached):
    assert reached("esrgan", SPACE) == {"pretraining": {"G"}, "more_real": {"D"}, "perceptual": {"G"}}
