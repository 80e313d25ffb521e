from types import SimpleNamespace

import numpy as np
import pytest
import torch
from ganzoo_plugins.translation import bicyclegan
from ganzoo_plugins.translation.bicyclegan import Config
from torch import nn

import ganzoo

SPACE = ganzoo.Space(kind="image", shape=(1, 16, 16))


class Scaled(nn.Module):
    """E(b) = (3 b, -b) side by side, by a weight."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(3.0, dtype=torch.float64))

    def forward(self, b):
        return torch.cat([self.weight * b, -b], 1)


def test_objectives_are_the_papers_formula():
    """With G(a, z) = 2 a + z, D(b) = b + 1, DV(b) = b - 1, on vectors of three numbers."""
    a, b, z = np.random.default_rng(0).normal(size=(3, 4, 3))
    nets = SimpleNamespace(G=lambda a, z: 2 * a + z, E=Scaled(), D=lambda b: b + 1, DV=lambda b: b - 1)
    fetch = {name: (lambda part=part: torch.from_numpy(part)) for name, part in (("source", a), ("real", b), ("z", z))}
    given = ganzoo.Batch(4, step=torch.tensor(0.0), progress=torch.tensor(0.0), device=torch.device("cpu"), fetch=fetch)
    config = Config(distance=7.0, latent=0.3, divergence=0.2)
    judging, translating = bicyclegan.players(config)
    torch.manual_seed(0)
    judged = sum(judging.objective(nets, given, config).values()).item()
    torch.manual_seed(0)
    terms = translating.objective(nets, given, config)
    torch.manual_seed(0)
    noise = torch.randn(4, 3, dtype=torch.float64).numpy()
    code = 3 * b + noise * np.sqrt(np.exp(-b))
    encoded, made = 2 * a + code, 2 * a + z
    expected = ((b + 1 - 1) ** 2).mean() + ((made + 1) ** 2).mean()
    expected += ((b - 1 - 1) ** 2).mean() + ((encoded - 1) ** 2).mean()
    assert judged == pytest.approx(expected / 2, rel=1e-9)
    divergence = (((3 * b) ** 2 + np.exp(-b) - 1 + b).sum(1) / 2).mean()
    loss = (made**2).mean() + ((encoded - 2) ** 2).mean() + 7 * np.abs(b - encoded).mean()
    loss += 0.2 * divergence + 0.3 * np.abs(z - 3 * made).mean()
    assert sum(terms.values()).item() == pytest.approx(loss, rel=1e-9)
    assert not terms["latent"].requires_grad  # the code that is found again teaches G alone, here without weights
    assert {judging.goal, translating.goal} == {"minimize"}


def test_gradients_reach_exactly_the_networks_that_move(reached):
    assert reached("bicyclegan", SPACE) == {"judging": {"D", "DV"}, "translating": {"G", "E"}}


def test_another_code_is_another_translation():
    space = ganzoo.Space(kind="image", shape=(1, 16, 16), source=SPACE)
    net = bicyclegan.networks(Config(width=2), space)["G"].eval()
    x, z = torch.rand(1, 1, 16, 16), torch.randn(2, 1, 8)
    assert not torch.equal(net(x, z[0]), net(x, z[1]))
