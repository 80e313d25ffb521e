import numpy as np
import pytest
import torch
from torch import nn

from ganzoo.nn import MinibatchDeviation, MinibatchDiscrimination, together


def test_discrimination_equals_its_formula():
    torch.manual_seed(0)
    layer, x = MinibatchDiscrimination(4, rows=3, columns=2), torch.randn(5, 4)
    found = layer(x).detach().numpy()
    points = (x.numpy() @ layer.tensor.detach().numpy()).reshape(5, 3, 2)
    expected = np.zeros((5, 3))
    for i in range(5):
        for j in range(5):
            expected[i] += np.exp(-np.abs(points[i] - points[j]).sum(1))
    assert found.shape == (5, 7)
    assert np.array_equal(found[:, :4], x.numpy())
    assert found[:, 4:] == pytest.approx(expected, rel=1e-5)


def test_deviation_equals_its_formula_and_is_alike_everywhere():
    torch.manual_seed(0)
    x = torch.randn(6, 3, 4, 4)
    found = MinibatchDeviation()(x)
    assert found.shape == (6, 4, 4, 4)
    assert torch.equal(found[:, :3], x)
    assert found[:, 3].numpy() == pytest.approx(np.full((6, 4, 4), x.numpy().std(0).mean()), rel=1e-5)


def test_a_collapsed_batch_is_told_from_a_diverse_one():
    torch.manual_seed(0)
    x = torch.randn(4, 2, 3, 3)
    collapsed = x[:1].expand(4, -1, -1, -1)
    assert MinibatchDeviation()(collapsed)[0, 2, 0, 0] < 1e-3 < MinibatchDeviation()(x)[0, 2, 0, 0]
    layer = MinibatchDiscrimination(18)
    assert (layer(collapsed.flatten(1))[:, 18:] > layer(x.flatten(1))[:, 18:]).all()


def test_gradients_are_finite_where_all_samples_are_alike():
    x = torch.zeros(4, 2, 3, 3, requires_grad=True)
    MinibatchDeviation()(x).sum().backward()
    assert torch.isfinite(x.grad).all()


def test_reals_and_fakes_are_never_seen_as_one_batch():
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(2, 3), MinibatchDiscrimination(3, rows=2), nn.Linear(5, 1), nn.Flatten(0))
    real, fake = torch.randn(4, 2), torch.randn(4, 2) + 1
    for found, samples in zip(together(net, real, fake), (real, fake), strict=True):
        assert torch.equal(found, net(samples))
