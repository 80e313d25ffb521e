import dataclasses

import numpy as np
import pytest
import torch
from PIL import Image, ImageFilter

from ganzoo.contract import Space
from ganzoo.data.degrade import Degradation
from ganzoo.errors import DataError

COLOURS = Space(kind="image", shape=(3, 16, 16), classes=("a", "b"))


def images(n=4, shape=(3, 16, 16)):
    levels = torch.randint(0, 256, (n, *shape), generator=torch.Generator().manual_seed(1))
    return levels.float() / 127.5 - 1


def levels(tensor):
    return (tensor * 127.5 + 127.5).round().byte()


@pytest.mark.parametrize("text", ["edges", "grey", "mask:centre", "mask:random", "downscale:4", "noise:0.3", "blur:2"])
def test_shapes_levels_and_draws(text):
    degradation, clean = Degradation.read(text), images()
    space = degradation.space(COLOURS)
    made = degradation(clean, seed=3)
    assert made.shape == (4, *space.shape)
    assert -1 <= made.min() <= made.max() <= 1
    assert torch.allclose(made, levels(made).float() / 127.5 - 1, atol=1e-6)  # as a file would keep it
    assert torch.equal(made, degradation(clean, seed=3))
    assert torch.equal(made, degradation(clean, seed=4)) == (text not in ("mask:random", "noise:0.3"))
    assert (str(degradation), space.details, space.classes) == (text, {"degraded": text}, ("a", "b"))
    assert torch.equal(clean, images())


def test_the_global_generator_is_left_alone():
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    Degradation.read("noise")(images(), 0)
    assert torch.equal(torch.rand(3), expected)


def test_edges_are_white_where_brightness_changes():
    step = torch.full((1, 1, 5, 6), -1.0)
    step[..., 3:] = 1.0
    assert (Degradation.read("edges")(step, 0)[0, 0] > 0).int().tolist() == [[0, 0, 1, 1, 0, 0]] * 5
    assert Degradation.read("edges")(torch.full((1, 3, 5, 5), 0.3), 0).eq(-1).all()


def test_grey_is_pillows():
    clean = images(1)
    picture = Image.fromarray(levels(clean)[0].permute(1, 2, 0).numpy()).convert("L")
    difference = np.asarray(picture).astype(int) - levels(Degradation.read("grey")(clean, 0))[0, 0].numpy()
    assert abs(difference).max() <= 1


def test_the_centre_of_half_the_side_is_masked():
    clean = images(1, (1, 8, 8))
    hole = Degradation.read("mask")(clean, 0) != clean
    assert hole.sum() == 16
    assert hole[0, 0, 2:6, 2:6].all()


def test_a_random_mask_is_a_whole_square_at_another_place_in_each():
    clean = torch.ones(50, 1, 9, 9)
    holes = Degradation.read("mask:random")(clean, 7) != clean
    assert holes.flatten(1).sum(1).tolist() == [16] * 50
    corners = {tuple(hole[0].nonzero()[0].tolist()) for hole in holes}
    assert {place for corner in corners for place in corner} == {0, 1, 2, 3, 4}


def test_downscaling_is_pillows_bicubic():
    clean = images(1, (1, 32, 32))
    picture = Image.fromarray(levels(clean)[0, 0].numpy()).resize((8, 8), Image.Resampling.BICUBIC)
    difference = np.asarray(picture).astype(int) - levels(Degradation.read("downscale:4")(clean, 0))[0, 0].numpy()
    assert abs(difference).max() <= 1


def test_noise_has_the_deviation_that_was_asked_for():
    made = Degradation.read("noise:0.1")(torch.zeros(8, 1, 64, 64), 0)
    assert made.std().item() / 2 == pytest.approx(0.1, rel=0.02)


def test_blur_is_gaussian():
    point = torch.full((1, 1, 25, 25), -1.0)
    point[..., 12, 12] = 1.0
    made = (Degradation.read("blur:1.5")(point, 0)[0, 0] + 1) / 2
    rows = torch.arange(25) - 12.0
    squares = rows[:, None].square() + rows.square()
    expected = torch.exp(-squares / (2 * 1.5**2)) / (2 * torch.pi * 1.5**2)
    assert torch.allclose(made, expected, atol=1 / 255)
    photo = Image.fromarray(levels(images(1, (1, 32, 32)))[0, 0].numpy())
    assert Degradation.read("blur:2")(torch.full((1, 3, 9, 9), 0.2), 0).std() < 0.01
    soft = np.asarray(photo.filter(ImageFilter.GaussianBlur(2))).std()
    assert levels(Degradation.read("blur:2")(images(1, (1, 32, 32)), 0)).float().std().item() == pytest.approx(
        soft, rel=0.3
    )


@pytest.mark.parametrize(
    ("text", "space", "message"),
    [
        ("grey", Space(kind="image", shape=(1, 8, 8)), "grey already; type --channels 3"),
        ("downscale:3", Space(kind="image", shape=(1, 32, 32)), "cannot be divided by 3; type --size 33"),
        ("blur", Space(kind="vector", shape=(2,)), "is for images, and these data are vectors"),
    ],
)
def test_what_cannot_be_degraded_is_one_line(text, space, message):
    with pytest.raises(DataError, match=message) as caught:
        Degradation.read(text).space(space)
    assert "\n" not in str(caught.value)


def test_a_space_of_degraded_images_keeps_all_else():
    expected = dataclasses.replace(COLOURS, shape=(3, 4, 4), details={"degraded": "downscale:4"})
    assert Degradation.read("downscale:4").space(COLOURS) == expected
