from types import SimpleNamespace

import numpy as np
import pytest
import torch
from ganzoo_plugins.translation import ccgan
from ganzoo_plugins.translation.ccgan import Config

import ganzoo

SPACE = ganzoo.Space(kind="image", shape=(1, 16, 16), classes=("a", "b", "c"))
GREY = 128 / 127.5 - 1
LABEL = np.array([2, -1, 0])


def batch(real, source):
    parts = {"real": real, "source": source, "label": LABEL}
    fetch = {name: (lambda part=part: torch.from_numpy(part)) for name, part in parts.items()}
    return ganzoo.Batch(3, step=torch.tensor(0.0), progress=torch.tensor(0.0), device=torch.device("cpu"), fetch=fetch)


def images():
    """Three pictures of two channels and 4x4 pixels, and the same with a hole of 2x2 in another place of each."""
    real = np.random.default_rng(0).uniform(-1, 1, (3, 2, 4, 4))
    known = np.ones((3, 1, 4, 4))
    for i in range(3):
        known[i, :, i % 3 : i % 3 + 2, 1:3] = 0
    return real, known, np.where(known == 1, real, GREY)


def test_objectives_are_the_papers_formula():
    """With G(x) = x / 2 - 1/4 and D(x) = (sum of x, three multiples of it)."""
    real, known, source = images()
    multiples = torch.tensor([0.5, -1.0, 2.0], dtype=torch.float64)

    def judge(x):
        total = x.sum((1, 2, 3))
        return total, total[:, None] * multiples

    nets = SimpleNamespace(G=lambda x: x / 2 - 0.25, D=judge)
    config = Config(labels=3.0)
    telling, filling = ccgan.players(config)
    filled = (1 - known) * (source / 2 - 0.25) + known * real
    d_real, d_filled = (1 / (1 + np.exp(-x.sum((1, 2, 3)))) for x in (real, filled))
    logits = real.sum((1, 2, 3))[:, None] * multiples.numpy()
    likelihood = logits - np.log(np.exp(logits).sum(1, keepdims=True))
    expected = np.log(d_real).mean() + np.log(1 - d_filled).mean() + 3 * (likelihood[0, 2] + likelihood[2, 0]) / 2
    assert sum(telling.objective(nets, batch(real, source), config).values()).item() == pytest.approx(expected)
    fooled = sum(filling.objective(nets, batch(real, source), config).values()).item()
    assert fooled == pytest.approx(np.log(d_filled).mean())
    assert {telling.goal, filling.goal} == {"maximize"}


def test_gradients_reach_exactly_the_network_that_moves(reached):
    assert reached("ccgan", SPACE) == {"telling": {"D"}, "filling": {"G"}}


def test_all_but_the_hole_is_left_as_it_was():
    real, known, source = images()
    made = ccgan.generate(SimpleNamespace(G=torch.zeros_like), batch(real, source), Config()).numpy()
    assert np.array_equal(made, known * real)


def test_another_degradation_is_one_line():
    source = ganzoo.Space(kind="image", shape=(1, 16, 16), details={"degraded": "edges"})
    space = ganzoo.Space(kind="image", shape=(1, 16, 16), classes=("a",), source=source)
    with pytest.raises(ganzoo.GanzooError, match="CC-GAN fills holes; type --degrade mask:random"):
        ccgan.networks(Config(), space)
