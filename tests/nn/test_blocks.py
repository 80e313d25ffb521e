import pytest
import torch
from torch import nn

from ganzoo.errors import UsageError
from ganzoo.nn import conv_discriminator, conv_generator, mlp, normal_init


def test_mlp_has_activation_and_dropout_between_layers_only():
    kinds = [type(layer).__name__ for layer in mlp(4, 8, 8, 2, dropout=0.3)]
    assert kinds == ["Linear", "LeakyReLU", "Dropout", "Linear", "LeakyReLU", "Dropout", "Linear"]
    assert [type(layer).__name__ for layer in mlp(4, 2)] == ["Linear"]
    assert mlp(4, 8, 2)(torch.randn(5, 4)).shape == (5, 2)


@pytest.mark.parametrize("size", [16, 32, 64, 128, 256])
@pytest.mark.parametrize("channels", [1, 3])
def test_convolutional_networks_fit_the_space(size, channels):
    shape = (channels, size, size)
    images = conv_generator(6, shape, 2)(torch.randn(2, 6))
    assert images.shape == (2, *shape)
    assert images.abs().max() <= 1
    assert conv_discriminator(shape, 2)(images).shape == (2,)


def norms(net):
    return [type(after).__name__ for before, after in zip(net, list(net)[1:], strict=False) if is_conv(before)]


def is_conv(layer):
    return isinstance(layer, nn.Conv2d | nn.ConvTranspose2d)


def test_batch_norm_is_where_the_paper_puts_it():
    generator, discriminator = conv_generator(6, (1, 32, 32), 4), conv_discriminator((1, 32, 32), 4)
    assert norms(generator) == ["BatchNorm2d", "BatchNorm2d", "BatchNorm2d", "Tanh"]
    assert norms(discriminator) == ["LeakyReLU", "BatchNorm2d", "BatchNorm2d", "Flatten"]
    assert "BatchNorm2d" not in norms(conv_discriminator((1, 32, 32), 4, norm=None))


def test_channels_double_up_to_eight_times_the_width():
    discriminator = conv_discriminator((3, 256, 256), 4)
    assert [layer.out_channels for layer in discriminator if is_conv(layer)] == [4, 8, 16, 32, 32, 32, 1]


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 8, 8), (3, 512, 512), (3, 32, 64)])
@pytest.mark.parametrize(
    "build", [lambda shape: conv_generator(6, shape, 2), lambda shape: conv_discriminator(shape, 2)]
)
def test_other_sizes_are_refused_with_one_that_works(shape, build):
    with pytest.raises(UsageError, match=rf"images of {shape[1]}x{shape[2]}: .* try --size \d+"):
        build(shape)


def test_normal_init():
    torch.manual_seed(0)
    net = nn.Sequential(nn.Conv2d(16, 64, 4), nn.BatchNorm2d(64), nn.ConvTranspose2d(64, 16, 4))
    assert normal_init(net) is net
    for layer, mean in zip(net, (0, 1, 0), strict=True):
        assert layer.weight.mean().item() == pytest.approx(mean, abs=0.01)
        assert layer.weight.std().item() == pytest.approx(0.02, rel=0.3)
        assert torch.all(layer.bias == 0)
