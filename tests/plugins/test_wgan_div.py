from types import SimpleNamespace

import numpy as np
import pytest
import torch
from ganzoo_plugins.images import wgan_div
from ganzoo_plugins.images.wgan_div import Config
from torch import nn

import ganzoo

POINTS = ganzoo.Space(kind="vector", shape=(2,), range=None)


def test_the_critics_objective_is_the_papers(batch):
    """With D(x) = |x|^2 / 2 the slope is x itself, so that every part of the equation shows."""
    nets = SimpleNamespace(G=lambda z: 2 * z, D=lambda x: x.square().sum(1) / 2)
    critic, config = wgan_div.players(Config())[0], Config(weight=3.0, power=4.0)
    real, z = torch.randn(2, 6, 3, dtype=torch.float64)
    torch.manual_seed(0)
    terms = critic.objective(nets, batch(real, z), config)
    torch.manual_seed(0)
    share, x, fake = torch.rand(6, 1, dtype=torch.float64).numpy(), real.numpy(), 2 * z.numpy()
    slope = np.sqrt(((share * x + (1 - share) * fake) ** 2).sum(1))
    assert critic.goal == "maximize"
    assert terms["distance"].item() == pytest.approx(((x**2).sum(1) / 2).mean() - ((fake**2).sum(1) / 2).mean())
    assert terms["penalty"].item() == pytest.approx(-3 * (slope**4).mean(), rel=1e-9)


def test_the_generator_climbs_the_critics_score(batch, passing):
    generator = wgan_div.players(Config())[1]
    terms = generator.objective(passing, batch(torch.zeros(3, 1), torch.tensor([[1.0], [2.0], [6.0]])), Config())
    assert generator.goal == "maximize"
    assert sum(terms.values()).item() == pytest.approx(3.0)


def test_the_papers_weight_and_power_and_no_batch_norm_in_the_critic():
    assert (Config().weight, Config().power) == (2.0, 6.0)
    critic = wgan_div.networks(Config(width=4), ganzoo.Space(kind="image", shape=(1, 16, 16)))["D"]
    assert not any(isinstance(layer, nn.BatchNorm2d) for layer in critic.modules())


def test_gradients_reach_exactly_the_network_that_moves(moved):
    config = Config(units=8)
    networks = wgan_div.networks(config, POINTS)
    for player in wgan_div.players(config):
        assert moved(player, networks, config, POINTS) == set(player.over)
