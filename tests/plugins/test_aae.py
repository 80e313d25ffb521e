import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from ganzoo_plugins.labels import aae
from ganzoo_plugins.labels.aae import Config

import ganzoo

REAL, NOISE = np.array([-5, 1.4, 12.5, 2.7]), np.array([10, 4.4, -5.5, 3.6])
SPACE = ganzoo.Space(kind="image", shape=(1, 12, 12))


def test_objectives_of_the_two_phases(batch):
    """With E(x) = x / 2 and G(z) = 3 z the reconstruction is 1.5 x; D passes codes on."""
    nets = SimpleNamespace(G=lambda z: 3 * z, E=lambda x: x / 2, D=lambda z: z.flatten())
    given = batch(torch.tensor(REAL)[:, None], torch.tensor(NOISE)[:, None])
    found = [(p.goal, p.over, sum(p.objective(nets, given, Config()).values()).item()) for p in aae.players(Config())]
    codes = REAL / 2
    value = -np.log(1 + np.exp(-NOISE)).mean() - np.log(1 + np.exp(codes)).mean()
    assert found == [
        ("minimize", ("E", "G"), pytest.approx((REAL**2 / 4).mean(), rel=1e-9)),
        ("maximize", ("D",), pytest.approx(value, rel=1e-9)),
        ("maximize", ("E",), pytest.approx(-np.log(1 + np.exp(-codes)).mean(), rel=1e-9)),
    ]
    assert aae.players(Config())[1].equilibrium == pytest.approx(-math.log(4))


def test_gradients_reach_exactly_the_networks_that_move(moved):
    config = Config(units=8)
    networks = aae.networks(config, SPACE)
    for player in aae.players(config):
        assert moved(player, networks, config, SPACE) == set(player.over)


def test_each_phase_has_its_own_optimiser():
    reconstruction, _, fooling = aae.players(Config())
    assert set(reconstruction.over) != set(fooling.over)
    assert reconstruction.by != fooling.by
