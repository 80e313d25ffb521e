"""MNIST, laid out as a script finds it after its own download."""

from __future__ import annotations

import gzip
import os
import struct
from pathlib import Path

import click

__all__ = ["count", "unpack"]

IMAGES = "train-images-idx3-ubyte"


def unpack(folder: Path) -> None:
    """Write MNIST's files, not gzipped, into `data/MNIST/raw` of a folder, where torchvision looks for them.

    Raises click.ClickException where GANZOO_DATA does not hold them.
    """
    source, target = Path(os.environ.get("GANZOO_DATA", "data"), "MNIST", "raw"), folder / "data/MNIST/raw"
    target.mkdir(parents=True)
    for path in source.glob("*-ubyte*"):
        packed = path.suffix == ".gz"
        contents = gzip.decompress(path.read_bytes()) if packed else path.read_bytes()
        (target / (path.stem if packed else path.name)).write_bytes(contents)
    if not (target / IMAGES).exists():
        raise click.ClickException(f"{source} holds no MNIST; type GANZOO_DATA=FOLDER before the command")


def count(folder: Path) -> int:
    """How many training images there are."""
    with (folder / "data/MNIST/raw" / IMAGES).open("rb") as file:
        return int(struct.unpack(">4xI", file.read(8))[0])
