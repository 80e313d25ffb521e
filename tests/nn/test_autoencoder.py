import numpy as np
import pytest
import torch
from torch import nn

from ganzoo.nn import Autoencoder, pulling_away


@pytest.mark.parametrize("power", [1, 2])
def test_energy_is_the_mean_error_of_each_sample(power):
    net = Autoencoder(nn.Flatten(), nn.Unflatten(1, (3, 2)), power)
    x = torch.randn(5, 3, 2)
    assert net(x)[0].tolist() == [0.0] * 5
    halved = Autoencoder(nn.Flatten(), nn.Sequential(Halve(), nn.Unflatten(1, (3, 2))), power)
    energy, code = halved(x)
    assert np.allclose(energy.numpy(), (np.abs(x.numpy() / 2) ** power).reshape(5, -1).mean(1))
    assert torch.equal(code, x.flatten(1))


class Halve(nn.Module):
    def forward(self, x):
        return x / 2


def test_equal_codes_are_pulled_most_and_orthogonal_ones_not():
    assert pulling_away(torch.ones(4, 3)).item() == pytest.approx(1.0)
    assert pulling_away(5 * torch.eye(3)).item() == pytest.approx(0.0, abs=1e-9)
    assert pulling_away(torch.tensor([[1.0, 0.0], [-2.0, 0.0]])).item() == pytest.approx(1.0)  # the square of -1


def test_the_mean_is_over_pairs():
    codes = torch.randn(6, 4, dtype=torch.float64)
    unit = codes.numpy() / np.linalg.norm(codes.numpy(), axis=1, keepdims=True)
    pairs = [(unit[i] @ unit[j]) ** 2 for i in range(6) for j in range(6) if i != j]
    assert pulling_away(codes).item() == pytest.approx(np.mean(pairs), rel=1e-9)
