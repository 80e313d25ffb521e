import numpy as np
import pytest
import torch
from ganzoo_plugins.images import softmax_gan
from ganzoo_plugins.images.softmax_gan import Config

import ganzoo
from ganzoo.nn import plain_networks

REAL, FAKE = np.array([-5, 1.4, 12.5, 2.7]), np.array([10, 4.4, -5.5, 3.6])
POINTS = ganzoo.Space(kind="vector", shape=(2,), range=None)


def objectives(real, fake, batch, passing):
    players = softmax_gan.players(Config())
    assert [player.goal for player in players] == ["minimize", "minimize"]
    given = batch(torch.tensor(real)[:, None], torch.tensor(fake)[:, None])
    return [sum(player.objective(passing, given, Config()).values()).item() for player in players]


def test_objectives_are_cross_entropies_with_the_papers_targets(batch, passing):
    energy = -np.concatenate([REAL, FAKE])  # the paper's D
    share = np.exp(-energy) / np.exp(-energy).sum()
    on_reals, on_all = np.r_[np.full(4, 1 / 4), np.zeros(4)], np.full(8, 1 / 8)
    discriminator, generator = objectives(REAL, FAKE, batch, passing)
    assert discriminator == pytest.approx(-(on_reals * np.log(share)).sum(), rel=1e-9)
    assert generator == pytest.approx(-(on_all * np.log(share)).sum(), rel=1e-9)


def test_far_logits_stay_finite(batch, passing):
    assert np.isfinite(objectives(1e4 * REAL, 1e4 * FAKE, batch, passing)).all()


def test_gradients_reach_exactly_the_network_that_moves(moved):
    config = Config(units=8)
    networks = plain_networks(config, POINTS)
    for player in softmax_gan.players(config):
        assert moved(player, networks, config, POINTS) == set(player.over)
