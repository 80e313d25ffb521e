import math

import numpy as np
import pytest
import torch
from ganzoo_plugins.images import vanilla_mlp
from ganzoo_plugins.images.vanilla_mlp import Config

import ganzoo

REAL, FAKE = np.array([-5, 1.4, 12.5, 2.7]), np.array([10, 4.4, -5.5, 3.6])
MNIST = ganzoo.Space(kind="image", shape=(1, 28, 28))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def objective(player, batch, passing):
    given = batch(torch.tensor(REAL)[:, None], torch.tensor(FAKE)[:, None])
    return sum(player.objective(passing, given, Config()).values()).item()


def test_the_discriminator_climbs_the_papers_value(batch, passing):
    player = vanilla_mlp.players(Config())[0]
    value = np.log(sigmoid(REAL)).mean() + np.log(1 - sigmoid(FAKE)).mean()
    assert (player.goal, player.over) == ("maximize", ("D",))
    assert objective(player, batch, passing) == pytest.approx(value, rel=1e-9)
    assert player.equilibrium == pytest.approx(-math.log(4))


def test_the_generator_climbs_log_d(batch, passing):
    player = vanilla_mlp.players(Config())[1]
    assert (player.goal, player.over) == ("maximize", ("G",))
    assert objective(player, batch, passing) == pytest.approx(np.log(sigmoid(FAKE)).mean(), rel=1e-9)


def test_the_saturating_generator_descends_the_value(batch, passing):
    player = vanilla_mlp.players(Config(saturating=True))[1]
    assert (player.goal, player.over) == ("minimize", ("G",))
    assert objective(player, batch, passing) == pytest.approx(np.log(1 - sigmoid(FAKE)).mean(), rel=1e-9)


@pytest.mark.parametrize("saturating", [False, True])
def test_gradients_reach_exactly_the_network_that_moves(moved, saturating):
    config = Config(width=16, saturating=saturating)
    networks = vanilla_mlp.networks(config, MNIST)
    for player in vanilla_mlp.players(config):
        assert moved(player, networks, config, MNIST) == set(player.over)


def test_networks_and_numbers_of_the_well_known_script():
    networks = vanilla_mlp.networks(Config(), MNIST)
    sizes = {name: [tuple(p.shape) for p in net.parameters()] for name, net in networks.items()}
    assert sizes["G"] == [(256, 100), (256,), (256, 256), (256,), (784, 256), (784,)]
    assert sizes["D"] == [(256, 784), (256,), (256, 256), (256,), (1, 256), (1,)]
    drops = [layer.p for layer in networks["D"].modules() if isinstance(layer, ganzoo.nn.Dropout)]
    assert drops == [0.3, 0.3]
    assert {player.by for player in vanilla_mlp.players(Config())} == {ganzoo.Adam(lr=2e-4, betas=(0.5, 0.999))}


@pytest.mark.parametrize(
    "space",
    [
        MNIST,
        ganzoo.Space(kind="image", shape=(3, 17, 23)),
        ganzoo.Space(kind="vector", shape=(2,), range=None),
    ],
    ids=str,
)
def test_built_for_any_space(space):
    networks = vanilla_mlp.networks(Config(), space)
    samples = (
        50 * networks["G"](100 * torch.randn(5, 100)) if space.range is None else networks["G"](torch.randn(5, 100))
    )
    assert samples.shape == (5, *space.shape)
    assert (samples.abs().max() > 1) == (space.range is None)
    assert networks["D"](samples).shape == (5,)
