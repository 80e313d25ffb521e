"""One image file of any kind as bytes of one size: upright, opaque, 8 bits, grey or RGB."""

from __future__ import annotations

from functools import cache
from typing import IO, Any, Literal

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from ganzoo.data.request import Half

__all__ = ["decode", "fit", "opaque", "suffixes", "upright"]


@cache
def suffixes() -> frozenset[str]:
    """The suffixes of the formats that Pillow reads here, such as .png."""
    return frozenset(suffix for suffix, kind in Image.registered_extensions().items() if kind in Image.OPEN)


def decode(file: IO[bytes], size: int, mode: Literal["L", "RGB"]) -> np.ndarray[Any, Any]:
    """The first frame of an image file as (C, size, size) uint8. Raises what `upright` raises."""
    return fit(upright(file, size), size, mode)


def upright(file: IO[bytes], size: int, half: Half | None = None) -> Image.Image:
    """The first frame of an image file, or one half of it, as it is meant to be seen; may be smaller than in the file,
    though with both sides twice `size` if they were.

    Raises ValueError for what is no image, else what Pillow raises: OSError, SyntaxError, DecompressionBombError ...
    """
    try:
        opened = Image.open(file)
    except UnidentifiedImageError:
        raise ValueError("no image") from None  # Pillow names an object of Python's
    with opened as image:
        # a large JPEG is decoded at a half, quarter or eighth
        image.draft(image.mode, (2 * size * (2 if half else 1), 2 * size))
        whole: Image.Image = ImageOps.exif_transpose(image)
        whole.load()
    if half:
        middle = whole.width // 2
        first = 0 if half == "left" else whole.width - middle
        whole = whole.crop((first, 0, first + middle, whole.height))
    return whole


def fit(image: Image.Image, size: int, mode: Literal["L", "RGB"]) -> np.ndarray[Any, Any]:
    """An image as (C, size, size) uint8: its middle square, resampled with a bicubic antialias filter.

    What is transparent becomes white. 16-bit and floating-point greys are scaled, not clipped.
    """
    pixels = np.asarray(ImageOps.fit(opaque(image).convert(mode), (size, size), Image.Resampling.BICUBIC))
    return pixels[None] if mode == "L" else pixels.transpose(2, 0, 1)


def opaque(image: Image.Image) -> Image.Image:
    """The same image without transparency, which becomes white, in a mode of 8 bits."""
    if image.mode.startswith(("I", "F")):
        return _eight_bits(image)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image


def _eight_bits(image: Image.Image) -> Image.Image:
    values = np.nan_to_num(np.asarray(image, dtype=np.float64), posinf=0).clip(0)
    tops = (65535, 2**31 - 1) if image.mode.startswith("I") else (1, 255, 65535)
    top = next((top for top in tops if values.max() <= top), values.max())
    return Image.fromarray(np.rint(values * (255 / top)).astype(np.uint8))
