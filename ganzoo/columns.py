"""What the columns of a table are: how their texts are read, and where their features lie in a row.

A numeric column is a number in [-1, 1], its place within one Gaussian of a mixture, and a one-hot of which Gaussian;
a category is a one-hot. Absent values are one more entry of the one-hot. `ganzoo.data.columns` converts.

Xu et al. 2019, Modeling Tabular Data using Conditional GAN, arXiv:1907.00503, section 4.2
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Self, TypeAlias

from ganzoo.errors import UsageError

if TYPE_CHECKING:
    from ganzoo.contract import Space

__all__ = ["COMMA", "SPREAD", "TIMES", "Column", "ColumnKind", "columns_of", "read_conditions"]

SPREAD = 4.0  # standard deviations from a Gaussian's mean that are -1 and 1

# How numbers are written, where it is not the usual way: dates with a time of day, after which ".fff" are decimals of
# its seconds and the rest a time zone as it is written; and a comma before the decimals of a number.
TIMES = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M")
COMMA = ","

ColumnKind: TypeAlias = Literal["continuous", "integer", "date", "category"]


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: how its text is read, where its features start in a row, and how they are read back.

    modes: (mean, standard deviation) of each Gaussian. values: the texts of a category. absent: whether the last
    entry of the one-hot means that there is no value. shares: how common each entry is in the data, summing to 1.
    decimals: places of a continuous number. digits: that whole numbers are filled up to with zeros. form: of a date one
    of TIMES with what follows it, COMMA of a continuous number, "" where they are written as usual.
    """

    name: str
    kind: ColumnKind
    start: int = 0
    modes: tuple[tuple[float, float], ...] = ()
    values: tuple[str, ...] = ()
    absent: bool = False
    shares: tuple[float, ...] = ()
    least: float = 0.0
    greatest: float = 0.0
    decimals: int = 0
    digits: int = 0
    form: str = ""

    @property
    def entries(self) -> range:
        """The features of the one-hot."""
        first = self.start + bool(self.modes)
        return range(first, first + len(self.modes or self.values) + self.absent)

    @property
    def stop(self) -> int:
        """The feature after the column's last one."""
        return self.entries.stop

    def to_dict(self) -> dict[str, Any]:
        """The column as JSON values, for a space's details."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The column that `to_dict` wrote, perhaps through JSON."""
        modes = tuple((float(mean), float(std)) for mean, std in values["modes"])
        lists = {"modes": modes, "values": tuple(values["values"]), "shares": tuple(values["shares"])}
        return cls(**{**values, **lists})


def columns_of(space: Space) -> list[Column]:
    """The columns of a table's space, from left to right."""
    return [Column.from_dict(values) for values in space.details["columns"]]


def read_conditions(words: Sequence[str]) -> dict[str, str]:
    """What rows are asked to hold, values by column, from `column=value` each.

    Raises UsageError for what is no such word, and for two values of one column.
    """
    pairs = [word.partition("=") for word in words]
    names = [name for name, _, _ in pairs]
    mistakes = [f"--where {name}: expected COLUMN=VALUE" for name, equals, _ in pairs if not equals]
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    mistakes += [f"--where {name}=... is given {names.count(name)} times; a row has one value of it" for name in twice]
    if mistakes:
        raise UsageError(*mistakes)
    return {name: value for name, _, value in pairs}
