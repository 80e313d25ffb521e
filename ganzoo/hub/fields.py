"""Reading values that a stranger wrote: each field by name with its check, every mistake kept, nothing trusted.

Pure functions on parsed JSON or TOML. Importable without torch.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

__all__ = [
    "COMMIT",
    "LICENCE",
    "NAMED",
    "PATH",
    "REPOSITORY",
    "SHA256",
    "TEXT",
    "VERSION",
    "Fields",
    "is_deep",
    "shortened",
]

TEXT = re.compile(r".{1,500}")  # one line; unprintable characters are refused everywhere
NAMED = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?")  # a distribution, as packages are named
VERSION = re.compile(r"[A-Za-z0-9.!+_-]{1,64}")
LICENCE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 .+()-]{0,98})")  # SPDX, or the Hub's words
COMMIT = re.compile(r"[0-9a-f]{40}")
SHA256 = re.compile(r"[0-9a-f]{64}")
PATH = re.compile(r"(?!.*(?:^|/)\.)[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+){0,7}")  # below its root: no "..", no hidden part
REPOSITORY = re.compile(r"(?!.*(?:--|\.\.|\.git$))[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}/[A-Za-z0-9_][A-Za-z0-9_.-]{0,95}")
_REQUIRED = object()


class Fields:
    """The fields of one table. What is wrong is appended to `mistakes`, a line each; a bad value is its default.

    where: how a mistake names the table, as in "registry.toml: models.x".
    """

    def __init__(self, values: object, where: str, mistakes: list[str]) -> None:
        self.where, self.mistakes = where, mistakes
        self.values: Mapping[str, Any] = values if isinstance(values, dict) else {}
        self._taken: set[str] = set()
        if not isinstance(values, dict):
            self.wrong("", "should be a table of fields")

    def wrong(self, name: str, text: str) -> None:
        """Remember a mistake of this table or of one of its fields."""
        self.mistakes.append(f"{self.where}{f': {shortened(name)}' if name else ''} {text}")

    def text(self, name: str, pattern: re.Pattern[str] = TEXT, default: object = _REQUIRED, like: str = "") -> str:
        """A printable string that matches the pattern from end to end; like: an example for the mistake."""
        value = self._take(name, default)
        if value is None or value == default:
            return "" if default is _REQUIRED else str(default)
        if isinstance(value, str) and value.isprintable() and pattern.fullmatch(value):
            return value
        self._unlike(name, value, "text" + (f", for example {like}" if like else ""))
        return ""

    def whole(self, name: str, least: int, most: int, default: object = _REQUIRED) -> int:
        """A whole number from least to most."""
        value = self._take(name, default)
        if value is None:
            return least if default is _REQUIRED else int(str(default))
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        self._unlike(name, value, f"a whole number from {least:,} to {most:,}")
        return least

    def number(self, name: str) -> float:
        """A finite number."""
        value = self._take(name, _REQUIRED)
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300:
            return float(value)
        if value is not None:
            self._unlike(name, value, "a finite number")
        return math.nan

    def flag(self, name: str) -> bool:
        """True or false, false where it is not given."""
        value = self._take(name, False)
        if isinstance(value, bool):
            return value
        if value is not None:
            self._unlike(name, value, "true or false")
        return False

    def day(self, name: str) -> date | None:
        """A date, None where it is not given."""
        value = self._take(name, None)
        if value is None or type(value) is date:
            return value
        self._unlike(name, value, "a date, for example 2026-11-23")
        return None

    def table(self, name: str, default: object = _REQUIRED) -> Mapping[str, Any]:
        """A table as it is; its values are still unchecked."""
        value = self._take(name, default)
        if isinstance(value, dict):
            return value
        if value is not None:
            self._unlike(name, value, "a table")
        return {}

    def items(self, name: str, most: int, default: object = _REQUIRED) -> list[Any]:
        """A list of at most so many values, which are still unchecked."""
        value = self._take(name, default)
        if isinstance(value, list) and len(value) <= most:
            return value
        if value is not None:
            self._unlike(name, value, f"a list of at most {most:,}")
        return []

    def end(self) -> None:
        """Every field that nothing asked for is a mistake."""
        for name in sorted(self.values.keys() - self._taken):
            self.wrong(name, "is not a known field")

    def _take(self, name: str, default: object) -> Any:
        """The value, None where it is not given; a mistake if it had to be."""
        self._taken.add(name)
        value = self.values.get(name)
        if value is None and default is _REQUIRED:
            self.wrong(name, "is missing")
        return value

    def _unlike(self, name: str, value: object, expected: str) -> None:
        self.wrong(name, f"is {shortened(value)}, expected {expected}")


def shortened(value: object, most: int = 60) -> str:
    """A stranger's value as it may be printed: one short line without control characters."""
    try:
        text = value[: most + 1] if isinstance(value, str) else repr(value)[: most + 1]
    except ValueError:
        text = "a number of thousands of digits"
    text = text if len(text) <= most else text[:most] + "..."
    return text if text.isprintable() and text else ascii(text)


def is_deep(value: object, most: int = 16) -> bool:
    """Whether lists and tables are nested deeper than that, found without recursion."""
    level = [value]
    for _ in range(most):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
    return any(isinstance(value, dict | list) for value in level)
