import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from ganzoo_plugins.labels import cogan
from ganzoo_plugins.labels.cogan import Config

import ganzoo

REAL, FAKE = np.array([-5, 1.4, 12.5, 2.7]), np.array([10, 4.4, -5.5, 3.6])
SPACE = ganzoo.Space(kind="image", shape=(1, 16, 16))


def test_objectives_are_the_papers(batch):
    """With G2 = 2 G1 and D2 = 3 D1; the second domain's reals are the negatives of the second half."""
    nets = SimpleNamespace(G1=lambda z: z, G2=lambda z: 2 * z, D1=lambda x: x.flatten(), D2=lambda x: 3 * x.flatten())
    given = batch(torch.tensor(REAL)[:, None], torch.tensor(FAKE)[:, None])
    value, fooling = cogan.players(Config())
    expected = sum(
        -np.log(1 + np.exp(-real)).mean() - np.log(1 + np.exp(fake)).mean()
        for real, fake in [(REAL[:2], FAKE), (-3 * REAL[2:], 6 * FAKE)]
    )
    assert (value.over, fooling.over) == (("D1", "D2"), ("G1", "G2"))
    assert sum(value.objective(nets, given, Config()).values()).item() == pytest.approx(expected, rel=1e-9)
    assert sum(fooling.objective(nets, given, Config()).values()).item() == pytest.approx(
        -np.log(1 + np.exp(-FAKE)).mean() - np.log(1 + np.exp(-6 * FAKE)).mean(), rel=1e-9
    )
    assert value.equilibrium == pytest.approx(-2 * math.log(4))


def test_all_but_the_generators_last_and_the_discriminators_first_layer_is_tied():
    networks = cogan.networks(Config(width=4), SPACE)
    parameters = {name: [id(parameter) for parameter in net.parameters()] for name, net in networks.items()}
    assert parameters["G1"][:-2] == parameters["G2"][:-2]
    assert not set(parameters["G1"][-2:]) & set(parameters["G2"][-2:])
    assert parameters["D1"][2:] == parameters["D2"][2:]
    assert not set(parameters["D1"][:2]) & set(parameters["D2"][:2])


def test_gradients_reach_every_weight_of_the_pair(batch):
    networks = cogan.networks(Config(width=4), SPACE)
    given = batch(torch.rand(4, 1, 16, 16) * 2 - 1, torch.randn(4, 100))
    for player in cogan.players(Config()):
        moved = {id(p): p for name in player.over for p in networks[name].parameters()}.values()
        objective = sum(player.objective(SimpleNamespace(**networks), given, Config()).values())
        assert all(g.isfinite().all() for g in torch.autograd.grad(objective, list(moved)))


def test_edges_are_what_dilation_adds():
    step = torch.tensor([[-1.0, -1.0, -1.0, 1.0, 1.0]]).repeat(5, 1)[None, None]
    edges = cogan.second_domain(step, Config(second="edges"))
    assert edges[0, 0, 2].tolist() == [-1, -1, 1, -1, -1]
    assert cogan.second_domain(step, Config()).equal(-step)


@pytest.mark.parametrize("n", [4, 5])
def test_pairs_are_of_one_z(n, batch):
    nets = SimpleNamespace(G1=lambda z: z, G2=lambda z: -z)
    given = batch(torch.zeros(n, 1), torch.arange(1.0, n + 1)[:, None])
    assert cogan.generate(nets, given, Config(shown="pairs")).flatten().tolist() == [1, -1, 2, -2, 3][:n]
    assert cogan.generate(nets, given, Config()).flatten().tolist() == list(range(1, n + 1))
