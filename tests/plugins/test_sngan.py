import numpy as np
import pytest
import torch
from ganzoo_plugins.images import sngan
from ganzoo_plugins.images.sngan import Config
from torch import nn

import ganzoo

REAL, FAKE = np.array([-5, 1.4, 12.5, 2.7]), np.array([10, 4.4, -5.5, 3.6])
IMAGES = ganzoo.Space(kind="image", shape=(1, 16, 16))
POINTS = ganzoo.Space(kind="vector", shape=(2,), range=None)


def test_objectives_are_equations_16_and_17(batch, passing):
    discriminator, generator = sngan.players(Config())
    given = batch(torch.tensor(REAL)[:, None], torch.tensor(FAKE)[:, None])
    margins, score = (sum(p.objective(passing, given, Config()).values()).item() for p in (discriminator, generator))
    assert (discriminator.goal, generator.goal) == ("maximize", "maximize")
    assert margins == pytest.approx(np.minimum(0, REAL - 1).mean() + np.minimum(0, -FAKE - 1).mean(), rel=1e-9)
    assert score == pytest.approx(FAKE.mean(), rel=1e-9)


@pytest.mark.parametrize("space", [IMAGES, POINTS], ids=str)
def test_every_layer_of_the_discriminator_has_spectral_norm_1(space):
    torch.manual_seed(0)
    judge = sngan.networks(Config(width=4, units=8), space)["D"]
    for _ in range(50):
        judge(torch.randn(2, *space.shape))  # each pass in training mode is a step of the power iteration
    layers = [layer for layer in judge.modules() if isinstance(layer, nn.Conv2d | nn.Linear)]
    norms = [torch.linalg.matrix_norm(layer.weight.detach().flatten(1), 2).item() for layer in layers]
    assert len(norms) >= 3
    assert norms == pytest.approx([1.0] * len(norms), rel=2e-2)


@pytest.mark.parametrize("space", [IMAGES, POINTS], ids=str)
def test_gradients_reach_exactly_the_network_that_moves(moved, space):
    config = Config(width=4, units=8)
    networks = sngan.networks(config, space)
    for player in sngan.players(config):
        assert moved(player, networks, config, space) == set(player.over)


def test_numbers_of_the_paper():
    discriminator, generator = sngan.players(Config())
    assert (discriminator.turns, generator.turns) == (5, 1)
    assert discriminator.by == generator.by == ganzoo.Adam(lr=2e-4, betas=(0.0, 0.9))
