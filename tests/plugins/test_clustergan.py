from types import SimpleNamespace

import numpy as np
import pytest
import torch
from ganzoo_plugins.labels import clustergan
from ganzoo_plugins.labels.clustergan import Codes, Config

import ganzoo

REAL, NOISE = np.array([-5, 1.4, 12.5, 2.7]), np.array([1.0, 0.4, -0.5, 0.6])
CLUSTER = np.array([1, 0, 1, 1])
SPACE = ganzoo.Space(kind="image", shape=(1, 12, 12))


@pytest.fixture
def nets():
    """G(z_n, z_c) = 2 z_n; D(x) = x, of slope one; E reads x / 4 and the logits (0, x)."""
    return SimpleNamespace(
        G=lambda noise, cluster: 2 * noise,
        D=lambda x: x.flatten(),
        E=lambda x: (x / 4, x * torch.tensor([0.0, 1.0])),
    )


def total(player, nets, batch, config):
    codes = Codes(torch.tensor(NOISE)[:, None], torch.eye(2)[torch.tensor(CLUSTER)])
    return sum(player.objective(nets, batch(torch.tensor(REAL)[:, None], codes), config).values()).item()


def test_the_critic_climbs_the_distance(nets, batch):
    player = clustergan.players(Config())[0]
    assert (player.goal, player.over, player.turns) == ("maximize", ("D",), 5)
    assert total(player, nets, batch, Config()) == pytest.approx(REAL.mean() - 2 * NOISE.mean(), rel=1e-6)


def test_the_objective_of_generator_and_encoder_is_the_papers(nets, batch):
    config = Config(noise_weight=7.0, cluster_weight=3.0)
    player = clustergan.players(config)[1]
    fake = 2 * NOISE
    entropy = (np.log(1 + np.exp(fake)) - CLUSTER * fake).mean()
    expected = fake.mean() - 7 * ((NOISE - fake / 4) ** 2).mean() - 3 * entropy
    assert (player.goal, player.over) == ("maximize", ("G", "E"))
    assert total(player, nets, batch, config) == pytest.approx(expected, rel=1e-6)


def test_the_prior_is_a_small_cloud_around_each_cluster():
    torch.manual_seed(0)
    codes = clustergan.prior(4000, Config(), SPACE, torch.device("cpu"))
    assert (codes.noise.shape, codes.cluster.shape) == ((4000, 30), (4000, 10))
    assert codes.noise.std().item() == pytest.approx(0.1, rel=0.01)
    assert codes.cluster.mean(0).tolist() == pytest.approx([0.1] * 10, abs=0.02)


def test_the_encoder_reads_both_codes():
    networks = clustergan.networks(Config(units=8), SPACE)
    noise, logits = networks["E"](networks["G"](*clustergan.prior(5, Config(), SPACE, torch.device("cpu"))))
    assert (noise.shape, logits.shape) == ((5, 30), (5, 10))


def test_optimisers_are_the_papers_but_for_the_step():
    assert {player.by for player in clustergan.players(Config())} == {ganzoo.Adam(lr=5e-4, betas=(0.5, 0.9))}
