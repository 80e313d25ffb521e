from types import SimpleNamespace

import numpy as np
import pytest
import torch
from ganzoo_plugins.images import began
from ganzoo_plugins.images.began import Config

import ganzoo
from ganzoo.nn import Scalar
from ganzoo.testing.case import Case

POINTS = ganzoo.Space(kind="vector", shape=(2,), range=None)
REAL, FAKE = np.array([0.5, 1.4, 2.5, 2.7]), np.array([1.0, 0.4, 0.5, 0.6])


def nets(k):
    """Networks whose samples are the errors themselves."""
    balance = Scalar()
    balance.value.fill_(k)
    return SimpleNamespace(G=lambda z: z, D=lambda x: (x.flatten(), x), balance=balance)


def test_objectives_and_balance_are_the_papers(batch):
    config, given = Config(diversity=0.7, pace=0.01), batch(torch.tensor(REAL)[:, None], torch.tensor(FAKE)[:, None])
    judge, maker = began.players(config)
    here = nets(0.25)
    terms = judge.objective(here, given, config)
    real, fake = REAL.mean(), FAKE.mean()
    assert (judge.goal, maker.goal) == ("minimize", "minimize")
    assert (terms["real"] + terms["fake"]).item() == pytest.approx(real - 0.25 * fake, rel=1e-9)
    assert terms["convergence"].item() == pytest.approx(real + abs(0.7 * real - fake), rel=1e-9)
    assert sum(maker.objective(here, given, config).values()).item() == pytest.approx(fake, rel=1e-9)
    judge.after(here, terms, given.kept, config)
    assert here.balance.value.item() == pytest.approx(0.25 + 0.01 * (0.7 * real - fake), rel=1e-5)


@pytest.mark.parametrize(("start", "gap", "end"), [(0.0, -5.0, 0.0), (1.0, 5.0, 1.0)])
def test_k_stays_between_0_and_1(start, gap, end):
    here = nets(start)
    began.adapt(here, {}, {"gap": torch.tensor(gap)}, Config())
    assert here.balance.value == end


def test_k_is_saved_with_the_networks_and_moves_in_a_turn():
    game = Case("began").game(POINTS)
    before = game.state.tensors()["nets.balance.value"].clone()
    game.turn(game.seats[0], 0, 0)
    assert game.state.tensors()["nets.balance.value"] != before


def test_the_prior_is_uniform():
    z = began.prior(1000, Config(), POINTS, torch.device("cpu"))
    assert z.shape == (1000, 16)
    assert -1 <= z.min() < -0.99 < 0.99 < z.max() <= 1


def test_gradients_reach_exactly_the_network_that_moves(moved):
    config = Config(units=8, latent_dim=4)
    networks = began.networks(config, POINTS)
    networks["balance"].value.fill_(0.5)
    for player in began.players(config):
        assert moved(player, networks, config, POINTS) == set(player.over)
