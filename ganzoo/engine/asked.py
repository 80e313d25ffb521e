"""What rows of a table are asked to hold, and which rows do."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from ganzoo.columns import Column, columns_of
from ganzoo.contract import Space
from ganzoo.errors import UsageError, nearest

__all__ = ["Asked"]

_PATIENCE = 1000  # rows drawn for each one that is asked for


class Asked:
    """Values by column, `{"species": "setosa"}`. Raises UsageError, for all mistakes at once, if there are no such.

    feature: the first of them as a feature of a row, None if nothing is asked. patience: rows to draw, at most, for
    each one wanted.
    """

    def __init__(self, space: Space, where: Mapping[str, str]) -> None:
        self._where = where
        self._wanted: list[tuple[Column, int]] = []
        if where and space.kind != "table":
            raise UsageError("--where is for tables; leave it out, or see --labels")
        columns = {column.name: column for column in columns_of(space)} if where else {}
        mistakes = []
        for name, value in where.items():
            categories = [column.name for column in columns.values() if column.kind == "category"]
            if name not in columns:
                mistakes.append(f"no column {name!r}; {nearest(name, columns)}")
            elif name not in categories:
                mistakes.append(
                    f"column {name!r} is not of categories; {nearest(name, categories) or 'there are none'}"
                )
            elif value not in columns[name].values:
                mistakes.append(f"column {name!r} has no value {value!r}; {nearest(value, columns[name].values)}")
            else:
                column = columns[name]
                self._wanted.append((column, column.values.index(value)))
        if mistakes:
            raise UsageError(*mistakes)
        self.feature = next((column.entries[place] for column, place in self._wanted), None)
        self.patience = _PATIENCE if self._wanted else 2

    def __str__(self) -> str:
        return ", ".join(f"{name}={value}" for name, value in self._where.items())

    def met(self, rows: Tensor) -> Tensor:
        """Those of the rows (n, F) that hold all that is asked."""
        keep = torch.ones(len(rows), dtype=torch.bool)
        for column, place in self._wanted:
            entries = rows[:, column.entries.start : column.entries.stop]
            keep &= entries.argmax(1) == place
        return rows[keep]
