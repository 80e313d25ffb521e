import math

import pytest
import torch
from torch import nn

from ganzoo.errors import UsageError
from ganzoo.nn import calm_discriminator, calm_generator
from ganzoo.nn.fixup import BasisGenerator, CalmBlock


@pytest.mark.parametrize("shape", [(1, 16, 16), (3, 64, 64)])
def test_networks_fit_the_space(shape):
    images = calm_generator(6, shape, 4, 1)(torch.randn(2, 6))
    assert images.shape == (2, *shape)
    assert images.abs().max() <= 1
    assert calm_discriminator(shape, 4, 1)(images).shape == (2,)


def test_a_block_starts_as_the_identity_with_its_inner_layers_scaled_down():
    torch.manual_seed(0)
    block, x = CalmBlock(64, blocks=16), torch.randn(2, 64, 8, 8)
    assert torch.equal(block(x), x)
    gain = math.sqrt(2 / 1.04) * 16**-0.25
    assert block.expand.weight.std().item() == pytest.approx(gain / math.sqrt(64), rel=0.05)
    assert block.mix.weight.std().item() == pytest.approx(gain / math.sqrt(16 * 9), rel=0.05)
    assert (block.mix.groups, block.mix.in_channels) == (8, 128)


def test_a_basis_weighed_by_the_latent():
    start, z = BasisGenerator(3, 5), torch.randn(2, 3)
    maps, weights = start(z), z @ start.weigh.weight.T
    assert maps.shape == (2, 5, 4, 4)
    assert torch.allclose(maps[1, 2], start.basis[2] * weights[1, 2])


def test_widths_double_towards_4_pixels_and_there_is_a_block_per_size():
    net = calm_discriminator((3, 32, 32), 4, 2)
    assert [layer.expand.in_channels for layer in net if isinstance(layer, CalmBlock)] == [4, 4, 8, 8, 16, 16, 32, 32]
    assert sum(isinstance(layer, nn.AvgPool2d) for layer in net) == 3


def test_other_sizes_are_refused():
    with pytest.raises(UsageError, match="try --size 32"):
        calm_generator(6, (1, 28, 28), 4, 1)
