import pytest
import torch

from ganzoo import GanzooError, Space
from ganzoo.nn import (
    PatchDiscriminator,
    Spread,
    UNet,
    code_encoder,
    encoder_depth,
    residual_decoder,
    residual_encoder,
    residual_translator,
    source_of,
)


@pytest.mark.parametrize("skips", [True, False])
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_a_u_net_keeps_the_size_and_is_in_range(skips, depth):
    net = UNet(1, 3, 4, depth, dropout=0.5, skips=skips)
    made = net(torch.rand(2, 1, 16, 24))
    assert made.shape == (2, 3, 16, 24)
    assert made.abs().max() <= 1
    assert all(p.grad is None for p in net.parameters())
    made.sum().backward()
    assert all(p.grad is not None for p in net.parameters())


def test_skips_carry_what_the_bottleneck_forgets():
    x = torch.rand(2, 1, 16, 16)
    for skips, passes in ((True, True), (False, False)):
        net = UNet(1, 1, 4, 2, skips=skips).eval()
        for parameter in net.up[-1].parameters():
            parameter.data.zero_()  # nothing comes up from the innermost size
        assert (not torch.allclose(net(x), net(-x))) == passes


@pytest.mark.parametrize(("layers", "patch"), [(1, 16), (2, 34), (3, 70)])
def test_a_patch_is_as_large_as_it_says(layers, patch):
    net = PatchDiscriminator(1, 2, layers, norm=None).double()
    x = torch.rand(1, 1, 96, 96, dtype=torch.float64, requires_grad=True)
    logits = net(x)
    middle = logits.shape[-1] // 2
    (slope,) = torch.autograd.grad(logits[0, 0, middle, middle], x)
    seen = slope[0, 0].nonzero()
    assert (seen.max(0).values - seen.min(0).values + 1).tolist() == [patch, patch]
    assert PatchDiscriminator(2, 2, layers, pooled=True)(*torch.rand(2, 3, 1, 32, 32)).shape == (3,)


def test_a_residual_translator_keeps_the_size():
    assert residual_translator(1, 3, 2, 1)(torch.rand(2, 1, 12, 16)).shape == (2, 3, 12, 16)


@pytest.mark.parametrize(
    ("shape", "most", "depth"), [((1, 16, 16), 4, 2), ((1, 28, 28), 4, 2), ((1, 64, 64), 3, 3), ((1, 8, 8), 4, 1)]
)
def test_images_are_halved_to_no_less_than_4_pixels(shape, most, depth):
    assert encoder_depth(Space(kind="image", shape=shape), most) == depth


def test_what_cannot_be_translated_is_one_line():
    image = Space(kind="image", shape=(1, 33, 29))
    with pytest.raises(GanzooError, match="images of 1x33x29: these networks halve them 1 times; try --size 32"):
        encoder_depth(image, 4)
    with pytest.raises(GanzooError, match="the data have no sources"):
        source_of(image)


@pytest.mark.parametrize("told", [True, False])
def test_what_is_told_in_every_pixel_is_heard(told):
    torch.manual_seed(0)
    net = Spread(residual_translator(1 + 3, 1, 8, 1, told=told))
    x, words = torch.rand(1, 1, 16, 16), torch.eye(3)
    assert ((net(x, words[:1]) - net(x, words[1:2])).abs().max() > 1e-3) == told


def test_a_translator_is_its_encoder_and_its_decoder():
    torch.manual_seed(0)
    whole = residual_translator(1, 3, 2, 3)
    encoder, decoder = residual_encoder(1, 2, 2), residual_decoder(3, 2, 1)
    both = torch.nn.Sequential(*encoder, *decoder)
    both.load_state_dict(whole.state_dict())
    x = torch.rand(2, 1, 12, 16)
    assert encoder(x).shape == (2, 8, 3, 4)
    assert torch.equal(both(x), whole(x))


def test_a_code_is_of_a_picture_of_any_size():
    net = code_encoder(3, 5, 2)
    assert net(torch.rand(2, 3, 16, 24)).shape == (2, 5)
    dark, bright = net(torch.zeros(1, 3, 16, 16)), net(torch.full((1, 3, 16, 16), 0.5))
    assert not torch.allclose(dark, bright)  # a picture's brightness is not normalised away
