from types import SimpleNamespace

import numpy as np
import pytest
import torch
from ganzoo_plugins.translation import pixelda
from ganzoo_plugins.translation.pixelda import Config

import ganzoo

XS, XT, Z = np.random.default_rng(0).normal(size=(3, 4, 3))
LABEL = np.array([0, 2, 1, 1])
SPACE = ganzoo.Space(kind="image", shape=(1, 16, 16), classes=("a", "b", "c"))


def batch():
    """Without labels of the target, which a player that asks for them would not find."""
    parts = {"source": XS, "real": XT, "z": Z, "source_label": LABEL}
    fetch = {name: (lambda part=part: torch.from_numpy(part)) for name, part in parts.items()}
    return ganzoo.Batch(4, step=torch.tensor(0.0), progress=torch.tensor(0.0), device=torch.device("cpu"), fetch=fetch)


def test_objectives_are_the_papers_formula():
    """With G(x, z) = 2 x - z, D(x) = sum of x and T(x) = 3 x, on vectors of three numbers."""
    nets = SimpleNamespace(G=lambda x, z: 2 * x - z, D=lambda x: x.sum(1), T=lambda x: 3 * x)
    config = Config(adversarial=2.0, task=5.0)
    judging, adapting = pixelda.players(config)
    adapted = 2 * XS - Z
    real, fake = (1 / (1 + np.exp(-x.sum(1))) for x in (XT, adapted))
    judged = sum(judging.objective(nets, batch(), config).values()).item()
    assert judged == pytest.approx(2 * (np.log(real).mean() + np.log(1 - fake).mean()), rel=1e-9)
    chances = [np.exp(3 * x) / np.exp(3 * x).sum(1, keepdims=True) for x in (adapted, XS)]
    task = sum(-np.log(chance[np.arange(4), LABEL]).mean() for chance in chances)
    descended = sum(adapting.objective(nets, batch(), config).values()).item()
    assert descended == pytest.approx(5 * task - 2 * np.log(fake).mean(), rel=1e-9)
    assert (judging.goal, adapting.goal) == ("maximize", "minimize")


def test_gradients_reach_exactly_the_networks_that_move(reached):
    assert reached("pixelda", SPACE) == {"judging": {"D"}, "adapting": {"G", "T"}}


def test_the_noise_is_uniform_and_makes_another_picture():
    z = pixelda.prior(1000, Config(), SPACE, torch.device("cpu"))
    assert z.shape == (1000, 10)
    assert (z.min(), z.max()) == pytest.approx((-1, 1), abs=1e-2)
    assert z.std().item() == pytest.approx(1 / 3**0.5, rel=0.02)
    space = ganzoo.Space(kind="image", shape=(1, 16, 16), source=SPACE)
    net, x = pixelda.networks(Config(width=4), space)["G"].eval(), torch.rand(1, 1, 20, 24)
    assert not torch.equal(net(x, z[:1]), net(x, z[1:2]))


def test_domains_of_other_channels_or_without_labels_are_one_line():
    colours = ganzoo.Space(kind="image", shape=(3, 16, 16), classes=("a",))
    with pytest.raises(ganzoo.GanzooError, match="one classifier is for both; type --channels 1"):
        pixelda.networks(Config(), ganzoo.Space(kind="image", shape=(1, 16, 16), source=colours))
    plain = ganzoo.Space(kind="image", shape=(1, 16, 16))
    with pytest.raises(ganzoo.GanzooError, match="learns from labels"):
        pixelda.networks(Config(), ganzoo.Space(kind="image", shape=(1, 16, 16), classes=("a",), source=plain))
