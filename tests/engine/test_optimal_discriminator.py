"""D alone between two known densities approaches its best value, V = -log 4 + 2 JSD (Goodfellow et al. 2014)."""

import math
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import torch
from torch import nn

import ganzoo
from ganzoo.data.arrays import vector_dataset
from ganzoo.engine.game import Game
from ganzoo.engine.state import State
from ganzoo.nn import minimax


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.Config):
    latent_dim: Annotated[int, "Z"] = 1


def value(nets, batch, config):
    return minimax(nets.D(batch.real), nets.D(nets.G(batch.z)))


class Shift(nn.Module):
    def forward(self, z):
        return z * 0.5 + 1.0


def test_the_discriminator_approaches_its_optimum():
    x = np.linspace(-8, 8, 20001)
    width = x[1] - x[0]
    p = np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)  # the data: N(0, 1)
    q = np.exp(-((x - 1) ** 2) / (2 * 0.25)) / math.sqrt(2 * math.pi * 0.25)  # the generator: N(1, 0.5^2)
    middle = (p + q) / 2
    divergence = 0.5 * width * np.sum(p * np.log(p / middle) + q * np.log((q + 1e-300) / middle))

    reals = torch.randn(20000, 1, generator=torch.Generator().manual_seed(0))
    dataset = vector_dataset("normal", reals.numpy(), None, ())
    modules = {"G": Shift(), "D": nn.Sequential(nn.Linear(1, 32), nn.Tanh(), nn.Linear(32, 1), nn.Flatten(0))}
    torch.manual_seed(0)
    for parameter in modules["D"].parameters():
        nn.init.normal_(parameter, std=0.5)
    players = [ganzoo.maximize(value, over="D", by=ganzoo.Adam(lr=ganzoo.Linear(first=1e-2, last=0.0)))]
    architecture = ganzoo.Architecture(Config, lambda config, space: modules, lambda config: players)
    state = State(modules, players, ("G",), average=False)
    game = Game(
        architecture, Config(), dataset.space, players, state, dataset,
        device=torch.device("cpu"), seed=0, batch=512, steps=1500,
    )  # fmt: skip
    for step in range(1300):
        game.step(step)
    game.seats[0].tally.read()
    for step in range(1300, 1500):
        game.step(step)
    found = game.seats[0].tally.read()["objective"]
    best = -math.log(4) + 2 * divergence
    assert abs(found - best) < 0.02
    assert found - -math.log(4) > 10 * abs(found - best)  # far from the value of a D that knows nothing
