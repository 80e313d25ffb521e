"""Tables: CSV files, and small ones that are built in. A row becomes one vector of features, see `columns`."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganzoo.columns import COMMA, Column, columns_of
from ganzoo.data.request import Summary
from ganzoo.errors import DataError
from ganzoo.hookspecs import hookimpl
from ganzoo.plurals import many

if TYPE_CHECKING:
    from ganzoo.contract import Space
    from ganzoo.data import Dataset, Request

__all__ = ["BuiltIn", "breast_cancer", "iris", "open_csv", "read_csv", "rows_of", "table_dataset", "to_csv", "wine"]

DELIMITERS = ",;\t|"


def open_csv(path: Path) -> Dataset:
    """The table of a CSV file, as `read_csv` reads it. Raises DataError."""
    names, rows, delimiter = read_csv(path)
    return table_dataset(path.stem, names, rows, str(path), comma=delimiter != COMMA)


def read_csv(path: Path) -> tuple[list[str], list[list[str]], str]:
    """The column names and the rows of a CSV file with a header, and what is between its cells.

    That is a comma, semicolon, tab or bar. Raises DataError that names the line for ragged rows, a header that is
    absent or names a column twice, a quote that is never closed, no rows, and text that is not UTF-8.
    """
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: byte {error.start:,} is not UTF-8; save the file as UTF-8") from None
    header, _, _ = text.partition("\n")
    delimiter = max(DELIMITERS, key=header.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        lines = [(reader.line_num, row) for row in reader if row]
    except csv.Error as error:
        raise DataError(f"{path}: line {reader.line_num:,} is not CSV ({error})") from None
    if len(lines) < 2:
        raise DataError(f"{path}: {'no rows below the header' if lines else 'empty'}; expected a header and rows")
    last, end = lines[-1][0], lines[-1][1][-1]
    if "\n" in end and text.count('"') % 2:  # the cell goes on to the end of the file
        first = last - len(end.splitlines()) + 1
        raise DataError(f"{path}: line {first:,} opens a quote and never closes it")
    names, *rows = [[cell.strip() for cell in row] for _, row in lines]
    for number, row in lines[1:]:
        if len(row) != len(names):
            raise DataError(
                f"{path}: line {number:,} has {many(len(row), 'cell')}, the header names {many(len(names), 'column')}"
            )
    return names, rows, delimiter


def table_dataset(
    name: str, names: Sequence[str], rows: Sequence[Sequence[str]], where: str, *, comma: bool = False
) -> Dataset:
    """The data set of a table's column names and its rows of texts. where: what an error names. comma: as `infer` takes
    it. Raises DataError.
    """
    import numpy as np
    import torch

    from ganzoo.contract import Space
    from ganzoo.counted import counted
    from ganzoo.data.columns import encode, infer
    from ganzoo.data.dataset import Dataset, fingerprint

    twice = sorted({column for column in names if names.count(column) > 1})
    if twice or "" in names:
        raise DataError(f"{where}: the header names {f'{twice[0]!r} twice' if twice else 'a column with nothing'}")
    columns: list[Column] = []
    parts: list[Any] = []
    for column_name, texts in zip(names, zip(*rows, strict=True), strict=True):
        try:
            column = infer(column_name, texts, start=columns[-1].stop if columns else 0, comma=comma)
        except DataError as error:
            raise DataError(f"{where}: {error}") from None
        columns.append(column)
        parts.append(encode(column, texts, counted(0, "gaussian", column_name)))
    samples = torch.from_numpy(np.concatenate(parts, 1))
    space = Space(kind="table", shape=samples.shape[1:], details={"columns": [column.to_dict() for column in columns]})
    key = fingerprint(*(f"{len(cell)}:{cell}" for row in (names, *rows) for cell in row))
    return Dataset(name, space, samples, None, key)


def rows_of(samples: Any, space: Space) -> list[list[str]]:
    """Rows of texts, as the data write them, from samples (N, F) as an array."""
    from ganzoo.data.columns import decode

    texts = [decode(column, samples[:, column.start : column.stop]) for column in columns_of(space)]
    return [list(row) for row in zip(*texts, strict=True)]


def to_csv(samples: Any, space: Space) -> str:
    """Samples (N, F) as the text of a CSV file with the columns of the data.

    Between its cells are commas, or semicolons where numbers have commas.
    """
    out = io.StringIO()
    commas = any(column.form == COMMA for column in columns_of(space))
    writer = csv.writer(out, lineterminator="\n", delimiter=";" if commas else ",")
    writer.writerow([column.name for column in columns_of(space)])
    writer.writerows(rows_of(samples, space))
    return out.getvalue()


class BuiltIn:
    """A table of scikit-learn's that needs no download; its classes are one more column, the last."""

    def __init__(self, name: str, rows: int, columns: int, target: str) -> None:
        self.name, self.rows, self.columns, self.target = name, rows, columns, target

    @hookimpl
    def ganzoo_dataset(self, request: Request) -> Dataset:
        """The table, with the names of its columns and classes."""
        import sklearn.datasets

        found = getattr(sklearn.datasets, f"load_{self.name.replace('-', '_')}")()
        labels = [str(found.target_names[label]) for label in found.target]
        rows = [[*(format(x, ".10g") for x in row), label] for row, label in zip(found.data, labels, strict=True)]
        return table_dataset(self.name, [*map(str, found.feature_names), self.target], rows, self.name)

    @hookimpl
    def ganzoo_dataset_summary(self, root: Path) -> Summary:
        """The table's line in `ganzoo datasets`."""
        return Summary(count=self.rows, shape=(self.columns,), classes=0, present=True, where="built in")


breast_cancer = BuiltIn("breast-cancer", 569, 31, "diagnosis")
iris = BuiltIn("iris", 150, 5, "species")
wine = BuiltIn("wine", 178, 14, "cultivar")
