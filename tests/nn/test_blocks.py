import pytest
import torch
from torch import nn

from ganzoo.common import PlainConfig
from ganzoo.contract import Space
from ganzoo.errors import UsageError
from ganzoo.nn import (
    Dropout,
    conv_discriminator,
    conv_encoder,
    conv_generator,
    convolutional,
    discriminator_for,
    encoder_for,
    generator_for,
    halvings,
    he_init,
    mlp,
    normal_init,
    plain_networks,
)


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


@pytest.mark.parametrize("sides", [(16, 32), (64, 16), (48, 16)])
def test_one_side_may_be_a_multiple_of_the_other(sides):
    images = conv_generator(6, (1, *sides), 2)(torch.randn(2, 6))
    assert images.shape == (2, 1, *sides)
    assert conv_discriminator((1, *sides), 2)(images).shape == (2,)


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


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 8, 8), (3, 512, 512), (3, 32, 48)])
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


SPACES = [
    Space(kind="image", shape=(3, 32, 32)),
    Space(kind="image", shape=(1, 28, 28)),
    Space(kind="image", shape=(1, 17, 23)),
    Space(kind="vector", shape=(2,), range=None),
]


@pytest.mark.parametrize("space", SPACES, ids=str)
def test_a_pair_of_networks_for_every_space(space):
    samples = generator_for(space, 6, 4, 8)(100 * torch.randn(5, 6))
    assert samples.shape == (5, *space.shape)
    assert space.range is None or samples.abs().max() <= 1
    assert discriminator_for(space, 4, 8)(samples).shape == (5,)
    assert encoder_for(space, 7, 4, 8)(samples).shape == (5, 7)


@pytest.mark.parametrize("norm", [nn.BatchNorm2d, None])
def test_plain_networks_are_of_the_configs_sizes(norm):
    plain = plain_networks(PlainConfig(latent_dim=6, width=4, units=8), SPACES[0], norm=norm)
    assert repr(plain["G"]) == repr(generator_for(SPACES[0], 6, 4, 8))
    assert repr(plain["D"]) == repr(discriminator_for(SPACES[0], 4, 8, norm=norm))


def test_convolutions_where_the_space_allows_them():
    assert [convolutional(space) for space in SPACES] == [True, False, False, False]
    for space in SPACES:
        layers = [*generator_for(space, 6, 4, 8).modules(), *discriminator_for(space, 4, 8).modules()]
        assert any(is_conv(layer) for layer in layers) == convolutional(space)


def test_networks_without_a_norm_and_deeper_perceptrons():
    image, points = SPACES[0], SPACES[-1]
    layers = [*generator_for(image, 6, 4, 8, norm=None), *discriminator_for(image, 4, 8, norm=None)]
    assert not any(isinstance(layer, nn.BatchNorm2d) for layer in layers)
    deep = [layer for layer in discriminator_for(points, 4, 8, hidden=4) if isinstance(layer, nn.Linear)]
    assert [layer.in_features for layer in deep] == [2, 8, 8, 8, 8]


def test_networks_of_points_are_deeper_and_keep_the_size_of_what_passes():
    torch.manual_seed(0)
    points, image = SPACES[-1], SPACES[1]
    built = [
        make for space in (points, image) for make in (generator_for(space, 6, 4, 8), discriminator_for(space, 4, 8))
    ]
    assert [sum(isinstance(layer, nn.Linear) for layer in net.modules()) for net in built] == [9, 5, 3, 3]
    x = torch.randn(2000, 64)
    assert he_init(mlp(64, *[64] * 6, 64))[:-1](x).std() > 0.4 > 0.1 > mlp(64, *[64] * 6, 64)[:-1](x).std()


def test_dropout_is_an_mlps():
    assert any(isinstance(layer, Dropout) for layer in discriminator_for(SPACES[-1], 4, 8, dropout=0.5).modules())


def test_points_are_not_bounded():
    torch.manual_seed(0)
    assert generator_for(SPACES[-1], 6, 4, 8)(1000 * torch.randn(50, 6)).abs().max() > 1


def test_an_encoder_is_the_discriminator_with_more_outputs():
    torch.manual_seed(0)
    one = conv_discriminator((1, 16, 16), 4)
    torch.manual_seed(0)
    same = conv_encoder((1, 16, 16), 1, 4)
    images = torch.randn(3, 1, 16, 16)
    assert torch.equal(same(images).flatten(), one(images))


def test_halvings():
    assert [halvings((1, size, size)) for size in (16, 32, 256)] == [2, 3, 6]


def test_an_mlp_normalises_between_its_layers_alone():
    net = mlp(3, 8, 8, 2, norm=nn.BatchNorm1d)
    assert [type(layer) for layer in net] == [
        *[nn.Linear, nn.BatchNorm1d, nn.LeakyReLU] * 2,
        nn.Linear,
    ]
    assert net(torch.randn(4, 3)).shape == (4, 2)
