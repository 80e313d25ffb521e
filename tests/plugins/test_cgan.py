import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from ganzoo_plugins.labels import cgan
from ganzoo_plugins.labels.cgan import Config

import ganzoo

REAL, FAKE = np.array([-5, 1.4, 12.5, 2.7]), np.array([10, 4.4, -5.5, 3.6])
LABEL = np.array([0, 2, 1, 2])
SPACE = ganzoo.Space(kind="image", shape=(1, 12, 12), classes=("a", "b", "c"))


def test_objectives_are_the_papers(batch):
    """With G(z | y) = z + y and D(x | y) = x - 3 y every place of the label in equation 2 shows."""
    nets = SimpleNamespace(G=lambda z, y: z + y[:, None], D=lambda x, y: x.flatten() - 3 * y)
    given = batch(torch.tensor(REAL)[:, None], torch.tensor(FAKE)[:, None], torch.tensor(LABEL))
    real, fake = REAL - 3 * LABEL, FAKE - 2 * LABEL
    value, fooled = cgan.players(Config())
    assert (value.goal, fooled.goal) == ("maximize", "maximize")
    assert sum(value.objective(nets, given, Config()).values()).item() == pytest.approx(
        -np.log(1 + np.exp(-real)).mean() - np.log(1 + np.exp(fake)).mean(), rel=1e-9
    )
    assert sum(fooled.objective(nets, given, Config()).values()).item() == pytest.approx(
        -np.log(1 + np.exp(-fake)).mean(), rel=1e-9
    )
    assert value.equilibrium == pytest.approx(-math.log(4))


def test_both_networks_listen_to_the_label():
    networks = cgan.networks(Config(units=16), SPACE)
    z, labels = torch.randn(1, 100).repeat(3, 1), torch.arange(3)
    samples = networks["G"](z, labels)
    assert samples.shape == (3, 1, 12, 12)
    assert not torch.allclose(samples[0], samples[1])
    networks["D"].eval()
    assert len(set(networks["D"](samples[:1].repeat(3, 1, 1, 1), labels).tolist())) == 3


def test_data_without_labels_are_refused_in_one_line():
    with pytest.raises(ganzoo.GanzooError, match="learns from labels, and the data have none; type --data digits"):
        cgan.networks(Config(), ganzoo.Space(kind="image", shape=(1, 12, 12)))


def test_generated_samples_have_the_labels_asked_for(batch):
    nets = SimpleNamespace(G=lambda z, y: z + 10 * y[:, None])
    given = batch(torch.zeros(3, 1), torch.zeros(3, 1), torch.tensor([2, 0, 1]))
    assert ganzoo.architecture("cgan").generate(nets, given, Config()).flatten().tolist() == [20, 0, 10]
