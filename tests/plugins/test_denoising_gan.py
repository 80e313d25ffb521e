from types import SimpleNamespace

import numpy as np
import pytest
import torch
from ganzoo_plugins.translation import denoising_gan
from ganzoo_plugins.translation.denoising_gan import Config

import ganzoo

SPACE = ganzoo.Space(kind="image", shape=(1, 16, 16))


def test_objectives_are_the_papers_formula(pairs):
    """With D(x) = |x|^2 / 2 the slope is x itself; G(z) = 2 z and phi(x) = x^3."""
    nets = SimpleNamespace(G=lambda z: 2 * z, D=lambda x: x.square().sum(1) / 2, phi=lambda x: x**3)
    config = Config(penalty=7.0, weight=0.1)
    distance, denoising = denoising_gan.players(config)
    z, x = np.random.default_rng(0).normal(size=(2, 5, 3))
    given = pairs(x, z)
    torch.manual_seed(0)
    climbed = sum(distance.objective(nets, given, config).values()).item()
    torch.manual_seed(0)
    share = torch.rand(5, 1, dtype=torch.float64).numpy()
    slope = np.sqrt(((share * x + (1 - share) * 2 * z) ** 2).sum(1))
    gap = (x**2).sum(1).mean() / 2 - (4 * z**2).sum(1).mean() / 2
    assert climbed == pytest.approx(gap - 7 * ((slope - 1) ** 2).mean(), rel=1e-9)
    descended = -(4 * z**2).sum(1).mean() / 2 + 0.1 * (((2 * z) ** 3 - x**3) ** 2).mean()
    assert sum(denoising.objective(nets, given, config).values()).item() == pytest.approx(descended, rel=1e-9)
    assert (distance.goal, denoising.goal, distance.turns) == ("maximize", "minimize", 4)


def test_gradients_reach_exactly_the_network_that_moves(reached):
    assert reached("denoising-gan", SPACE) == {"distance": {"D"}, "denoising": {"G"}}


def test_g_is_eight_convolutions_that_keep_any_size():
    space = ganzoo.Space(kind="image", shape=(1, 16, 16), source=SPACE)
    net = denoising_gan.networks(Config(), space)["G"]
    assert sum(isinstance(layer, torch.nn.Conv2d) for layer in net) == 8
    assert net(torch.rand(1, 1, 7, 11)).shape == (1, 1, 7, 11)
