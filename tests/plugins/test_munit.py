from types import SimpleNamespace

import numpy as np
import pytest
import torch
from ganzoo_plugins.translation import munit
from ganzoo_plugins.translation.munit import Config

import ganzoo

X1, X2, S2 = np.random.default_rng(0).normal(size=(3, 4, 3))
SPACE = ganzoo.Space(kind="image", shape=(1, 16, 16))


def batch():
    parts = {"source": X1, "real": X2, "z": S2}
    fetch = {name: (lambda part=part: torch.from_numpy(part)) for name, part in parts.items()}
    return ganzoo.Batch(4, step=torch.tensor(0.0), progress=torch.tensor(0.0), device=torch.device("cpu"), fetch=fetch)


def test_objectives_are_the_papers_formula():
    """With C1(x) = 2 x, C2(x) = -x, S1(x) = x / 4, S2(x) = 5 x, G1(c, s) = c + s, G2(c, s) = c - 3 s."""
    nets = SimpleNamespace(
        C1=lambda x: 2 * x, C2=lambda x: -x, S1=lambda x: x / 4, S2=lambda x: 5 * x, G1=lambda c, s: c + s,
        G2=lambda c, s: c - 3 * s, D1=lambda x: x + 1, D2=lambda x: x - 1,
    )  # fmt: skip
    config = Config(images=7.0, contents=2.0, styles=3.0)
    judging, translating = munit.players(config)
    torch.manual_seed(0)
    s1 = torch.randn(4, 3, dtype=torch.float64).numpy()
    x12, x21 = 2 * X1 - 3 * S2, -X2 + s1
    torch.manual_seed(0)
    judged = sum(judging.objective(nets, batch(), config).values()).item()
    expected = ((X1 + 1 - 1) ** 2).mean() + ((x21 + 1) ** 2).mean()
    expected += ((X2 - 1 - 1) ** 2).mean() + ((x12 - 1) ** 2).mean()
    assert judged == pytest.approx(expected, rel=1e-9)
    torch.manual_seed(0)
    moved = sum(translating.objective(nets, batch(), config).values()).item()
    images = np.abs(2 * X1 + X1 / 4 - X1).mean() + np.abs(-X2 - 15 * X2 - X2).mean()
    contents = np.abs(-x12 - 2 * X1).mean() + np.abs(2 * x21 + X2).mean()
    styles = np.abs(5 * x12 - S2).mean() + np.abs(x21 / 4 - s1).mean()
    fooled = ((x12 - 1 - 1) ** 2).mean() + ((x21 + 1 - 1) ** 2).mean()
    assert moved == pytest.approx(fooled + 7 * images + 2 * contents + 3 * styles, rel=1e-9)
    assert {judging.goal, translating.goal} == {"minimize"}


def test_gradients_reach_exactly_the_networks_that_move(reached):
    moving = {"C1", "S1", "G1", "C2", "S2", "G2"}
    assert reached("munit", SPACE) == {"judging": {"D1", "D2"}, "translating": moving}


def test_another_style_is_another_translation_of_pictures_of_any_size():
    space = ganzoo.Space(kind="image", shape=(3, 16, 16), source=SPACE)
    nets = SimpleNamespace(**munit.networks(Config(width=2), space))
    x, styles = torch.rand(1, 1, 20, 24), torch.randn(2, 1, 8)
    first, second = (munit.generate(nets, SimpleNamespace(source=x, z=style), Config()) for style in styles)
    assert first.shape == (1, 3, 20, 24)
    assert not torch.allclose(first, second, atol=1e-4)
