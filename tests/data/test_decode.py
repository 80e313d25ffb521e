import io

import numpy as np
import pytest
from PIL import Image

from ganzoo.data.decode import decode, fit, suffixes

RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)


def saved(image, kind="png", **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    file.seek(0)
    return file


def test_the_shape_is_channels_first():
    image = Image.new("RGB", (9, 5), RED)
    assert fit(image, 4, "RGB").shape == (3, 4, 4)
    assert fit(image, 4, "L").shape == (1, 4, 4)
    assert fit(image, 4, "RGB")[:, 0, 0].tolist() == list(RED)


def test_an_image_of_the_size_is_untouched(picture):
    image = picture()
    assert np.array_equal(fit(image, 8, "RGB"), np.asarray(image).transpose(2, 0, 1))


def test_the_middle_of_the_longer_side_is_kept():
    wide = Image.new("RGB", (30, 10), RED)
    wide.paste(GREEN, (10, 0, 20, 10))
    assert fit(wide, 10, "RGB")[:, :, 1:-1].reshape(3, -1).T.tolist() == [list(GREEN)] * 80
    assert np.array_equal(fit(wide.rotate(90, expand=True), 10, "RGB")[1], np.full((10, 10), 255))


def test_shrinking_averages_instead_of_skipping():
    stripes = Image.fromarray(np.tile(np.array([0, 255], np.uint8), (64, 32)))
    shrunk = fit(stripes, 8, "L")
    assert shrunk.min() > 110
    assert shrunk.max() < 145


@pytest.mark.parametrize(
    ("orientation", "corner"), [(1, (0, 0)), (2, (0, 7)), (3, (7, 7)), (4, (7, 0)), (6, (0, 7)), (8, (7, 0))]
)
def test_exif_orientation_is_obeyed(orientation, corner):
    image = Image.new("RGB", (8, 8))
    image.putpixel((0, 0), RED)
    exif = Image.Exif()
    exif[0x0112] = orientation
    pixels = decode(saved(image, exif=exif), 8, "RGB")
    assert pixels[(slice(None), *corner)].tolist() == list(RED)
    assert pixels.sum() == 255


def test_transparency_becomes_white():
    image = Image.new("RGBA", (8, 8), (*BLUE, 255))
    image.paste((*RED, 0), (0, 0, 4, 8))
    image.paste((0, 0, 0, 128), (4, 4, 8, 8))
    pixels = decode(saved(image), 8, "RGB")
    assert pixels[:, 0, 0].tolist() == [255, 255, 255]
    assert pixels[:, 0, 7].tolist() == list(BLUE)
    assert pixels[:, 7, 7].tolist() == [127, 127, 127]
    grey = decode(saved(Image.new("LA", (8, 8), (10, 0))), 8, "L")
    assert (grey == 255).all()


def test_a_palette_with_and_without_transparency():
    image = Image.new("P", (8, 8), 1)
    image.putpalette([*RED, *GREEN])
    image.putpixel((0, 0), 0)
    assert decode(saved(image), 8, "RGB")[:, 0, :2].T.tolist() == [list(RED), list(GREEN)]
    see_through = decode(saved(image, transparency=0), 8, "RGB")
    assert see_through[:, 0, :2].T.tolist() == [[255, 255, 255], list(GREEN)]


def test_cmyk():
    image = Image.new("CMYK", (8, 8), (255, 0, 255, 0))
    assert decode(saved(image, "tiff"), 8, "RGB")[:, 0, 0].tolist() == list(GREEN)


@pytest.mark.parametrize("kind", ["png", "tiff"])
def test_sixteen_bits_are_scaled_not_clipped(kind):
    values = np.linspace(0, 65535, 64).astype(np.uint16).reshape(8, 8)
    pixels = decode(saved(Image.fromarray(values), kind), 8, "L")
    assert np.array_equal(pixels[0], np.rint(values / 257).astype(np.uint8))


def test_dark_sixteen_bits_stay_dark():
    values = np.full((8, 8), 257 * 3, np.uint16)
    assert (decode(saved(Image.fromarray(values)), 8, "RGB") == 3).all()


@pytest.mark.parametrize("top", [1.0, 255.0, 65535.0])
def test_floating_point_is_scaled_by_its_range(top):
    values = np.array([[0, top / 2], [top, np.nan]], np.float32)
    pixels = decode(saved(Image.fromarray(values), "tiff"), 2, "L")
    assert pixels[0].tolist() == [[0, 128], [255, 0]]


def test_one_bit():
    image = Image.new("1", (8, 8), 0)
    image.putpixel((3, 2), 1)
    pixels = decode(saved(image), 8, "L")
    assert pixels[0, 2, 3] == 255
    assert pixels.sum() == 255


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp", "gif", "bmp", "tiff", "ppm"])
def test_common_formats(kind):
    pixels = decode(saved(Image.new("RGB", (20, 12), (200, 40, 40)), kind), 8, "RGB")
    assert np.abs(pixels.astype(int) - np.array([200, 40, 40]).reshape(3, 1, 1)).max() <= 8


def test_an_animation_gives_its_first_frame():
    frames = [Image.new("RGB", (8, 8), colour) for colour in (RED, BLUE)]
    file = saved(frames[0], "gif", save_all=True, append_images=frames[1:])
    assert decode(file, 8, "RGB")[:, 0, 0].tolist() == list(RED)


def test_a_large_jpeg_looks_the_same_as_a_large_png():
    gradient = np.linspace(0, 255, 512).astype(np.uint8)
    image = Image.fromarray(np.stack([np.tile(gradient, (512, 1))] * 3, axis=2))
    jpeg = decode(saved(image, "jpeg", quality=95), 16, "RGB").astype(int)
    assert np.abs(jpeg - decode(saved(image), 16, "RGB")).max() <= 3


def test_suffixes_are_those_that_can_be_read():
    assert {".png", ".jpg", ".webp", ".gif", ".bmp", ".tif"} <= suffixes()
    assert ".pdf" not in suffixes()  # Pillow only writes these
