"""What a generator made: a tensor that shows itself as pictures, points and files.

Shapes: N samples, F features of a vector.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from ganzoo.contract import Space
from ganzoo.engine.files import write_whole
from ganzoo.engine.page import page
from ganzoo.engine.pictures import FORMATS, levels, picture, picture_bytes, scatter, tile
from ganzoo.engine.sounds import spectrogram, wav_bytes
from ganzoo.errors import UsageError
from ganzoo.tokens import lines_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

__all__ = ["PICTURED", "Samples", "refuse_to_overwrite", "side_by_side"]

PICTURED = ("image", "vector", "table", "audio", "tokens")  # kinds that are shown as pictures

_GROUPS = 4  # of pictures in a row, side by side


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
            return scatter(self.numpy(), None if self.real is None else self.real.numpy())
        if self.space.kind == "table":
            from ganzoo.engine.marginals import marginals

            return marginals(self.numpy(), None if self.real is None else self.real.numpy(), self.space)
        if self.space.kind == "tokens":
            return page(self.lines)
        return tile(self.images, columns or math.ceil(math.sqrt(len(self))))

    def save(self, path: Path | str, *, force: bool = False) -> Path:
        """Write one file: a picture of all samples (.png, .webp, .jpg), rows of a table (.csv), sounds one
        after another (.wav), lines of text (.txt), or the numbers of the samples (.npz, `samples`).

        Returns the path. Raises UsageError if the file exists (unless `force`) or its ending is unknown.
        """
        import numpy as np

        path = Path(path)
        suffix = path.suffix.lower()
        known = list(dict.fromkeys([*FORMATS, self.suffix, ".npz"]))
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
    return tile(shown, _GROUPS * len(parts))
