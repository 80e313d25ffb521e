"""What a published space says besides its shape, checked before anything is built of it: columns, rates, tokens."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, get_args

from ganzoo.columns import COMMA, TIMES, Column, ColumnKind
from ganzoo.degradation import read_degradation
from ganzoo.errors import UsageError
from ganzoo.hub.fields import Fields
from ganzoo.tokens import Unit

__all__ = ["MOST", "check_details", "printable"]

MOST = 100_000  # classes, tokens, texts of one column
_COLUMNS, _FASTEST, _UNITS = 10_000, 1_000_000, 1024
_KIND = re.compile("|".join(get_args(ColumnKind)))
_OF_A_COLUMN = {field.name for field in dataclasses.fields(Column)}


def check_details(kind: str, shape: Sequence[int], details: Mapping[str, Any], fields: Fields) -> None:
    """Add what is wrong with a space's details to the mistakes of its fields."""
    inner = Fields(details, f"{fields.where}.details", fields.mistakes)
    if kind == "table":
        _check_columns(inner, shape)
    if kind == "audio":
        inner.whole("rate", 1, _FASTEST)
    if kind == "tokens":  # what is printed of texts
        words = inner.items("vocabulary", MOST)
        if not words or not printable(words) or details.get("unit") not in get_args(Unit):
            fields.wrong("details", "should have a unit and a vocabulary of printable tokens")
    if "oracle" in details:
        oracle = Fields(details["oracle"], f"{inner.where}.oracle", fields.mistakes)
        oracle.whole("words", 1, MOST)
        oracle.whole("units", 1, _UNITS)
        oracle.end()
    if "modes" in details:
        modes = inner.items("modes", _COLUMNS)
        if not all(_numbers(mode, len(shape) and shape[0]) for mode in modes) or not inner.number("std") > 0:
            inner.wrong("modes", "should be points of the space, with one std above 0")
    if "degraded" in details:
        try:
            read_degradation(inner.text("degraded"))
        except UsageError as error:
            inner.wrong("degraded", f"is none: {error}")


def printable(names: Sequence[object]) -> bool:
    """Whether these are texts that may be printed, none of them long."""
    return all(isinstance(name, str) and len(name) <= 500 and name.isprintable() for name in names)


def _check_columns(inner: Fields, shape: Sequence[int]) -> None:
    """Each column has what its kind needs, and together they are the row."""
    end = 0
    for number, values in enumerate(inner.items("columns", _COLUMNS)):
        fields = Fields(values, f"{inner.where}.columns[{number}]", inner.mistakes)
        if not inner.mistakes and (wrong := _wrong(fields)):
            fields.wrong("", wrong)
        if inner.mistakes:
            return  # what the next ones say would only repeat it
        column = Column.from_dict(fields.values)
        if column.start != end:
            fields.wrong("start", f"is {column.start}, expected {end}, where the column before it ends")
        end = column.stop
    if not inner.mistakes and [end] != list(shape):
        inner.wrong("columns", f"have {end:,} features, the space has the shape {tuple(shape)}")


def _wrong(fields: Fields) -> str:
    """What is wrong with one column, "" if nothing is."""
    values = fields.values
    kind, name = fields.text("kind", _KIND, like="continuous"), fields.text("name")
    whole = [fields.whole(key, 0, 1 << 26) for key in ("start", "decimals", "digits")]
    least, greatest = fields.number("least"), fields.number("greatest")
    modes, texts = fields.items("modes", 1000), fields.items("values", MOST)
    shares, absent = fields.items("shares", MOST + 1), fields.flag("absent")
    if fields.mistakes or values.keys() - _OF_A_COLUMN:
        return "" if fields.mistakes else "has fields that no column has"
    forms = {"date": TIMES, "continuous": (COMMA,)}.get(kind, ())
    if fields.text("form", default="") not in ("", *forms):
        return f"should have no form, or one of {', '.join(forms)}" if forms else "should have no form"
    if not name or max(whole[1:]) > 400:
        return "should have a name, and at most 400 digits"
    if not printable(texts) or bool(texts) != (kind == "category") or bool(modes) == (kind == "category"):
        return "should have printable values if it is a category, else modes"
    if not all(_numbers(mode, 2) and mode[1] > 0 for mode in modes):
        return "should have modes of a mean and a standard deviation above 0"
    if not (_numbers(shares, len(modes or texts) + absent) and all(0 <= share <= 1 for share in shares)):
        return "should have a share from 0 to 1 for each of its modes or values"
    days = (1, date.max.toordinal()) if kind == "date" else (-math.inf, math.inf)
    return "" if days[0] <= least <= greatest <= days[1] else "should have a least value below the greatest"


def _numbers(values: object, count: int) -> bool:
    """Whether this is a list of so many finite numbers."""
    return (
        isinstance(values, list)
        and len(values) == count
        and all(isinstance(x, int | float) and not isinstance(x, bool) and abs(x) < 1e300 for x in values)
    )
