from types import SimpleNamespace

import numpy as np
import pytest
import torch
from ganzoo_plugins.images import wgan_gp
from ganzoo_plugins.images.wgan_gp import Config
from torch import nn

import ganzoo

IMAGES = ganzoo.Space(kind="image", shape=(1, 16, 16))
POINTS = ganzoo.Space(kind="vector", shape=(2,), range=None)


def test_the_critic_climbs_equation_3(batch):
    """With D(x) = |x|^2 / 2 the slope is x itself, so that every part of the equation shows."""
    nets = SimpleNamespace(G=lambda z: 2 * z, D=lambda x: x.square().sum(1) / 2)
    critic, config = wgan_gp.players(Config())[0], Config(penalty=7.0)
    real, z = torch.randn(2, 6, 3, dtype=torch.float64)
    torch.manual_seed(0)
    terms = critic.objective(nets, batch(real, z), config)
    torch.manual_seed(0)
    share, x, fake = torch.rand(6, 1, dtype=torch.float64).numpy(), real.numpy(), 2 * z.numpy()
    slope = np.sqrt(((share * x + (1 - share) * fake) ** 2).sum(1))
    distance = ((x**2).sum(1) / 2).mean() - ((fake**2).sum(1) / 2).mean()
    assert critic.goal == "maximize"
    assert terms["distance"].item() == pytest.approx(distance, rel=1e-9)
    assert terms["penalty"].item() == pytest.approx(-7 * ((slope - 1) ** 2).mean(), rel=1e-9)


def test_the_generator_climbs_the_critics_score(batch, passing):
    generator = wgan_gp.players(Config())[1]
    terms = generator.objective(passing, batch(torch.zeros(3, 1), torch.tensor([[1.0], [2.0], [6.0]])), Config())
    assert generator.goal == "maximize"
    assert sum(terms.values()).item() == pytest.approx(3.0)


@pytest.mark.parametrize("space", [IMAGES, POINTS], ids=str)
def test_gradients_reach_exactly_the_network_that_moves(moved, space):
    config = Config(width=4, units=8)
    networks = wgan_gp.networks(config, space)
    for player in wgan_gp.players(config):
        assert moved(player, networks, config, space) == set(player.over)


def test_numbers_of_algorithm_1():
    critic, generator = wgan_gp.players(Config())
    assert (critic.turns, generator.turns, Config().penalty) == (5, 1, 10.0)
    assert critic.by == generator.by == ganzoo.Adam(lr=1e-4, betas=(0.0, 0.9))


@pytest.mark.parametrize("space", [IMAGES, POINTS, ganzoo.Space(kind="image", shape=(3, 32, 32))], ids=str)
def test_a_critic_without_batch_norm_for_every_space(space):
    networks = wgan_gp.networks(Config(width=4), space)
    samples = networks["G"](torch.randn(5, 128))
    assert samples.shape == (5, *space.shape)
    assert networks["D"](samples).shape == (5,)
    assert not any(isinstance(layer, nn.BatchNorm2d) for layer in networks["D"].modules())
