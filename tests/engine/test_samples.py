import io

import numpy as np
import pytest
import torch
from PIL import Image

from ganzoo.contract import Space
from ganzoo.engine.samples import Samples
from ganzoo.errors import UsageError

GREY = Space(kind="image", shape=(1, 28, 28))
COLOUR = Space(kind="image", shape=(3, 64, 64))
PLANE = Space(kind="vector", shape=(2,), range=None)


def grey(n=5):
    return Samples(torch.linspace(-1, 1, n)[:, None, None, None].expand(n, 1, 28, 28), GREY)


def test_levels_are_rounded_and_clamped():
    values = torch.tensor([-2.0, -1.0, -0.9961, -0.0001, 0.0041, 1.0, 3.0])
    space = Space(kind="image", shape=(1, 1, 7))
    [image] = Samples(values.view(1, 1, 1, 7), space).images
    assert np.asarray(image).tolist() == [[0, 0, 0, 127, 128, 255, 255]]


def test_every_level_of_a_byte_comes_back():
    levels = torch.arange(256.0)
    [image] = Samples((levels / 127.5 - 1).view(1, 1, 16, 16), Space(kind="image", shape=(1, 16, 16))).images
    assert np.asarray(image).flatten().tolist() == list(range(256))


def test_colours_are_in_their_place():
    tensor = torch.full((1, 3, 64, 64), -1.0)
    tensor[0, 0] = 1
    tensor[0, 2, 10, 20] = 1
    [image] = Samples(tensor, COLOUR).images
    assert image.size == (64, 64)
    assert image.getpixel((0, 0)) == (255, 0, 0)
    assert image.getpixel((20, 10)) == (255, 0, 255)


def test_two_channels_are_shown_below_each_other():
    tensor = torch.stack([torch.full((4, 6), -1.0), torch.full((4, 6), 1.0)])[None]
    [image] = Samples(tensor, Space(kind="image", shape=(2, 4, 6))).images
    assert image.size == (6, 8)
    assert (image.getpixel((0, 3)), image.getpixel((0, 4))) == (0, 255)


def test_grid_enlarges_small_images_and_keeps_their_order():
    grid = grey(5).grid()
    assert grid.size == (3 * 58 + 2, 2 * 58 + 2)  # 28 pixels doubled, two between them
    corners = [grid.getpixel((2 + 58 * column, 2 + 58 * row)) for row in (0, 1) for column in (0, 1, 2)]
    assert corners[:5] == [0, 64, 128, 191, 255]
    assert corners[5] == grid.getpixel((0, 0))  # the sixth place is empty
    assert grey(5).grid(columns=5).size == (5 * 58 + 2, 60)
    assert grey(2).grid(columns=9).size == (2 * 58 + 2, 60)


def test_big_images_keep_their_size():
    assert Samples(torch.zeros(1, 3, 64, 64), COLOUR).grid().size == (68, 68)


def test_no_samples_have_no_picture():
    with pytest.raises(UsageError, match="at least one"):
        grey(0).grid()
    assert grey(0)._repr_png_() is None


def test_samples_are_a_sequence():
    samples = grey(5)
    assert len(samples) == len(list(samples)) == 5
    assert torch.equal(samples[4], torch.ones(1, 28, 28))
    assert samples.numpy().dtype == np.float32
    assert "5" in repr(samples)
    assert "1x28x28" in repr(samples)


def test_points_are_drawn_where_they_are():
    real = torch.tensor([[-1.0, -1.0], [1.0, 1.0]])
    left = Samples(torch.tensor([[-0.9, 0.0]]).repeat(50, 1), PLANE, real).grid()
    right = Samples(torch.tensor([[0.9, 0.0]]).repeat(50, 1), PLANE, real).grid()
    assert left.size == right.size

    def orange(picture):
        pixels = np.asarray(picture).astype(int)[80:]  # below the legend
        return np.argwhere((pixels[..., 0] - pixels[..., 2]) > 100).mean(axis=0)[1]

    assert orange(left) < left.width / 2 < orange(right)


@pytest.mark.parametrize("features", [1, 5])
def test_vectors_of_any_length_have_a_picture(features):
    space = Space(kind="vector", shape=(features,), range=None)
    assert Samples(torch.randn(20, features), space).grid().size == (500, 500)


def test_other_kinds_are_saved_as_numbers(tmp_path):
    tensor = torch.randn(4, 2)
    samples = Samples(tensor, Space(kind="vector", shape=(2,), range=None))
    path = samples.save(tmp_path / "points.npz")
    with np.load(path, allow_pickle=False) as stored:
        assert np.array_equal(stored["samples"], tensor.numpy())
    with pytest.raises(UsageError, match="not images"):
        samples.save_files(tmp_path / "files")
    assert not (tmp_path / "files").exists()


@pytest.mark.parametrize("ending", [".png", ".webp", ".jpg", ".PNG"])
def test_pictures_are_saved_in_the_format_of_their_ending(tmp_path, ending):
    path = grey().save(tmp_path / "new" / f"a{ending}")
    with Image.open(path) as picture:
        assert picture.size == grey().grid().size
        assert picture.format == {".png": "PNG", ".webp": "WEBP", ".jpg": "JPEG"}[ending.lower()]
    assert [found.name for found in path.parent.iterdir()] == [path.name]


def test_old_files_are_kept_unless_forced(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(b"old")
    with pytest.raises(UsageError, match=r"a\.png exists already; .*--force"):
        grey().save(path)
    assert path.read_bytes() == b"old"
    grey().save(path, force=True)
    assert path.read_bytes() != b"old"


def test_an_unknown_ending_is_refused_with_the_known_ones(tmp_path):
    with pytest.raises(UsageError, match=r"a\.tiff.*\.png .*\.npz"):
        grey().save(tmp_path / "a.tiff")


def test_single_files_have_the_images_own_size(tmp_path):
    paths = grey(3).save_files(tmp_path / "digits")
    assert [path.name for path in paths] == ["0000.png", "0001.png", "0002.png"]
    with Image.open(paths[2]) as picture:
        assert picture.size == (28, 28)
        assert picture.getpixel((5, 5)) == 255
    paths[0].unlink()
    with pytest.raises(UsageError, match="0001"):
        grey(3).save_files(tmp_path / "digits")
    assert not paths[0].exists()  # nothing half-written


def test_samples_show_themselves_in_a_notebook():
    with Image.open(io.BytesIO(grey()._repr_png_())) as picture:
        assert picture.size == grey().grid().size
