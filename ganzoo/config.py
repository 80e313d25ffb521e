"""Hyper-parameters as typed, frozen dataclasses, and the reading of `-o key=value` against them.

@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.Config):
    latent_dim: Annotated[int, "Z, length of the noise vector", Range(1, 4096)] = 100
"""

from __future__ import annotations

import dataclasses
import inspect
import math
import tomllib
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self, get_args, get_origin

from ganzoo.errors import UsageError, nearest

__all__ = ["Config", "Option", "Range", "wrong_config"]


@dataclass(frozen=True)
class Range:
    """The least and greatest value that a field may have, ends included; also bounds a downloaded config."""

    least: float
    greatest: float = math.inf


@dataclass(frozen=True)
class Option:
    """One field of a Config: its name, type, default, note and range."""

    name: str
    type: Any
    default: Any
    note: str
    range: Range | None

    def read(self, value: Any) -> Any:
        """A value, which may be a string as typed, as the field's type; as it is where that cannot be."""
        value = _typed(value, self.type) if isinstance(value, str) else _frozen(value)
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        return float(value) if is_whole and self.type is float else value

    def problem(self, value: Any) -> str:
        """What is wrong with a value, in one line with what was expected; empty if nothing is."""
        where = f"option {self.name}={value!r}"
        if not _accepts(self.type, value):
            if get_origin(self.type) is Literal:
                expected = f"one of {', '.join(map(str, get_args(self.type)))}"
            else:
                expected = str(self.type) if get_origin(self.type) else getattr(self.type, "__name__", "")
            return f"{where}: expected {expected}, for example {self.name}={_spelled(self.default)}"
        numbers = [n for n in (value if isinstance(value, tuple) else (value,)) if isinstance(n, float | int)]
        if any(isinstance(n, float) and not math.isfinite(n) for n in numbers):
            return f"{where}: expected a finite number"
        bounds = self.range
        if bounds and any(not bounds.least <= n <= bounds.greatest for n in numbers):
            upper = "" if bounds.greatest == math.inf else f" and at most {_digits(bounds.greatest)}"
            return f"{where}: expected at least {_digits(bounds.least)}{upper}"
        return ""


@dataclass(frozen=True, kw_only=True)
class Config:
    """The base of every plugin's hyper-parameters: frozen, keyword-only, every field with a default and a note."""

    def __post_init__(self) -> None:
        mistakes = []
        for option in self.options():
            value = getattr(self, option.name)
            if not isinstance(value, str):
                value = option.read(value)
                object.__setattr__(self, option.name, value)
            if problem := option.problem(value):
                mistakes.append(problem)
        if mistakes:
            raise UsageError(*mistakes)

    @classmethod
    def options(cls) -> tuple[Option, ...]:
        """Every field, the class's own before the inherited ones, with note and range read from its annotation."""
        hints = typing.get_type_hints(cls, include_extras=True)
        fields = {item.name: item for item in dataclasses.fields(cls)}
        named = dict.fromkeys(name for kind in cls.__mro__ for name in inspect.get_annotations(kind))
        options = []
        for item in (fields[name] for name in named if name in fields):
            hint, notes = hints[item.name], list[Any]()
            if get_origin(hint) is typing.Annotated:
                hint, *notes = get_args(hint)
            default = item.default
            if default is dataclasses.MISSING and item.default_factory is not dataclasses.MISSING:
                default = item.default_factory()
            note = next((n for n in notes if isinstance(n, str)), "")
            bounds = next((n for n in notes if isinstance(n, Range)), None)
            options.append(Option(item.name, hint, default, note, bounds))
        return tuple(options)

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Self:
        """A config from option values, which may be strings as typed after `-o key=`.

        Raises UsageError that lists every unknown key, wrong type and value out of range.
        """
        options = {option.name: option for option in cls.options()}
        mistakes, parsed = [], {}
        for key, value in values.items():
            if key not in options:
                mistakes.append(f"unknown option {key!r}; {nearest(key, options)}")
                continue
            parsed[key] = options[key].read(value)
            if problem := options[key].problem(parsed[key]):
                mistakes.append(problem)
        if mistakes:
            raise UsageError(*mistakes)
        return cls(**parsed)

    def to_dict(self) -> dict[str, Any]:
        """The fields as JSON and TOML values; `parse` gives an equal config back. None is written as "none"."""
        values = {option.name: getattr(self, option.name) for option in self.options()}
        return {name: "none" if value is None else _thawed(value) for name, value in values.items()}


def wrong_config(kind: Any) -> str:
    """What keeps a class from being an architecture's config, "" if nothing does."""
    if not (isinstance(kind, type) and issubclass(kind, Config)):
        name = getattr(kind, "__name__", kind)
        return f"{name}, the architecture's config, should inherit from ganzoo.Config"
    if bare := [option.name for option in kind.options() if option.default is dataclasses.MISSING]:
        return f"{kind.__name__}: {', '.join(bare)} needs a default"
    try:
        kind()
    except UsageError as error:
        return f"{kind.__name__}'s own default is wrong: {error}"
    return ""


def _typed(text: str, wanted: Any) -> Any:
    """A typed string as the TOML value that it spells where the type accepts that, else as itself."""
    if wanted is str:
        return text
    if text.lower() == "none" and _accepts(wanted, None):
        return None
    try:
        value = tomllib.loads(f"value = {text.lower() if text.lower() in ('true', 'false') else text}")["value"]
    except tomllib.TOMLDecodeError:
        try:
            value = float(text)  # .5, which TOML does not allow
        except ValueError:
            value = text
    value = _frozen(value)
    return text if _accepts(wanted, text) and not _accepts(wanted, value) else value


def _frozen(value: Any) -> Any:
    """The value with tuples for lists, also inside of them."""
    return tuple(map(_frozen, value)) if isinstance(value, list | tuple) else value


def _thawed(value: Any) -> Any:
    """The value with lists for tuples, also inside of them."""
    return list(map(_thawed, value)) if isinstance(value, tuple) else value


def _digits(number: float) -> str:
    """A bound with all its digits: neither 1e+06 for a whole number nor 1 for 0.9999999."""
    return str(number) if isinstance(number, int) else f"{number:.12g}"


def _spelled(value: Any) -> str:
    """A value as it is typed after `-o key=`."""
    return str(value).lower() if value is None or isinstance(value, bool) else str(_thawed(value))


def _accepts(wanted: Any, value: Any) -> bool:
    origin = get_origin(wanted)
    if origin is Literal:
        return any(value == part and type(value) is type(part) for part in get_args(wanted))
    if origin in (typing.Union, types.UnionType):
        return any(_accepts(part, value) for part in get_args(wanted))
    if origin is tuple:
        parts = get_args(wanted)
        if not isinstance(value, tuple):
            return False
        if len(parts) == 2 and parts[1] is Ellipsis:
            return all(_accepts(parts[0], item) for item in value)
        return len(parts) == len(value) and all(map(_accepts, parts, value))
    if wanted is None or wanted is type(None):
        return value is None
    if wanted is float:
        return isinstance(value, float | int) and not isinstance(value, bool)
    if wanted is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, wanted)
