"""What a generator made: a tensor that shows itself as pictures, points and files.

Shapes: N samples, C H W image, F features of a vector.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from PIL import Image

from ganzoo.contract import Space
from ganzoo.engine.files import write_whole
from ganzoo.engine.page import page
from ganzoo.engine.sounds import spectrogram, wav_bytes
from ganzoo.errors import UsageError
from ganzoo.tokens import lines_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

__all__ = [
    "FRAMES",
    "PICTURED",
    "Samples",
    "evenly",
    "levels",
    "picture",
    "picture_bytes",
    "refuse_to_overwrite",
    "save_animation",
    "side_by_side",
]

FRAMES = 60  # an animation's most frames: longer ones show nothing more and cost megabytes

T = TypeVar("T")

PICTURED = ("image", "vector", "table", "audio", "tokens")  # kinds that are shown as pictures

_FORMATS = {".png": "PNG", ".webp": "WEBP", ".jpg": "JPEG", ".jpeg": "JPEG"}
_CELL = 56  # pixels of a grid's smallest cell: a 28x28 digit at twice its size
_GAP = 2  # pixels between two cells
_GROUPS = 4  # of pictures in a row, side by side
_GREY = 112  # between the cells: neither the black nor the white that most pictures end in


class Samples:
    """N samples of one space: `tensor` (N, *shape), float, images in [-1, 1].

    real: (M, F) samples of the data, drawn behind generated vectors and rows. Shows itself in a notebook.
    """

    def __init__(self, tensor: Tensor, space: Space, real: Tensor | None = None) -> None:
        self.tensor = tensor.detach().float().cpu()
        self.space = space
        self.real = None if real is None else real.detach().float().cpu()

    def __len__(self) -> int:
        return len(self.tensor)

    def __getitem__(self, index: Any) -> Tensor:
        chosen: Tensor = self.tensor[index]
        return chosen

    def __iter__(self) -> Iterator[Tensor]:
        return iter(self.tensor)

    def __repr__(self) -> str:
        return f"Samples({len(self)} x {self.space.kind} {self.space})"

    def _repr_png_(self) -> bytes | None:
        return picture_bytes(self.grid(), ".png") if self.space.kind in PICTURED and len(self) else None

    def numpy(self) -> NDArray[np.float32]:
        """The samples as an array, (N, *shape) float32, in the range of the tensor."""
        array: NDArray[np.float32] = self.tensor.numpy()
        return array

    @property
    def suffix(self) -> str:
        """The ending of the natural form of the samples: .csv of rows, .wav of sounds, .txt of texts, else .png."""
        return {"table": ".csv", "audio": ".wav", "tokens": ".txt"}.get(self.space.kind, ".png")

    @property
    def images(self) -> list[Image.Image]:
        """The samples as N pictures: grey or RGB, other numbers of channels as grey ones below each other; of sounds
        the spectrograms.

        Raises UsageError if the samples are neither.
        """
        if self.space.kind == "audio":
            return [spectrogram(sound[0]) for sound in self.tensor]
        if self.space.kind != "image":
            raise UsageError(f"samples of kind {self.space.kind!r} are not images; use .tensor or .numpy()")
        return [picture(level) for level in levels(self.tensor)]

    @property
    def csv(self) -> str:
        """The samples as the text of a CSV file with the columns of the data. Raises UsageError if they are no rows."""
        from ganzoo.data.tables import to_csv

        if self.space.kind != "table":
            raise UsageError(f"samples of kind {self.space.kind!r} are not rows of a table; use .tensor or .numpy()")
        return to_csv(self.numpy(), self.space)

    @property
    def lines(self) -> list[str]:
        """The samples as N lines of text. Raises UsageError if they are no texts."""
        if self.space.kind != "tokens":
            raise UsageError(f"samples of kind {self.space.kind!r} are not texts; use .tensor or .numpy()")
        return lines_of(self.tensor.tolist(), self.space)

    def grid(self, columns: int | None = None) -> Image.Image:
        """One picture of all samples: images in rows (as near to a square as it goes), vectors as points, tables as
        the spread of each column, of texts the first lines.

        Tiny images are enlarged by whole factors without smoothing. Raises UsageError for kinds that have no
        picture, and where there are no samples.
        """
        if not len(self):
            raise UsageError("no samples to show; ask for at least one, for example -n 16")
        if self.space.kind == "vector":
            return _scatter(self.numpy(), None if self.real is None else self.real.numpy())
        if self.space.kind == "table":
            from ganzoo.engine.marginals import marginals

            return marginals(self.numpy(), None if self.real is None else self.real.numpy(), self.space)
        if self.space.kind == "tokens":
            return page(self.lines)
        return _tile(self.images, columns or math.ceil(math.sqrt(len(self))))

    def save(self, path: Path | str, *, force: bool = False) -> Path:
        """Write one file: a picture of all samples (.png, .webp, .jpg), rows of a table (.csv), sounds one
        after another (.wav), lines of text (.txt), or the numbers of the samples (.npz, `samples`).

        Returns the path. Raises UsageError if the file exists (unless `force`) or its ending is unknown.
        """
        import numpy as np

        path = Path(path)
        suffix = path.suffix.lower()
        known = list(dict.fromkeys([*_FORMATS, self.suffix, ".npz"]))
        if suffix not in known:
            raise UsageError(f"cannot save samples as {path.name!r}; known endings: {' '.join(known)}")
        refuse_to_overwrite([path], force)
        if suffix == ".npz":
            buffer = io.BytesIO()
            np.savez_compressed(buffer, samples=self.numpy())
            write_whole(path, buffer.getvalue())
        elif suffix == ".csv":
            write_whole(path, self.csv.encode())
        elif suffix == ".txt":
            write_whole(path, "".join(f"{line}\n" for line in self.lines).encode())
        elif suffix == ".wav":
            write_whole(path, wav_bytes(self.numpy()[:, 0], self.space.details["rate"]))
        else:
            write_whole(path, picture_bytes(self.grid(), suffix))
        return path

    def save_files(self, folder: Path | str, *, force: bool = False) -> list[Path]:
        """Write each image or sound to its own file, folder/0000.png and on, as it is. Returns the paths.

        Raises UsageError if one of them exists (unless `force`), or if the samples are neither.
        """
        paths = [Path(folder) / f"{number:04d}{self.suffix}" for number in range(len(self))]
        contents = self.contents()
        refuse_to_overwrite(paths, force)
        for path, written in zip(paths, contents, strict=True):
            write_whole(path, written)
        return paths

    def contents(self) -> list[bytes]:
        """Each image or sound as the contents of a file of its own. Raises UsageError if the samples are neither."""
        if self.space.kind == "audio":
            rate = self.space.details["rate"]
            return [wav_bytes(sound, rate) for sound in self.numpy()]
        return [picture_bytes(image, ".png") for image in self.images]


def refuse_to_overwrite(paths: Sequence[Path], force: bool) -> None:
    """Raises UsageError that names the first path which is there already, unless `force`."""
    old = next((path for path in paths if path.exists()), None)
    if old is not None and not force:
        raise UsageError(f"{old} exists already; choose another name with --out, or overwrite it with --force")


def levels(tensor: Tensor) -> Tensor:
    """Numbers in [-1, 1] as the bytes 0..255 of a picture, of the same shape."""
    return ((tensor + 1) * 127.5).round_().clamp_(0, 255).byte()


def picture(levels: Tensor) -> Image.Image:
    """Bytes (C, H, W) as a picture: grey or RGB, other numbers of channels as grey ones below each other."""
    return Image.fromarray((levels.permute(1, 2, 0) if len(levels) == 3 else levels.flatten(0, 1)).numpy())


def picture_bytes(image: Image.Image, suffix: str) -> bytes:
    """A picture in the format of a file's ending (.png, .webp without loss, .jpg)."""
    buffer = io.BytesIO()
    options: dict[str, Any] = {"quality": 92} if _FORMATS[suffix] == "JPEG" else {}
    if _FORMATS[suffix] == "WEBP":
        options = {"lossless": True}
    image.save(buffer, _FORMATS[suffix], **options)
    return buffer.getvalue()


def side_by_side(parts: Sequence[Samples]) -> Image.Image:
    """One picture of equally many images in groups: the first of each part, the second of each, and on, 4 in a row.

    All are enlarged to the largest image's size, without smoothing; grey ones are shown in colour beside colours.
    """
    columns = [part.images for part in parts]
    width = max(images[0].width for images in columns)
    height = max(images[0].height for images in columns)
    mode = "RGB" if any(images[0].mode == "RGB" for images in columns) else "L"
    shown = [
        image.convert(mode).resize((width, height), Image.Resampling.NEAREST)
        for group in zip(*columns, strict=True)
        for image in group
    ]
    return _tile(shown, _GROUPS * len(parts))


def _tile(images: Sequence[Image.Image], columns: int) -> Image.Image:
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


def _scatter(fake: NDArray[np.float32], real: NDArray[np.float32] | None) -> Image.Image:
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
