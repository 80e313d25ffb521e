"""Images of a data set on the Hugging Face Hub, by the library `datasets`: `--data hf:NAME[@REVISION][:SPLIT]`."""

from __future__ import annotations

import io
import logging
import re
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from ganzoo.data.dataset import Dataset
from ganzoo.data.files import Files
from ganzoo.data.folder import open_files
from ganzoo.data.request import Request
from ganzoo.errors import DataError, NetworkError, UsageError

if TYPE_CHECKING:
    import datasets

__all__ = ["open_hub"]

_WORD = re.compile(r"hf:(?P<name>[^@:]+)(?:@(?P<revision>[^:]+))?(?::(?P<config>[^:]+))?(?::(?P<split>[^:]+))?")


def open_hub(word: str, request: Request) -> Dataset:
    """The images of one split, with its class labels if it has any; decoded once, as those of a folder.

    word: hf:NAME, NAME being USER/NAME or the path of a folder that `datasets` reads; then @REVISION, :SPLIT (else
    `train`, or the first one) or :CONFIG:SPLIT. Nothing of the data set's own code is run.
    Raises UsageError, DataError, and NetworkError where the Hub cannot be reached.
    """
    if not find_spec("datasets"):
        raise UsageError(f"--data {word}: the library `datasets` is not installed; type: pip install 'ganzoo[hf]'")
    asked = _WORD.fullmatch(word)
    if not asked:
        raise UsageError(f"--data {word}: expected hf:NAME, hf:NAME:SPLIT or hf:NAME@REVISION:CONFIG:SPLIT")
    if asked["name"].startswith((".", "/", "~")) and not Path(asked["name"]).is_dir():
        raise DataError(f"--data {word}: no such folder; type hf:USER/NAME, as the Hub calls it, or a folder's path")
    config, split = (asked["config"], asked["split"]) if asked["split"] else (None, asked["config"])
    rows = _rows(word, asked["name"], config, split, asked["revision"])
    image, label = _columns(word, rows)
    name = Path(asked["name"]).name
    return open_files(name, _files(word, rows, image, label), request)


def _rows(word: str, name: str, config: str | None, split: str | None, revision: str | None) -> datasets.Dataset:
    import datasets
    from datasets.exceptions import DatasetsError
    from huggingface_hub.errors import HTTPError, LocalEntryNotFoundError  # type: ignore[attr-defined]  # of httpx

    for library in ("datasets", "huggingface_hub"):
        logging.getLogger(library).setLevel(logging.ERROR)  # what they try again and again is ours to tell, once
    if not sys.stderr.isatty():
        datasets.disable_progress_bars()
    try:
        found = datasets.load_dataset(name, config, split=split, revision=revision)
    except (DatasetsError, RuntimeError) as error:  # none of that name, none in it, damaged, or a script
        raise DataError(f"--data {word}: {_line(error)}") from None
    except ValueError as error:  # of a split or config that is not there, or a config that has to be named
        raise DataError(f"--data {word}: {_line(error)}; type hf:{name}:SPLIT or hf:{name}:CONFIG:SPLIT") from None
    except (OSError, HTTPError) as error:  # requests and the library itself raise kinds of the first
        here = isinstance(error, FileNotFoundError) and not isinstance(error, LocalEntryNotFoundError)
        raise (DataError if here else NetworkError)(f"--data {word}: {_line(error)}") from None
    return found if split else found["train" if "train" in found else next(iter(found))]


def _columns(word: str, rows: datasets.Dataset) -> tuple[str, str | None]:
    """The names of the first column of images and of the first one of classes."""
    import datasets

    features = rows.features
    images = [name for name, feature in features.items() if isinstance(feature, datasets.Image)]
    if not images:
        found = ", ".join(f"{name} ({getattr(feature, 'dtype', 'several')})" for name, feature in features.items())
        raise DataError(f"--data {word}: no column of images; found {found}")
    labels = [name for name, feature in features.items() if isinstance(feature, datasets.ClassLabel)]
    return images[0], labels[0] if labels else None


def _files(word: str, rows: datasets.Dataset, image: str, label: str | None) -> Files:
    """The rows as files by number, those with a class in a folder of its name. A cell is an image's bytes or path."""
    import datasets

    cells = rows.select_columns([image]).cast_column(image, datasets.Image(decode=False))
    folders = [""] * len(rows)
    if label:
        classes = [name.replace("/", "_") for name in rows.features[label].names]
        folders = [f"{classes[code]}/" if code is not None and code >= 0 else "" for code in rows[label]]

    def opened(name: str) -> IO[bytes]:
        cell: dict[str, Any] = cells[int(name.rpartition("/")[2])][image]
        return io.BytesIO(cell["bytes"]) if cell["bytes"] is not None else Path(cell["path"]).open("rb")

    def listed() -> list[str]:
        return [f"{folder}{number:08d}" for number, folder in enumerate(folders)]

    return Files(Path(word), word, str(rows._fingerprint), len(rows), listed, opened)


def _line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
