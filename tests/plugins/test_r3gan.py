from types import SimpleNamespace

import numpy as np
import pytest
import torch
from ganzoo_plugins.images import r3gan
from ganzoo_plugins.images.r3gan import Config
from torch import nn

import ganzoo

IMAGES = ganzoo.Space(kind="image", shape=(1, 16, 16))
POINTS = ganzoo.Space(kind="vector", shape=(2,), range=None)


def log_sigmoid(x):
    return -np.log(1 + np.exp(-x))


def test_objectives_are_the_papers(batch):
    """With D(x) = |x|^2 / 2 the slope is x itself, so that both penalties show."""
    nets = SimpleNamespace(G=lambda z: 2 * z, D=lambda x: x.square().sum(1) / 2)
    config = Config(gamma=3.0)
    judge, maker = r3gan.players(config)
    real, z = torch.randn(2, 6, 3, dtype=torch.float64)
    given = batch(real, z)
    on_real, on_fake = ((x.numpy() ** 2).sum(1) for x in (real, 2 * z))
    difference = log_sigmoid(on_real / 2 - on_fake / 2).mean()
    expected = difference - 1.5 * on_real.mean() - 1.5 * on_fake.mean()
    assert (judge.goal, maker.goal) == ("maximize", "maximize")
    assert sum(judge.objective(nets, given, config).values()).item() == pytest.approx(expected, rel=1e-9)
    opposite = log_sigmoid(on_fake / 2 - on_real / 2).mean()
    assert sum(maker.objective(nets, given, config).values()).item() == pytest.approx(opposite, rel=1e-9)


def test_gradients_reach_exactly_the_network_that_moves(moved):
    config = Config(width=4, units=8)
    networks = r3gan.networks(config, POINTS)
    for player in r3gan.players(config):
        assert moved(player, networks, config, POINTS) == set(player.over)


def test_no_normalisation_anywhere():
    networks = r3gan.networks(Config(width=4), IMAGES)
    layers = [layer for net in networks.values() for layer in net.modules()]
    assert not any(isinstance(layer, nn.BatchNorm2d | nn.GroupNorm | nn.LayerNorm) for layer in layers)
    assert sum(isinstance(layer, nn.Conv2d) for layer in layers) > 10
