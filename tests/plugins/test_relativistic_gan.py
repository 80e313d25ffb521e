import numpy as np
import pytest
import torch
from ganzoo_plugins.images import relativistic_gan
from ganzoo_plugins.images.relativistic_gan import Config

import ganzoo
from ganzoo.nn import plain_networks

REAL, FAKE = np.array([-5, 1.4, 12.5, 2.7]), np.array([10, 4.4, -5.5, 3.6])
POINTS = ganzoo.Space(kind="vector", shape=(2,), range=None)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def objectives(config, batch, passing):
    given = batch(torch.tensor(REAL)[:, None], torch.tensor(FAKE)[:, None])
    players = relativistic_gan.players(config)
    assert [player.goal for player in players] == ["maximize", "maximize"]
    return [sum(player.objective(passing, given, config).values()).item() for player in players]


def test_pairs_are_compared_as_rsgan_does(batch, passing):
    discriminator, generator = objectives(Config(average=False), batch, passing)
    assert discriminator == pytest.approx(np.log(sigmoid(REAL - FAKE)).mean(), rel=1e-9)
    assert generator == pytest.approx(np.log(sigmoid(FAKE - REAL)).mean(), rel=1e-9)


def test_averages_are_compared_as_rasgan_does(batch, passing):
    discriminator, generator = objectives(Config(average=True), batch, passing)
    real, fake = sigmoid(REAL - FAKE.mean()), sigmoid(FAKE - REAL.mean())
    assert discriminator == pytest.approx(np.log(real).mean() + np.log(1 - fake).mean(), rel=1e-9)
    assert generator == pytest.approx(np.log(fake).mean() + np.log(1 - real).mean(), rel=1e-9)


@pytest.mark.parametrize("average", [False, True])
def test_the_equilibrium_is_where_all_scores_are_equal(batch, passing, average):
    judge, equal = relativistic_gan.players(Config(average=average))[0], torch.full((3, 1), 2.5)
    value = sum(judge.objective(passing, batch(equal, equal), Config(average=average)).values()).item()
    assert value == pytest.approx(judge.equilibrium, rel=1e-6)


@pytest.mark.parametrize("average", [False, True])
def test_gradients_reach_exactly_the_network_that_moves(moved, average):
    config = Config(units=8, average=average)
    networks = plain_networks(config, POINTS)
    for player in relativistic_gan.players(config):
        assert moved(player, networks, config, POINTS) == set(player.over)
