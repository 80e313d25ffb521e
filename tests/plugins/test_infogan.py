from types import SimpleNamespace

import numpy as np
import pytest
import torch
from ganzoo_plugins.labels import infogan
from ganzoo_plugins.labels.infogan import Codes, Config

import ganzoo

REAL, FAKE = np.array([-5, 1.4, 12.5, 2.7]), np.array([10, 4.4, -5.5, 3.6])
CATEGORY, CONTINUOUS = np.array([1, 0, 1, 1]), np.array([[0.3, -1.0], [0.9, 0.0], [-0.2, 0.4], [0.1, 0.7]])
CONFIG = Config(category_weight=3.0, continuous_weight=0.5)
SPACE = ganzoo.Space(kind="image", shape=(1, 12, 12))


@pytest.fixture
def nets():
    """G passes the noise on, D too; Q gives the logits (0, x) and the means (x, 2 x) / 10."""

    def reader(x):
        return x * torch.tensor([0.0, 1.0]), x * torch.tensor([0.1, 0.2])

    return SimpleNamespace(G=lambda noise, category, continuous: noise, D=lambda x: x.flatten(), Q=reader)


def total(player, nets, batch):
    codes = Codes(torch.tensor(FAKE)[:, None], torch.eye(2)[torch.tensor(CATEGORY)], torch.tensor(CONTINUOUS))
    return sum(player.objective(nets, batch(torch.tensor(REAL)[:, None], codes), CONFIG).values()).item()


def information():
    """Lambda E log Q(c | G(z, c)) for a category and for two codes with means and a unit variance."""
    category = (CATEGORY * FAKE - np.log(1 + np.exp(FAKE))).mean()
    distance = (CONTINUOUS - np.outer(FAKE, [0.1, 0.2])) ** 2
    return 3 * category + 0.5 * (-distance / 2 - np.log(2 * np.pi) / 2).sum(1).mean()


def test_the_objective_of_discriminator_and_reader_is_equation_6(nets, batch):
    player = infogan.players(CONFIG)[0]
    value = -np.log(1 + np.exp(-REAL)).mean() - np.log(1 + np.exp(FAKE)).mean()
    assert (player.goal, player.over) == ("maximize", ("D", "Q"))
    assert total(player, nets, batch) == pytest.approx(value + information(), rel=1e-6)


def test_the_generator_climbs_the_information_too(nets, batch):
    player = infogan.players(CONFIG)[1]
    assert (player.goal, player.over) == ("maximize", ("G",))
    assert total(player, nets, batch) == pytest.approx(-np.log(1 + np.exp(-FAKE)).mean() + information(), rel=1e-6)


def test_the_reader_stands_on_the_discriminators_body():
    networks = infogan.networks(Config(units=16), SPACE)
    own = {id(parameter) for parameter in networks["Q"].parameters()}
    shared = {id(parameter) for parameter in networks["D"].parameters()} & own
    assert len(shared) == 4  # two layers of weights and biases
    assert len(own) > len(shared)


def test_the_prior_is_structured():
    torch.manual_seed(0)
    codes = infogan.prior(4000, Config(), SPACE, torch.device("cpu"))
    assert [code.shape for code in codes] == [(4000, 62), (4000, 10), (4000, 2)]
    assert codes.noise.std().item() == pytest.approx(1, abs=0.01)
    assert codes.category.sum(1).tolist() == [1] * 4000
    assert codes.category.mean(0).tolist() == pytest.approx([0.1] * 10, abs=0.02)
    assert (codes.continuous.min().item(), codes.continuous.max().item()) == pytest.approx((-1, 1), abs=0.01)


def test_numbers_of_appendix_c():
    telling, fooling = infogan.players(Config())
    assert telling.by == ganzoo.Adam(lr=2e-4, betas=(0.5, 0.999))
    assert fooling.by == ganzoo.Adam(lr=1e-3, betas=(0.5, 0.999))
