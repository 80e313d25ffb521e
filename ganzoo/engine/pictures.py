"""Pictures: of numbers, of many pictures in a grid, of points, as bytes of a file, as an animation.

Shapes: N samples, C H W image, F features of a vector.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from PIL import Image

from ganzoo.engine.files import write_whole

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

__all__ = ["FORMATS", "FRAMES", "evenly", "levels", "picture", "picture_bytes", "save_animation", "scatter", "tile"]

FORMATS = {".png": "PNG", ".webp": "WEBP", ".jpg": "JPEG", ".jpeg": "JPEG"}
FRAMES = 60  # an animation's most frames: longer ones show nothing more and cost megabytes

T = TypeVar("T")

_CELL = 56  # pixels of a grid's smallest cell: a 28x28 digit at twice its size
_GAP = 2  # pixels between two cells
_GREY = 112  # between the cells: neither the black nor the white that most pictures end in


def levels(tensor: Tensor) -> Tensor:
    """Numbers in [-1, 1] as the bytes 0..255 of a picture, of the same shape."""
    return ((tensor + 1) * 127.5).round_().clamp_(0, 255).byte()


def picture(levels: Tensor) -> Image.Image:
    """Bytes (C, H, W) as a picture: grey or RGB, other numbers of channels as grey ones below each other."""
    return Image.fromarray((levels.permute(1, 2, 0) if len(levels) == 3 else levels.flatten(0, 1)).numpy())


def picture_bytes(image: Image.Image, suffix: str) -> bytes:
    """A picture in the format of a file's ending (.png, .webp without loss, .jpg)."""
    buffer = io.BytesIO()
    options: dict[str, Any] = {"quality": 92} if FORMATS[suffix] == "JPEG" else {}
    if FORMATS[suffix] == "WEBP":
        options = {"lossless": True}
    image.save(buffer, FORMATS[suffix], **options)
    return buffer.getvalue()


def tile(images: Sequence[Image.Image], columns: int) -> Image.Image:
    """Equal pictures in rows from the top left, each enlarged to at least _CELL pixels."""
    width, height = images[0].size
    scale = max(1, math.ceil(_CELL / max(width, height)))
    cell = (width * scale, height * scale)
    columns = min(columns, len(images))
    rows = math.ceil(len(images) / columns)
    size = (columns * (cell[0] + _GAP) + _GAP, rows * (cell[1] + _GAP) + _GAP)
    sheet = Image.new(images[0].mode, size, _GREY if images[0].mode == "L" else (_GREY,) * 3)
    for number, image in enumerate(images):
        row, column = divmod(number, columns)
        place = (_GAP + column * (cell[0] + _GAP), _GAP + row * (cell[1] + _GAP))
        sheet.paste(image.resize(cell, Image.Resampling.NEAREST), place)
    return sheet


def scatter(fake: NDArray[np.float32], real: NDArray[np.float32] | None) -> Image.Image:
    """The first two features as points, generated over real; the axes span the real points where given."""
    import numpy as np
    from matplotlib.figure import Figure

    def plane(points: NDArray[np.float32]) -> NDArray[np.float32]:
        points = points.reshape(len(points), -1)[:, :2]
        return points if points.shape[1] == 2 else np.pad(points, ((0, 0), (0, 1)))

    figure = Figure(figsize=(5, 5), dpi=100, layout="constrained")
    axes = figure.add_subplot()
    framed = plane(fake if real is None else real)
    low, high = framed.min(axis=0), framed.max(axis=0)
    margin = 0.2 * max(float((high - low).max()), 1e-3)
    axes.set(xlim=(low[0] - margin, high[0] + margin), ylim=(low[1] - margin, high[1] + margin), aspect="equal")
    dots: dict[str, Any] = {"s": 7, "linewidths": 0}
    if real is not None:
        axes.scatter(*plane(real).T, color="#9aa0a6", alpha=0.5, label="real", **dots)
    axes.scatter(*plane(fake).T, color="#d9480f", alpha=0.6, label="generated", **dots)
    axes.legend(loc="upper right", markerscale=2, framealpha=0.9)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return Image.open(buffer).convert("RGB")


def evenly(items: Sequence[T], most: int) -> list[T]:
    """At most so many of the items, evenly chosen, the first and the last among them."""
    shown = min(len(items), most)
    return [items[round(number * (len(items) - 1) / max(1, shown - 1))] for number in range(shown)]


def save_animation(
    frames: Sequence[Image.Image], path: Path | str, milliseconds: int, *, limit: int | None = None
) -> Path:
    """Write pictures of one size as an endless WebP animation; of more than FRAMES, an even choice is shown.

    milliseconds: how long each frame stays; the last one stays a second longer. limit: bytes; quality, then
    size, give way until the file fits. Returns the path.
    """
    path = Path(path)
    pictures = evenly(frames, FRAMES)
    options = {"duration": [milliseconds] * (len(pictures) - 1) + [milliseconds + 1000], "loop": 0}
    while True:
        for quality in (80, 50):
            buffer = io.BytesIO()
            pictures[0].save(buffer, "WEBP", save_all=True, append_images=pictures[1:], quality=quality, **options)
            if limit is None or buffer.tell() <= limit or max(pictures[0].size) < _CELL:
                write_whole(path, buffer.getvalue())
                return path
        smaller = (pictures[0].width * 7 // 10, pictures[0].height * 7 // 10)
        pictures = [picture.resize(smaller, Image.Resampling.LANCZOS) for picture in pictures]
