import numpy as np
import pytest
import torch
from ganzoo_plugins.images import lsgan
from ganzoo_plugins.images.lsgan import Config

import ganzoo
from ganzoo.nn import plain_networks

REAL, FAKE = np.array([-5, 1.4, 12.5, 2.7]), np.array([10, 4.4, -5.5, 3.6])
POINTS = ganzoo.Space(kind="vector", shape=(2,), range=None)


def test_objectives_are_equation_9_with_the_labels_0_1_1(batch, passing):
    discriminator, generator = lsgan.players(Config())
    given = batch(torch.tensor(REAL)[:, None], torch.tensor(FAKE)[:, None])
    errors, error = (sum(p.objective(passing, given, Config()).values()).item() for p in (discriminator, generator))
    assert (discriminator.goal, generator.goal) == ("minimize", "minimize")
    assert errors == pytest.approx(((REAL - 1) ** 2).mean() / 2 + (FAKE**2).mean() / 2, rel=1e-9)
    assert error == pytest.approx(((FAKE - 1) ** 2).mean() / 2, rel=1e-9)


def test_an_undecided_discriminator_has_the_equilibriums_errors(batch, passing):
    discriminator, _ = lsgan.players(Config())
    half = torch.full((3, 1), 0.5)
    assert sum(discriminator.objective(passing, batch(half, half), Config()).values()) == discriminator.equilibrium


def test_gradients_reach_exactly_the_network_that_moves(moved):
    config = Config(units=8)
    networks = plain_networks(config, POINTS)
    for player in lsgan.players(config):
        assert moved(player, networks, config, POINTS) == set(player.over)
