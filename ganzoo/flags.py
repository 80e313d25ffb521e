"""How a dataclass's fields are typed on a command line: spelling, type, note, range, environment variable."""

from __future__ import annotations

import dataclasses
import types
import typing
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from ganzoo.config import Option, Range

__all__ = ["COMMAND_LINE", "ENVIRONMENT", "Flag", "Typed", "flags"]

COMMAND_LINE, ENVIRONMENT = "command line", "environment"
_EXAMPLES = {int: 100, float: 0.5}


@dataclass(frozen=True)
class Typed:
    """Where a field is not simply `--its-name`: its spelling, its value's name, its environment variable."""

    spelling: str = ""
    metavar: str = ""
    variable: str = ""


@dataclass(frozen=True)
class Flag:
    """One field as it is typed; None is stripped from its option's type."""

    option: Option
    spelling: str
    metavar: str
    variable: str

    @property
    def choices(self) -> tuple[str, ...]:
        """The values of a Literal as they are typed, else none."""
        kind = self.option.type
        return tuple(map(str, typing.get_args(kind))) if typing.get_origin(kind) is Literal else ()

    def read(self, value: Any, origin: str) -> tuple[Any, str]:
        """A value, which may be a string as typed, as the field's type; and what is wrong with it or ""."""
        called = {COMMAND_LINE: self.spelling, ENVIRONMENT: self.variable}.get(origin, self.option.name)
        if typing.get_origin(self.option.type) is tuple and isinstance(value, str):
            value = tuple(value.split(","))
        value = self.option.read(value)
        example = _EXAMPLES.get(self.option.type, self.option.default)
        example = typing.get_args(self.option.type)[0] if self.choices else example
        return value, dataclasses.replace(self.option, name=called, default=example).problem(value)


@cache
def flags(settings: type) -> dict[str, Flag]:
    """Every field of a dataclass by name; each is Annotated with a note, and perhaps Typed and Range."""
    hints = typing.get_type_hints(settings, include_extras=True)
    found = {}
    for item in dataclasses.fields(settings):
        hint, note, *notes = typing.get_args(hints[item.name])
        if typing.get_origin(hint) in (types.UnionType, typing.Union):
            hint = next(kind for kind in typing.get_args(hint) if kind is not types.NoneType)
        typed = next((extra for extra in notes if isinstance(extra, Typed)), Typed())
        bounds = next((extra for extra in notes if isinstance(extra, Range)), None)
        spelling = typed.spelling or "--" + item.name.replace("_", "-")
        option = Option(item.name, hint, item.default, note, bounds)
        found[item.name] = Flag(option, spelling, typed.metavar or "N", typed.variable)
    return found
