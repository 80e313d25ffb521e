from types import SimpleNamespace

import numpy as np
import pytest
import torch
from ganzoo_plugins.images import ebgan
from ganzoo_plugins.images.ebgan import Config

import ganzoo

POINTS = ganzoo.Space(kind="vector", shape=(2,), range=None)
REAL, FAKE = np.array([0.5, 1.4, 2.5, 2.7]), np.array([1.0, 0.4, 0.5, 0.6])
CODES = np.array([[1.0, 2.0], [-1.0, 0.5], [3.0, 0.0], [2.0, 2.0]])


def test_objectives_are_equations_1_and_2_with_the_pulling_away_term(batch):
    """Networks whose samples are the energies themselves, with given codes."""
    nets = SimpleNamespace(G=lambda z: z, D=lambda x: (x.flatten(), torch.tensor(CODES)))
    config, given = Config(margin=0.55, pull=0.3), batch(torch.tensor(REAL)[:, None], torch.tensor(FAKE)[:, None])
    judge, maker = ebgan.players(config)
    unit = CODES / np.linalg.norm(CODES, axis=1, keepdims=True)
    alike = np.mean([(unit[i] @ unit[j]) ** 2 for i in range(4) for j in range(4) if i != j])
    assert (judge.goal, maker.goal) == ("minimize", "minimize")
    energies = sum(judge.objective(nets, given, config).values()).item()
    assert energies == pytest.approx(REAL.mean() + np.maximum(0, 0.55 - FAKE).mean(), rel=1e-9)
    assert sum(maker.objective(nets, given, config).values()).item() == pytest.approx(FAKE.mean() + 0.3 * alike)


def test_gradients_reach_exactly_the_network_that_moves(moved):
    config = Config(units=8, latent_dim=4, code_dim=3, margin=100.0)
    networks = ebgan.networks(config, POINTS)
    for player in ebgan.players(config):
        assert moved(player, networks, config, POINTS) == set(player.over)


def test_what_is_reconstructed_better_is_more_real():
    networks = SimpleNamespace(**ebgan.networks(Config(units=8), POINTS))
    samples = torch.randn(6, 2)
    error = (networks.D.decoder(networks.D.encoder(samples)) - samples).square().mean(1)
    scores = ebgan.realness(networks, samples, None, Config())
    assert torch.equal(scores.argsort(descending=True), error.argsort())
