from types import SimpleNamespace

import numpy as np
import pytest
import torch
from ganzoo_plugins.translation import unit
from ganzoo_plugins.translation.unit import Config

import ganzoo

X1, X2 = np.random.default_rng(0).normal(size=(2, 4, 3))
SPACE = ganzoo.Space(kind="image", shape=(1, 16, 16))


def log_sigmoid(x):
    return -np.log(1 + np.exp(-x))


def noise(turns):
    """What torch draws in the objective's order: for each domain, by turns for z and, if 2, for the code there."""
    torch.manual_seed(0)
    return [torch.randn(4, 3, dtype=torch.float64).numpy() for _ in range(2 * turns)]


def test_objectives_are_the_papers_formula(pairs):
    """With E1(x) = 2 x, E2(x) = -x, G1(z) = z / 2, G2(z) = 3 z, D1(x) = x + 1, D2(x) = x - 1, on vectors."""
    nets = SimpleNamespace(
        E1=lambda x: 2 * x, E2=lambda x: -x, G1=lambda z: z / 2, G2=lambda z: 3 * z, D1=lambda x: x + 1,
        D2=lambda x: x - 1,
    )  # fmt: skip
    config, given = Config(adversarial=2.0, divergence=0.3, distance=7.0), pairs(X2, X1)
    judging, translating = unit.players(config)
    torch.manual_seed(0)
    judged = sum(judging.objective(nets, given, config).values()).item()
    of_2, of_1 = noise(1)
    fake1, fake2 = (-X2 + of_2) / 2, 3 * (2 * X1 + of_1)
    game1 = log_sigmoid(X1 + 1).mean() + log_sigmoid(-(fake1 + 1)).mean()
    game2 = log_sigmoid(X2 - 1).mean() + log_sigmoid(-(fake2 - 1)).mean()
    assert judged == pytest.approx(2 * (game1 + game2), rel=1e-9)
    torch.manual_seed(0)
    moved = sum(translating.objective(nets, given, config).values()).item()
    first, there_1, second, there_2 = noise(2)
    z1, z2 = 2 * X1 + first, -X2 + second
    x12, x21 = 3 * z1, z2 / 2
    divergence = [(code**2 / 2).mean() for code in (2 * X1, -X2, -x12, 2 * x21)]  # of E1, E2, E2 there, E1 there
    vae1 = 0.3 * divergence[0] + 7 * np.abs(z1 / 2 - X1).mean()
    vae2 = 0.3 * divergence[1] + 7 * np.abs(3 * z2 - X2).mean()
    cycle1 = 0.3 * (divergence[0] + divergence[2]) + 7 * np.abs((-x12 + there_1) / 2 - X1).mean()
    cycle2 = 0.3 * (divergence[1] + divergence[3]) + 7 * np.abs(3 * (2 * x21 + there_2) - X2).mean()
    fooled = -2 * (log_sigmoid(x12 - 1).mean() + log_sigmoid(x21 + 1).mean())
    assert moved == pytest.approx(vae1 + vae2 + cycle1 + cycle2 + fooled, rel=1e-9)
    assert (judging.goal, translating.goal) == ("maximize", "minimize")


def test_gradients_reach_exactly_the_networks_that_move(reached):
    assert reached("unit", SPACE) == {"judging": {"D1", "D2"}, "translating": {"E1", "G1", "E2", "G2"}}


def test_the_codes_of_both_domains_are_made_and_read_by_shared_blocks():
    source = ganzoo.Space(kind="image", shape=(3, 16, 16))
    nets = unit.networks(Config(width=2, blocks=2), ganzoo.Space(kind="image", shape=(1, 16, 16), source=source))
    assert nets["E1"][-1] is nets["E2"][-1]
    assert nets["G1"][0] is nets["G2"][0]
    assert nets["E1"][-2] is not nets["E2"][-2]
    assert nets["G2"](nets["E1"](torch.rand(1, 3, 24, 32))).shape == (1, 1, 24, 32)
