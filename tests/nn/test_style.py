import math

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from ganzoo.errors import UsageError
from ganzoo.nn import MappingNetwork, Synthesis, path_lengths
from ganzoo.nn.style import EqualLinear, ModulatedConv


def test_modulated_convolution_equals_equations_1_and_3_on_the_weights():
    torch.manual_seed(0)
    layer, x, style = ModulatedConv(3, 5, 3, 4).double(), torch.randn(2, 3, 6, 6).double(), torch.randn(2, 4).double()
    found = layer(x, style)
    for n, scale in enumerate(layer.scale(style)):
        weight = layer.weight / math.sqrt(27) * scale[None, :, None, None]
        weight = weight / weight.square().sum((1, 2, 3), keepdim=True).sqrt()
        assert torch.allclose(found[n], F.conv2d(x[n : n + 1], weight, padding=1)[0], atol=1e-6)


def test_without_demodulation_the_style_scales_the_output():
    layer, x = ModulatedConv(2, 1, 1, 4, demodulate=False), torch.randn(1, 2, 3, 3)
    layer.scale.weight.data.zero_()
    assert torch.allclose(layer(x, torch.randn(1, 4)), F.conv2d(x, layer.weight / math.sqrt(2)), atol=1e-6)


@pytest.mark.parametrize("pace", [1.0, 0.01])
def test_equalised_layers_have_unit_variance_and_learn_at_their_pace(pace):
    torch.manual_seed(0)
    layer, x = EqualLinear(64, 500, bias=2.0, pace=pace), torch.randn(300, 64)
    y = layer(x)
    assert y.std().item() == pytest.approx(1.0, rel=0.1)
    assert y.mean().item() == pytest.approx(2.0, rel=0.05)
    (slope,) = torch.autograd.grad(y[0, 0], layer.bias)
    assert slope[0].item() == pytest.approx(pace)


def test_the_mapping_sees_directions_only():
    mapping, z = MappingNetwork(8, 6, 3), torch.randn(4, 8)
    assert mapping(z).shape == (4, 6)
    assert torch.allclose(mapping(z), mapping(5 * z), atol=1e-4)


@pytest.mark.parametrize("shape", [(1, 16, 16), (3, 32, 32)])
def test_synthesis_fits_the_space_and_draws_noise_from_the_default_generator(shape):
    synthesis, style = Synthesis(shape, 6, 4), torch.randn(2, 6)
    assert synthesis(style).shape == (2, *shape)
    assert synthesis(style).abs().max() <= 1
    assert torch.equal(synthesis(style), synthesis(style))  # the noise starts without strength
    for conv in synthesis.convs:
        torch.nn.init.constant_(conv.strength, 1.0)
    torch.manual_seed(0)
    first, second = synthesis(style), synthesis(style)
    torch.manual_seed(0)
    assert torch.equal(synthesis(style), first)
    assert not torch.equal(first, second)


def test_other_sizes_are_refused():
    with pytest.raises(UsageError, match="try --size 32"):
        Synthesis((1, 28, 28), 6, 4)


def test_path_lengths_of_a_linear_generator():
    """G(w) = A w has the Jacobian A."""
    torch.manual_seed(0)
    a = torch.randn(3, 4, 4, 5, dtype=torch.float64)
    styles = torch.randn(6, 5, dtype=torch.float64, requires_grad=True)
    images = torch.einsum("chws,ns->nchw", a, styles)
    torch.manual_seed(1)
    lengths = path_lengths(images, styles)
    torch.manual_seed(1)
    noise = torch.randn(6, 3, 4, 4, dtype=torch.float64).numpy() / 4
    expected = np.linalg.norm(np.einsum("nchw,chws->ns", noise, a.numpy()), axis=1)
    assert np.allclose(lengths.detach().numpy(), expected)
