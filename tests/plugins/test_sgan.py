from types import SimpleNamespace

import numpy as np
import pytest
import torch
from ganzoo_plugins.labels import sgan
from ganzoo_plugins.labels.sgan import Config

import ganzoo

REAL, FAKE = np.array([-5, 1.4, 3.5, 2.7]), np.array([1.0, 0.4, -0.5, 3.6])
LABEL = np.array([1, -1, 0, -1])
SPACE = ganzoo.Space(kind="image", shape=(1, 12, 12), classes=("a", "b", "c"))
WAYS = np.array([0.0, 1.0, -2.0])


@pytest.fixture
def nets():
    """D's features are (x, x^2), its logits (0, x, -2 x)."""
    return SimpleNamespace(G=lambda z: z, D=lambda x: (torch.cat([x, x**2], 1), x * torch.tensor(WAYS)))


def total(player, nets, batch, label=LABEL):
    given = batch(torch.tensor(REAL)[:, None], torch.tensor(FAKE)[:, None], torch.tensor(label))
    return sum(player.objective(nets, given, Config()).values()).item()


def probability(x):
    """D(x) = Z / (Z + 1), section 5."""
    z = np.exp(np.outer(x, WAYS)).sum(1)
    return z / (z + 1)


def test_the_discriminators_objective_is_the_papers(nets, batch):
    player = sgan.players(Config())[0]
    value = np.log(probability(REAL)).mean() + np.log(1 - probability(FAKE)).mean()
    softmax = np.exp(np.outer(REAL, WAYS)) / np.exp(np.outer(REAL, WAYS)).sum(1, keepdims=True)
    known = (np.log(softmax[0, 1]) + np.log(softmax[2, 0])) / 2  # the two samples that have a label
    assert (player.goal, player.over) == ("maximize", ("D",))
    assert total(player, nets, batch) == pytest.approx(value + known, rel=1e-9)


def test_a_batch_without_labels_is_played_without_the_class(nets, batch):
    player = sgan.players(Config())[0]
    value = np.log(probability(REAL)).mean() + np.log(1 - probability(FAKE)).mean()
    assert total(player, nets, batch, np.full(4, -1)) == pytest.approx(value, rel=1e-9)


def test_the_generator_matches_features_or_fools(nets, batch):
    matching, fooling = sgan.players(Config(matching=True))[1], sgan.players(Config())[1]
    mismatch = (REAL.mean() - FAKE.mean()) ** 2 + ((REAL**2).mean() - (FAKE**2).mean()) ** 2
    assert (matching.goal, fooling.goal) == ("minimize", "maximize")
    assert total(matching, nets, batch) == pytest.approx(mismatch, rel=1e-9)
    assert total(fooling, nets, batch) == pytest.approx(np.log(probability(FAKE)).mean(), rel=1e-9)


def test_the_score_is_the_logit_of_being_real(nets):
    logit = sgan.score(nets, torch.tensor(REAL)[:, None], None, Config())
    assert torch.sigmoid(logit).tolist() == pytest.approx(probability(REAL).tolist(), rel=1e-9)


def test_a_hundred_labels_unless_asked_otherwise():
    assert ganzoo.architecture("sgan").labelled == 100
    with pytest.raises(ganzoo.GanzooError, match="learns from labels"):
        sgan.networks(Config(), ganzoo.Space(kind="image", shape=(1, 12, 12)))
    assert sgan.networks(Config(units=8), SPACE)["D"](torch.zeros(2, 1, 12, 12))[1].shape == (2, 3)
