import numpy as np
import pytest
import torch
from ganzoo_plugins.images import dcgan
from ganzoo_plugins.images.dcgan import Config
from torch import nn

import ganzoo

SPACE = ganzoo.Space(kind="image", shape=(3, 16, 16))
REAL, FAKE = np.array([-5, 1.4, 12.5, 2.7]), np.array([10, 4.4, -5.5, 3.6])


def test_objectives_are_the_papers(batch, passing):
    discriminator, generator = dcgan.players(Config())
    given = batch(torch.tensor(REAL)[:, None], torch.tensor(FAKE)[:, None])
    value, fooled = (
        sum(player.objective(passing, given, Config()).values()).item() for player in (discriminator, generator)
    )
    assert (discriminator.goal, generator.goal) == ("maximize", "maximize")
    assert value == pytest.approx(-np.log(1 + np.exp(-REAL)).mean() - np.log(1 + np.exp(FAKE)).mean(), rel=1e-9)
    assert fooled == pytest.approx(-np.log(1 + np.exp(-FAKE)).mean(), rel=1e-9)


def test_gradients_reach_exactly_the_network_that_moves(moved):
    config = Config(width=4)
    networks = dcgan.networks(config, SPACE)
    for player in dcgan.players(config):
        assert moved(player, networks, config, SPACE) == set(player.over)


def test_reals_and_fakes_have_their_own_batch_statistics(batch, passing):
    seen = []
    passing.D = lambda x: seen.append(len(x)) or x.flatten()
    dcgan.players(Config())[0].objective(passing, batch(torch.ones(3, 1), torch.ones(3, 1)), Config())
    assert seen == [3, 3]


def test_the_papers_generator_for_64_pixels():
    """Figure 1: 4x4x1024, 8x8x512, 16x16x256, 32x32x128, 64x64x3."""
    generator = dcgan.networks(Config(width=128), ganzoo.Space(kind="image", shape=(3, 64, 64)))["G"]
    shapes, x = [], torch.randn(2, 100)
    for layer in generator:
        x = layer(x)
        if isinstance(layer, nn.ConvTranspose2d):
            shapes.append(tuple(x.shape[1:]))
    assert shapes == [(1024, 4, 4), (512, 8, 8), (256, 16, 16), (128, 32, 32), (3, 64, 64)]


def test_numbers_of_section_4():
    torch.manual_seed(0)
    networks = dcgan.networks(Config(), SPACE)
    layers = [layer for net in networks.values() for layer in net if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d)]
    assert torch.cat([layer.weight.flatten() for layer in layers]).std().item() == pytest.approx(0.02, rel=0.02)
    assert {layer.negative_slope for layer in networks["D"] if isinstance(layer, nn.LeakyReLU)} == {0.2}
    assert {player.by for player in dcgan.players(Config())} == {ganzoo.Adam(lr=2e-4, betas=(0.5, 0.999))}
