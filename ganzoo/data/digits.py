"""Handwritten digits, built in: scikit-learn's 1,797 images of 8x8 pixels.

Alpaydin and Kaynak 1998, Optical Recognition of Handwritten Digits, UCI Machine Learning Repository
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganzoo.data.request import Summary
from ganzoo.hookspecs import hookimpl

if TYPE_CHECKING:
    from ganzoo.data import Dataset, Request

__all__ = ["ganzoo_dataset", "ganzoo_dataset_summary"]

TABLE = ("datasets", "data", "digits.csv.gz")
WHITE = 16  # the brightest pixel


@hookimpl
def ganzoo_dataset(request: Request) -> Dataset:
    """The digits, resized to what was asked."""
    import numpy as np

    from ganzoo.data.arrays import image_dataset

    rows, labels = _table()
    pixels = np.rint(rows * (255 / WHITE)).astype(np.uint8).reshape(-1, 1, 8, 8)
    return image_dataset("digits", pixels, request, labels, [str(digit) for digit in range(10)])


@hookimpl
def ganzoo_dataset_summary(root: Path) -> Summary:
    """The digits' line in `ganzoo datasets`."""
    return Summary(count=1797, shape=(1, 8, 8), classes=10, present=True, where="built in")


def _table() -> tuple[Any, Any]:
    """The pixels (1797, 64) in 0..16 and the labels (1797,).

    scikit-learn's file is read without importing scikit-learn, which takes seconds and 80 MB.
    """
    import numpy as np

    spec = find_spec("sklearn")
    folders = spec.submodule_search_locations if spec else None
    file = Path((folders or [""])[0], *TABLE)
    if file.is_file():
        rows = np.loadtxt(file, delimiter=",", dtype=np.int64)
        return rows[:, :64], rows[:, 64]
    from sklearn.datasets import load_digits  # another layout than today's

    return load_digits(return_X_y=True)  # type: ignore[no-any-return]
