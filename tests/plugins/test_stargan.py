from types import SimpleNamespace

import numpy as np
import pytest
import torch
from ganzoo_plugins.translation import stargan
from ganzoo_plugins.translation.stargan import Config

import ganzoo

SPACE = ganzoo.Space(kind="image", shape=(1, 16, 16), classes=("a", "b", "c"))
OWN, OTHER = np.array([0, 2, 1, 1]), np.array([1, 0, 1, 2])


def likelihood(logits, label):
    return (logits - np.log(np.exp(logits).sum(1, keepdims=True)))[np.arange(len(label)), label]


def test_objectives_are_the_papers_formula():
    """With G(x, c) = (c + 2) x and D(x) = |x|^2 / 2, whose slope is x itself, and three multiples of x's sum."""
    x = np.random.default_rng(0).normal(size=(4, 3))

    def judge(x):
        return x.square().sum(1) / 2, x.sum(1, keepdim=True) * torch.tensor([0.5, -1.0, 2.0], dtype=torch.float64)

    nets = SimpleNamespace(G=lambda x, c: (c + 2)[:, None] * x, D=judge)
    parts = {"source": x, "source_label": OWN, "label": OTHER}
    fetch = {name: (lambda part=part: torch.from_numpy(part)) for name, part in parts.items()}
    given = ganzoo.Batch(4, step=torch.tensor(0.0), progress=torch.tensor(0.0), device=torch.device("cpu"), fetch=fetch)
    config = Config(domain=3.0, cycle=7.0, penalty=5.0, critic_turns=4)
    judging, translating = stargan.players(config)
    torch.manual_seed(0)
    judged = sum(judging.objective(nets, given, config).values()).item()
    torch.manual_seed(0)
    share = torch.rand(4, 1, dtype=torch.float64).numpy()
    fake, domains = (OTHER + 2)[:, None] * x, np.array([0.5, -1.0, 2.0])
    slope = np.sqrt(((share * x + (1 - share) * fake) ** 2).sum(1))
    real_score, fake_score = (x**2).sum(1).mean() / 2, (fake**2).sum(1).mean() / 2
    adversarial = real_score - fake_score - 5 * ((slope - 1) ** 2).mean()
    loss_d = -adversarial - 3 * likelihood(x.sum(1, keepdims=True) * domains, OWN).mean()
    assert judged == pytest.approx(loss_d, rel=1e-6)
    there_and_back = (OWN + 2)[:, None] * fake
    loss_g = -fake_score - 3 * likelihood(fake.sum(1, keepdims=True) * domains, OTHER).mean()
    loss_g += 7 * np.abs(x - there_and_back).mean()
    descended = sum(translating.objective(nets, given, config).values()).item()
    assert descended == pytest.approx(loss_g, rel=1e-6)
    assert (judging.goal, translating.goal, judging.turns) == ("minimize", "minimize", 4)


def test_gradients_reach_exactly_the_network_that_moves(reached):
    assert reached("stargan", SPACE) == {"judging": {"D"}, "translating": {"G"}}


def test_the_label_says_where_to():
    nets = stargan.networks(
        Config(width=2), ganzoo.Space(kind="image", shape=(1, 16, 16), classes=("a", "b"), source=SPACE)
    )
    x = torch.rand(1, 1, 16, 16)
    first, second = (nets["G"](x, torch.tensor([label])) for label in (0, 1))
    assert (first - second).abs().max() > 0.01  # not by rounding alone


def test_data_without_domains_are_one_line():
    plain = ganzoo.Space(kind="image", shape=(1, 16, 16), source=ganzoo.Space(kind="image", shape=(1, 16, 16)))
    with pytest.raises(ganzoo.GanzooError, match="the data have none; type --data digits"):
        stargan.networks(Config(), plain)
