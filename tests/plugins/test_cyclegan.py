from types import SimpleNamespace

import numpy as np
import pytest
import torch
from ganzoo_plugins.translation import cyclegan
from ganzoo_plugins.translation.cyclegan import Config

import ganzoo
from ganzoo.nn import ImagePool
from ganzoo.testing.case import Case

X, Y = np.array([0.3, -0.5, 0.8]), np.array([0.1, 0.9, -0.4])
SPACE = ganzoo.Space(kind="image", shape=(1, 16, 16))


def as_images(values):
    return values.reshape(-1, 1, 1, 1)


def test_objectives_are_the_papers_formula(pairs):
    """With G(x) = 2 x, F(y) = 3 y, DY(y) = y + 1, DX(x) = x - 1 and pools that are still filling."""
    nets = SimpleNamespace(
        G=lambda x: 2 * x, F=lambda y: 3 * y, DY=lambda y: y + 1, DX=lambda x: x - 1,
        poolX=ImagePool(50, (1, 1, 1)), poolY=ImagePool(50, (1, 1, 1)),
    )  # fmt: skip
    config = Config(cycle=7.0, identity=3.0)
    translating, judging = cyclegan.players(config)
    given = pairs(as_images(Y), as_images(X))
    expected = ((2 * X + 1 - 1) ** 2).mean() + ((3 * Y - 1 - 1) ** 2).mean()
    expected += 7 * (np.abs(6 * X - X).mean() + np.abs(6 * Y - Y).mean())
    expected += 3 * (np.abs(2 * Y - Y).mean() + np.abs(3 * X - X).mean())
    assert sum(translating.objective(nets, given, config).values()).item() == pytest.approx(expected, rel=1e-9)
    judged = ((Y + 1 - 1) ** 2).mean() + ((2 * X + 1) ** 2).mean()
    judged += ((X - 1 - 1) ** 2).mean() + ((3 * Y - 1) ** 2).mean()
    assert sum(judging.objective(nets, given, config).values()).item() == pytest.approx(judged / 2, rel=1e-6)
    assert {translating.goal, judging.goal} == {"minimize"}


def test_gradients_reach_exactly_the_networks_that_move(reached):
    assert reached("cyclegan", SPACE) == {"translating": {"G", "F"}, "judging": {"DX", "DY"}}


def test_the_pools_remember_what_was_generated_and_are_part_of_the_state():
    game = Case("cyclegan").game()
    game.step(0)
    tensors = game.state.tensors()
    assert tensors["nets.poolY.count"] == tensors["nets.poolX.count"] == 4
    assert tensors["nets.poolY.images"][:4].abs().sum() > 0
    assert tensors["nets.poolY.images"][4:].abs().sum() == 0


def test_the_step_size_falls_to_nothing_in_the_second_half():
    rate = cyclegan.players(Config())[0].by.lr
    assert [rate.at(progress) for progress in (0, 0.5, 0.75, 1)] == pytest.approx([5e-4, 5e-4, 2.5e-4, 0])


def test_identity_between_other_channels_is_one_line():
    space = ganzoo.Space(kind="image", shape=(3, 16, 16), source=SPACE)
    with pytest.raises(ganzoo.GanzooError, match="sources have 1 channels and targets 3; type 0"):
        cyclegan.networks(Config(identity=5.0), space)
    assert cyclegan.networks(Config(), space)["G"](torch.rand(1, 1, 24, 32)).shape == (1, 3, 24, 32)
