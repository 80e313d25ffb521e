from types import SimpleNamespace

import numpy as np
import pytest
import torch
from ganzoo_plugins.labels import acgan
from ganzoo_plugins.labels.acgan import Config

import ganzoo

REAL, FAKE = np.array([-5, 1.4, 12.5, 2.7]), np.array([10, 4.4, -5.5, 3.6])
LABEL = np.array([0, 2, 1, 2])
SPACE = ganzoo.Space(kind="image", shape=(1, 12, 12), classes=("a", "b", "c"))


def class_likelihood(x):
    """With the logits (0, x, 2 x) of three classes: the mean of log p(label | x)."""
    logits = np.outer(x, [0, 1, 2])
    return np.mean([logits[i, c] - np.log(np.exp(logits[i]).sum()) for i, c in enumerate(LABEL)])


@pytest.fixture
def nets():
    def discriminator(x):
        return x.flatten(), x * torch.tensor([0.0, 1.0, 2.0])

    return SimpleNamespace(G=lambda z, y: z, D=discriminator)


def terms(player, nets, batch):
    given = batch(torch.tensor(REAL)[:, None], torch.tensor(FAKE)[:, None], torch.tensor(LABEL))
    return sum(player.objective(nets, given, Config()).values()).item()


def test_the_discriminator_climbs_both_objectives(nets, batch):
    player = acgan.players(Config())[0]
    source = -np.log(1 + np.exp(-REAL)).mean() - np.log(1 + np.exp(FAKE)).mean()
    named = class_likelihood(REAL) + class_likelihood(FAKE)
    assert (player.goal, player.over) == ("maximize", ("D",))
    assert terms(player, nets, batch) == pytest.approx(source + named, rel=1e-9)


def test_the_generator_fools_about_the_source_and_helps_with_the_class(nets, batch):
    player = acgan.players(Config())[1]
    assert (player.goal, player.over) == ("maximize", ("G",))
    assert terms(player, nets, batch) == pytest.approx(
        -np.log(1 + np.exp(-FAKE)).mean() + class_likelihood(FAKE), rel=1e-9
    )


def test_one_body_gives_the_source_and_the_class():
    networks = acgan.networks(Config(units=16), SPACE)
    source, named = networks["D"](networks["G"](torch.randn(5, 100), torch.tensor([0, 1, 2, 0, 1])))
    assert (source.shape, named.shape) == ((5,), (5, 3))


def test_data_without_labels_are_refused():
    with pytest.raises(ganzoo.GanzooError, match="learns from labels"):
        acgan.networks(Config(), ganzoo.Space(kind="image", shape=(1, 12, 12)))
