import numpy as np
import pytest
import torch
from ganzoo_plugins.images import sagan
from ganzoo_plugins.images.sagan import Config
from torch import nn
from torch.nn.utils.parametrize import is_parametrized

import ganzoo
from ganzoo.nn import SelfAttention

REAL, FAKE = np.array([-5, 1.4, 12.5, 2.7]), np.array([10, 4.4, -5.5, 3.6])
IMAGES = ganzoo.Space(kind="image", shape=(1, 16, 16))


def test_objectives_are_equation_4(batch, passing):
    discriminator, generator = sagan.players(Config())
    given = batch(torch.tensor(REAL)[:, None], torch.tensor(FAKE)[:, None])
    margins, score = (sum(p.objective(passing, given, Config()).values()).item() for p in (discriminator, generator))
    assert (discriminator.goal, generator.goal) == ("maximize", "maximize")
    assert margins == pytest.approx(np.minimum(0, REAL - 1).mean() + np.minimum(0, -FAKE - 1).mean(), rel=1e-9)
    assert score == pytest.approx(FAKE.mean(), rel=1e-9)


def test_both_networks_attend_and_are_spectrally_normalised():
    for network in sagan.networks(Config(width=8), IMAGES).values():
        layers = list(network.modules())
        assert sum(isinstance(layer, SelfAttention) for layer in layers) == 1
        assert all(is_parametrized(layer) for layer in layers if isinstance(layer, nn.Conv2d | nn.Linear))


def test_gradients_reach_exactly_the_network_that_moves(moved):
    config = Config(width=8)
    networks = sagan.networks(config, IMAGES)
    for network in networks.values():
        for layer in network.modules():
            if isinstance(layer, SelfAttention):
                nn.init.constant_(layer.gamma, 0.1)  # at 0, as it starts, nothing reaches the keys
    for player in sagan.players(config):
        assert moved(player, networks, config, IMAGES) == set(player.over)


def test_two_time_scales():
    discriminator, generator = sagan.players(Config())
    assert (discriminator.by.lr, generator.by.lr) == (1e-3, 5e-4)
    assert (discriminator.turns, generator.turns) == (1, 1)
