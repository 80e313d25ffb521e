import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from ganzoo_plugins.labels import bigan
from ganzoo_plugins.labels.bigan import Config

import ganzoo

REAL, NOISE = np.array([-5, 1.4, 12.5, 2.7]), np.array([10, 4.4, -5.5, 3.6])
SPACE = ganzoo.Space(kind="image", shape=(1, 12, 12))


def test_objectives_are_the_papers(batch):
    """With E(x) = x / 2, G(z) = 3 z and D(x, z) = x + z every pair of equation 3 shows."""
    nets = SimpleNamespace(G=lambda z: 3 * z, E=lambda x: x / 2, D=lambda x, z: (x + z).flatten())
    given = batch(torch.tensor(REAL)[:, None], torch.tensor(NOISE)[:, None])
    encoded, generated = 1.5 * REAL, 4 * NOISE
    value, fooling = bigan.players(Config())
    assert (value.over, fooling.over) == (("D",), ("G", "E"))
    assert sum(value.objective(nets, given, Config()).values()).item() == pytest.approx(
        -np.log(1 + np.exp(-encoded)).mean() - np.log(1 + np.exp(generated)).mean(), rel=1e-9
    )
    assert sum(fooling.objective(nets, given, Config()).values()).item() == pytest.approx(
        -np.log(1 + np.exp(encoded)).mean() - np.log(1 + np.exp(-generated)).mean(), rel=1e-9
    )
    assert value.equilibrium == pytest.approx(-math.log(4))


@pytest.mark.parametrize("shape", [(1, 12, 12), (3, 16, 16)], ids=str)
def test_gradients_reach_exactly_the_networks_that_move(moved, shape):
    config, space = Config(units=8, width=4), ganzoo.Space(kind="image", shape=shape)
    networks = bigan.networks(config, space)
    for player in bigan.players(config):
        assert moved(player, networks, config, space) == set(player.over)


def test_the_prior_is_uniform():
    torch.manual_seed(0)
    z = bigan.prior(2000, Config(), SPACE, torch.device("cpu"))
    assert z.shape == (2000, 16)
    assert (z.min().item(), z.max().item()) == pytest.approx((-1, 1), abs=0.001)
    assert z.std().item() == pytest.approx(1 / math.sqrt(3), abs=0.01)
