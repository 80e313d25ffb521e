import numpy as np
import pytest
import torch
from ganzoo_plugins.images import bgan
from ganzoo_plugins.images.bgan import Config

import ganzoo
from ganzoo.nn import plain_networks

REAL, FAKE = np.array([-5, 1.4, 12.5, 2.7]), np.array([10, 4.4, -5.5, 3.6])
POINTS = ganzoo.Space(kind="vector", shape=(2,), range=None)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def test_objectives_are_the_papers(batch, passing):
    discriminator, generator = bgan.players(Config())
    given = batch(torch.tensor(REAL)[:, None], torch.tensor(FAKE)[:, None])
    value, away = (sum(p.objective(passing, given, Config()).values()).item() for p in (discriminator, generator))
    real, fake = sigmoid(REAL), sigmoid(FAKE)
    assert (discriminator.goal, generator.goal) == ("maximize", "minimize")
    assert value == pytest.approx(np.log(real).mean() + np.log(1 - fake).mean(), rel=1e-6)
    assert away == pytest.approx(((np.log(fake) - np.log(1 - fake)) ** 2).mean() / 2, rel=1e-6)


def test_a_sure_discriminator_gives_a_finite_objective(batch, passing):
    """The logarithm of D(G(z)) = 0, which the formula names, is infinite."""
    terms = bgan.players(Config())[1].objective(passing, batch(torch.zeros(1, 1), torch.tensor([[-1e3]])), Config())
    assert terms["boundary"].item() == pytest.approx(5e5)


def test_gradients_reach_exactly_the_network_that_moves(moved):
    config = Config(units=8)
    networks = plain_networks(config, POINTS)
    for player in bgan.players(config):
        assert moved(player, networks, config, POINTS) == set(player.over)
