from types import SimpleNamespace

import numpy as np
import pytest
import torch
from ganzoo_plugins.images import wgan
from ganzoo_plugins.images.wgan import Config

import ganzoo
from ganzoo.testing.case import Case

REAL, FAKE = np.array([-5, 1.4, 12.5, 2.7]), np.array([10, 4.4, -5.5, 3.6])


def test_objectives_are_equation_2(batch, passing):
    critic, generator = wgan.players(Config())
    given = batch(torch.tensor(REAL)[:, None], torch.tensor(FAKE)[:, None])
    distance, score = (sum(p.objective(passing, given, Config()).values()).item() for p in (critic, generator))
    assert (critic.goal, generator.goal) == ("maximize", "maximize")
    assert distance == pytest.approx(REAL.mean() - FAKE.mean(), rel=1e-9)
    assert score == pytest.approx(FAKE.mean(), rel=1e-9)


def test_the_critic_alone_is_clipped():
    nets = SimpleNamespace(D=torch.nn.Linear(3, 1), G=torch.nn.Linear(3, 3))
    with torch.no_grad():
        nets.D.weight.copy_(torch.tensor([[-4.0, 0.005, 4.0]]))
        before = nets.G.weight.clone()
        wgan.clip_weights(nets, {}, {}, Config(clip=0.01))
    assert nets.D.weight[0].tolist() == pytest.approx([-0.01, 0.005, 0.01])
    assert torch.equal(nets.G.weight, before)


def test_after_each_turn_every_weight_of_the_critic_is_within_c():
    game = Case("wgan").game(ganzoo.Space(kind="vector", shape=(2,), range=None))
    critic, generator = game.seats
    for turn in range(2):
        game.turn(critic, 0, turn)
        assert max(float(p.detach().abs().max()) for p in critic.on) <= 0.01
    assert (critic.player.turns, generator.player.turns) == (5, 1)
    assert critic.player.by == generator.player.by == ganzoo.RMSprop(lr=Config().lr)
