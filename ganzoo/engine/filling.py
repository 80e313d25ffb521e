"""Tables through an imputation: a CSV file in, the same columns without absent cells out."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import torch

from ganzoo.columns import columns_of
from ganzoo.counted import counted
from ganzoo.data.columns import encode, is_absent
from ganzoo.data.tables import read_csv, rows_of
from ganzoo.engine.generator import Generator
from ganzoo.errors import DataError

__all__ = ["fill_table"]

_ROWS = 256  # at once


def fill_table(generator: Generator, path: Path, *, seed: int = 0) -> tuple[bytes, str]:
    """A CSV file with its absent cells filled, every other one as it stands; and how many were.

    Raises DataError where the file has other columns than the table that was learned, or a text that is none of theirs.
    """
    assert generator.space.source is not None, "an imputation starts from something"
    columns = columns_of(generator.space.source)
    names, rows, delimiter = read_csv(path)
    known = [column.name for column in columns]
    if sorted(names) != sorted(known):
        wrong = [f"no column {name!r}" for name in known if name not in names]
        wrong += [f"a column {name!r}, which is not known" for name in names if name not in known]
        wrong += [f"column {name!r} twice" for name in names if names.count(name) > 1]
        raise DataError(f"{path}: {wrong[0]}; {generator.name} has learned {', '.join(known)}")
    try:
        parts = [
            encode(column, [row[names.index(column.name)] for row in rows], counted(seed, "gaussian", column.name))
            for column in columns
        ]
    except DataError as error:
        raise DataError(f"{path}: {error}") from None
    made = generator.translate(torch.from_numpy(np.concatenate(parts, 1)), seed=seed, chunk=_ROWS)
    count, out = 0, io.StringIO()
    writer = csv.writer(out, lineterminator="\n", delimiter=delimiter)
    writer.writerow(names)
    for row, filled in zip(rows, rows_of(made.numpy(), generator.space), strict=True):
        holes = [is_absent(text) for text in row]
        count += sum(holes)
        new = dict(zip(known, filled, strict=True))
        writer.writerow([new[name] if hole else text for name, text, hole in zip(names, row, holes, strict=True)])
    return out.getvalue().encode(), f"{count:,} of {len(rows) * len(names):,} cells filled"
