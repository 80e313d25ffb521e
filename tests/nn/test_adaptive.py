import numpy as np
import pytest
import torch

from ganzoo.nn import AdaptiveDecoder, adaptive_norm


def test_a_map_has_the_mean_and_deviation_of_its_style():
    maps, gain, bias = 3 * torch.randn(2, 3, 8, 8) + 5, torch.rand(2, 3) + 1, torch.randn(2, 3)
    made = adaptive_norm(maps, gain, bias).numpy()
    assert made.mean((2, 3)) == pytest.approx(bias.numpy(), abs=1e-4)
    assert made.std((2, 3)) == pytest.approx(gain.numpy(), rel=1e-4)
    x = maps.numpy()
    unit = (x - x.mean((2, 3), keepdims=True)) / np.sqrt(x.var((2, 3), keepdims=True) + 1e-5)
    assert made == pytest.approx(gain[..., None, None].numpy() * unit + bias[..., None, None].numpy(), abs=1e-4)


def test_an_image_is_made_of_content_and_style_and_every_weight_is_reached():
    net = AdaptiveDecoder(3, 5, 4, 2, 6)
    content, style = torch.randn(2, 16, 4, 6), torch.randn(2, 5)
    made = net(content, style)
    assert made.shape == (2, 3, 16, 24)
    assert made.abs().max() <= 1
    assert not torch.allclose(made, net(content, style.flip(0)), atol=1e-3)
    assert not torch.allclose(made, net(content.flip(0), style), atol=1e-3)
    made.square().sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in net.parameters() if p.dim() > 1)
