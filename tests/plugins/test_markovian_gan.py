from types import SimpleNamespace

import numpy as np
import pytest
import torch
from ganzoo_plugins.translation import markovian_gan
from ganzoo_plugins.translation.markovian_gan import Config

import ganzoo

XC, XT = np.random.default_rng(0).normal(size=(2, 3, 1, 4, 4))
SPACE = ganzoo.Space(kind="image", shape=(1, 16, 16))


def test_objectives_are_the_papers_formula(pairs):
    """With G(x) = 2 x, D(f) = f / 2 + 0.1, phi_t(x) = x + x^2 and phi_c(x) = 3 x."""
    nets = SimpleNamespace(
        G=lambda x: 2 * x, D=lambda f: f / 2 + 0.1, texture=lambda x: x + x**2, content=lambda x: 3 * x
    )
    config, given = Config(fidelity=5.0, smoothness=0.3), pairs(XT, XC)
    judging, painting = markovian_gan.players(config)
    made = 2 * XC
    real, fake = ((x + x**2) / 2 + 0.1 for x in (XT, made))
    loss_d = np.maximum(0, 1 - real).mean() + np.maximum(0, 1 + fake).mean()
    assert sum(judging.objective(nets, given, config).values()).item() == pytest.approx(-loss_d, rel=1e-9)
    loss_g = np.maximum(0, 1 - fake).mean() + 5 * ((3 * made - 3 * XC) ** 2).mean()
    loss_g += 0.3 * ((np.diff(made, axis=2) ** 2).mean() + (np.diff(made, axis=3) ** 2).mean())
    assert sum(painting.objective(nets, given, config).values()).item() == pytest.approx(loss_g, rel=1e-9)
    assert (judging.goal, painting.goal) == ("maximize", "minimize")


def test_gradients_reach_exactly_the_network_that_moves(reached):
    assert reached("markovian-gan", SPACE) == {"judging": {"D"}, "painting": {"G"}}


def test_by_vgg_patches_are_of_relu3_1_and_contents_of_relu4_1(tmp_path, monkeypatch):
    """On a VGG of torchvision's form whose weights are zeros."""
    from ganzoo.nn.content import FILE, WIDTHS

    weights, before, place = {}, 3, 0
    for width in WIDTHS:
        if width:
            weights[f"features.{place}.weight"] = torch.zeros(width, before, 3, 3)
            weights[f"features.{place}.bias"] = torch.ones(width)
            before = width
        place += 2 if width else 1
    (tmp_path / "checkpoints").mkdir()
    torch.save(weights, tmp_path / "checkpoints" / FILE)
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    grey = ganzoo.Space(kind="image", shape=(1, 32, 32))
    space = ganzoo.Space(kind="image", shape=(3, 32, 32), source=grey)
    nets = markovian_gan.networks(Config(content="vgg", width=2, blocks=0), space)
    x = nets["G"](torch.rand(1, 1, 32, 32))
    assert nets["texture"](x).shape == (1, 256, 8, 8)
    assert nets["content"](x).shape == (1, 512, 4, 4)
    assert nets["D"](nets["texture"](x)).shape == (1, 1, 2, 2)


def test_pixels_of_other_channels_are_one_line():
    space = ganzoo.Space(kind="image", shape=(3, 16, 16), source=SPACE)
    with pytest.raises(ganzoo.GanzooError, match="type --channels 1, or -o content=vgg"):
        markovian_gan.networks(Config(), space)


def test_how_bright_a_picture_is_and_of_what_colour_reaches_what_is_made():
    torch.manual_seed(0)
    space = ganzoo.Space(kind="image", shape=(3, 16, 16), source=ganzoo.Space(kind="image", shape=(3, 16, 16)))
    G = markovian_gan.networks(Config(), space)["G"]
    texture = (torch.rand(1, 3, 16, 16) - 0.5) / 2
    made = G(texture + torch.tensor([[-0.5] * 3, [0.5] * 3, [0.5, -0.5, -0.5]])[:, :, None, None])
    for one, other in ((0, 1), (0, 2), (1, 2)):
        assert (made[one] - made[other]).abs().max() > 1e-2
