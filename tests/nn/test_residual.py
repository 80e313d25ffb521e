import pytest
import torch
from torch import nn

from ganzoo.errors import UsageError
from ganzoo.nn import SelfAttention, residual_discriminator, residual_generator
from ganzoo.nn.residual import DownBlock, SumPool, UpBlock


@pytest.mark.parametrize("attention", [False, True])
@pytest.mark.parametrize("shape", [(1, 16, 16), (3, 64, 64)])
def test_networks_fit_the_space(shape, attention):
    images = residual_generator(6, shape, 8, attention=attention)(torch.randn(2, 6))
    assert images.shape == (2, *shape)
    assert images.abs().max() <= 1
    assert residual_discriminator(shape, 8, attention=attention)(images).shape == (2,)


def test_blocks_double_and_halve():
    x = torch.randn(2, 4, 8, 8)
    assert UpBlock(4)(x).shape == (2, 4, 16, 16)
    assert DownBlock(4, 6, halve=True)(x).shape == (2, 6, 4, 4)
    assert DownBlock(4, 4, halve=False)(x).shape == (2, 4, 8, 8)


def test_a_block_without_weights_passes_its_input_on():
    block = DownBlock(4, 4, halve=False)
    nn.init.zeros_(block.second.weight)
    nn.init.zeros_(block.second.bias)
    x = torch.randn(2, 4, 8, 8)
    assert torch.equal(block(x), x)


def test_the_papers_discriminator_for_32_pixels():
    """Table 4: two blocks that halve, two that do not, ReLU, sum over places, linear; attention at 16 pixels."""
    blocks = [layer for layer in residual_discriminator((3, 32, 32), 8) if isinstance(layer, DownBlock)]
    assert [isinstance(block.shrink, nn.AvgPool2d) for block in blocks] == [True, True, False, False]
    sizes = []
    x = torch.randn(1, 3, 32, 32)
    for layer in residual_discriminator((3, 32, 32), 8, attention=True):
        if isinstance(layer, SelfAttention):
            sizes.append(x.shape[-1])
        x = layer(x)
    assert sizes == [16]


def test_the_image_meets_no_relu():
    first = residual_discriminator((1, 16, 16), 4)[0]
    assert first.takes_image
    assert not torch.equal(first(-torch.ones(1, 1, 16, 16)), first(torch.zeros(1, 1, 16, 16)))


def test_sum_over_places():
    assert SumPool()(torch.ones(2, 3, 4, 5)).tolist() == [[20.0] * 3] * 2


def test_other_sizes_are_refused():
    with pytest.raises(UsageError, match="try --size 32"):
        residual_generator(6, (1, 28, 28), 4)
