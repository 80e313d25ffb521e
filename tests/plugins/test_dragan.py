from types import SimpleNamespace

import numpy as np
import pytest
import torch
from ganzoo_plugins.images import dragan
from ganzoo_plugins.images.dragan import Config
from torch import nn

import ganzoo

POINTS = ganzoo.Space(kind="vector", shape=(2,), range=None)


def log_sigmoid(x):
    return -np.log(1 + np.exp(-x))


def test_the_discriminators_objective_is_the_papers(batch):
    """With D(x) = |x|^2 / 2 the slope is x itself, so that the penalty shows where it was taken."""
    nets = SimpleNamespace(G=lambda z: 2 * z, D=lambda x: x.square().sum(1) / 2)
    discriminator, config = dragan.players(Config())[0], Config(penalty=7.0, spread=0.3)
    real, z = torch.randn(2, 6, 3, dtype=torch.float64)
    torch.manual_seed(0)
    terms = discriminator.objective(nets, batch(real, z), config)
    torch.manual_seed(0)
    noise, x, fake = torch.randn(6, 3, dtype=torch.float64).numpy(), real.numpy(), 2 * z.numpy()
    slope = np.sqrt(((x + 0.3 * x.std(ddof=1) * noise) ** 2).sum(1))
    value = log_sigmoid((x**2).sum(1) / 2).mean() + log_sigmoid(-(fake**2).sum(1) / 2).mean()
    assert discriminator.goal == "maximize"
    assert terms["penalty"].item() == pytest.approx(-7 * ((slope - 1) ** 2).mean(), rel=1e-9)
    assert sum(terms.values()).item() == pytest.approx(value - 7 * ((slope - 1) ** 2).mean(), rel=1e-9)


def test_the_generator_climbs_log_d(batch, passing):
    generator, logits = dragan.players(Config())[1], np.array([1.0, -2.0, 6.0])
    terms = generator.objective(passing, batch(torch.zeros(3, 1), torch.tensor(logits)[:, None]), Config())
    assert generator.goal == "maximize"
    assert sum(terms.values()).item() == pytest.approx(log_sigmoid(logits).mean(), rel=1e-9)


def test_gradients_reach_exactly_the_network_that_moves_and_no_batch_norm_in_d(moved):
    config = Config(units=8, width=4)
    networks = dragan.networks(config, POINTS)
    for player in dragan.players(config):
        assert moved(player, networks, config, POINTS) == set(player.over)
    judge = dragan.networks(config, ganzoo.Space(kind="image", shape=(1, 16, 16)))["D"]
    assert not any(isinstance(layer, nn.BatchNorm2d) for layer in judge.modules())
