"""From what was typed after --data to a data set: the name of an installed one, or a path."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

from ganzoo import catalogue
from ganzoo.data.dataset import Dataset
from ganzoo.data.request import Request
from ganzoo.errors import DataError, PluginError, nearest

__all__ = ["open_dataset"]


def open_dataset(name_or_path: str, request: Request) -> Dataset:
    """The data set of that name, else of that path; `./digits` is the folder where `digits` is the name.

    A path may be a folder or zip of images or of wav files, an .npz or .npy, a table as .csv, a text as .txt or a
    folder of them, or an idx file, also gzipped. `hf:NAME` is a data set of images on the Hugging Face Hub.
    Raises DataError; NetworkError if a download fails; PluginError if a plugin does.
    """
    if name_or_path in catalogue.names(catalogue.DATASETS):
        found = catalogue.call(catalogue.DATASETS, name_or_path, "ganzoo_dataset", request=request)
        if not isinstance(found, Dataset):
            kind = type(found).__name__
            raise PluginError(f"data set {name_or_path!r}: ganzoo_dataset returned {kind}, expected Dataset")
        return found
    if name_or_path.startswith("hf:"):
        from ganzoo.data.huggingface import open_hub

        return open_hub(name_or_path, request)
    path = Path(os.path.expanduser(name_or_path))  # unlike Path's own, it lets ~nobody be
    try:
        if not path.exists():
            raise DataError(_unknown(name_or_path))
        return _open_path(path, request)
    except OSError as error:
        raise DataError(f"cannot open {path}: {error}") from error


def _open_path(path: Path, request: Request) -> Dataset:
    from ganzoo.data.arrays import open_npy, open_npz
    from ganzoo.data.audio import has_sounds, open_sounds
    from ganzoo.data.folder import open_folder, open_zip
    from ganzoo.data.idx import is_idx, open_idx
    from ganzoo.data.tables import open_csv
    from ganzoo.data.texts import has_texts, open_texts

    if has_sounds(path):
        return open_sounds(path, request)
    if has_texts(path):
        return open_texts(path, request)
    if path.is_dir():
        images = sorted(path.glob("train-images-idx3-ubyte*"))  # MNIST/raw and its like
        return open_idx(images[0], request) if images else open_folder(path, request)
    if path.suffix.lower() == ".npz":
        return open_npz(path, request)
    if path.suffix.lower() == ".npy":
        return open_npy(path, request)
    if path.suffix.lower() in (".csv", ".tsv"):
        return open_csv(path)
    if zipfile.is_zipfile(path) or path.suffix.lower() == ".zip":
        return open_zip(path, request)
    if is_idx(path):
        return open_idx(path, request)
    raise DataError(
        f"{path}: expected a folder or zip of images or wav files, an .npz or .npy, a .csv, a .txt or an idx file; "
        "found another kind"
    )


def _unknown(asked: str) -> str:
    if Path(asked).name != asked or Path(asked).suffix:
        return f"--data {asked}: no such file or folder; type a path that exists, or --data digits"
    known = nearest(asked, catalogue.names(catalogue.DATASETS))
    advice = "see `ganzoo datasets`, or type --data ./FOLDER for your own images"
    return f"unknown data set {asked!r}; " + "; ".join(filter(None, [known, advice]))
