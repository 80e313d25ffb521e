"""The parts of the pages that the program knows of itself: Markdown made from its code, so that it cannot differ.

A page has a mark for each, `<!-- generated: commands -->`, which is filled when the site is built.
`python docs/generate.py commands` prints one.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import sys
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

import click

import ganzoo
from ganzoo import catalogue, hookspecs
from ganzoo.cli import ganzoo as program

__all__ = ["PARTS", "api", "commands", "filled", "hook_names", "hooks", "nn", "paths", "zoo"]

# What the functions of `ganzoo` return, and what hooks are given and return.
MET = (
    "ganzoo.engine.generator.Generator",
    "ganzoo.engine.samples.Samples",
    "ganzoo.engine.train.Run",
    "ganzoo.judge.evaluation.Evaluation",
    "ganzoo.data.Dataset",
    "ganzoo.data.Request",
    "ganzoo.data.Summary",
    "ganzoo.judge.metric.Metric",
)
FAMILIES = {"images": "From noise", "labels": "With labels, codes and encoders"}  # others are called as their folder
ROOT = Path(ganzoo.__file__).parents[1]


def filled(page: str) -> str:
    """A page with every mark filled. Raises KeyError for a mark that has no part."""
    return re.sub(r"<!-- generated: (\w+) -->", lambda mark: PARTS[mark[1]](), page)


def zoo() -> str:
    """Every bundled GAN: a table of them all, then what each computes, its options and its command."""
    entries = [entry for entry in catalogue.entries() if entry.distribution == "ganzoo"]
    families: dict[str, list[catalogue.Entry]] = {}
    for entry in entries:
        families.setdefault(entry.point.module.split(".")[1], []).append(entry)
    lines = []
    for family in sorted(families, key=lambda name: [*FAMILIES, name].index(name)):
        lines += [f"## {FAMILIES.get(family, family.capitalize())}", "", "| GAN | is | paper |", "|---|---|---|"]
        for entry in families[family]:
            name, _, rest = entry.outline.summary.partition(": ")
            lines.append(f"| [`{entry.name}`](#{entry.name}) | {rest or name} | {entry.outline.citation} |")
        for entry in families[family]:
            lines += ["", f"({entry.name})=", f"### {entry.name}", "", *_gan(entry)]
        lines.append("")
    return "\n".join(lines)


def _gan(entry: catalogue.Entry) -> Iterator[str]:
    architecture = catalogue.load(entry.name)
    yield _prose(entry.outline.docstring)
    yield _fenced(f"ganzoo train {entry.name}", "sh")
    rows = [
        (f"`{option.name}`", f"`{option.default}`", f"{option.note}{_bounds(option.range)}")
        for option in architecture.config.options()
    ]
    if rows:
        yield _table(("`-o`", "default", "is"), rows)
    preferred = {key: getattr(architecture, key) for key in ("data", "size", "batch", "steps", "ema")}
    facts = ", ".join(f"{key} {value}" for key, value in preferred.items() if value is not None)
    yield f"Plays on: {', '.join(architecture.spaces)}. Prefers: {facts}.\n"


def _prose(docstring: str) -> str:
    """A docstring as Markdown, which it nearly is: what is indented stays as it stands; papers become links."""
    linked = re.sub(r"arXiv:(\d+\.\d+)", r"[arXiv:\1](https://arxiv.org/abs/\1)", docstring)
    return re.sub(r"(?m)^(Paper|Tasks):", r"\n**\1**", linked) + "\n"


def _bounds(found: ganzoo.Range | None) -> str:
    return f" [{found.least:g}, {found.greatest:g}]" if found else ""


def commands() -> str:
    """Every command: what it does, its arguments and options, and its examples."""
    return "\n".join(_command(context) for context in paths())


def paths(context: click.Context | None = None) -> Iterator[click.Context]:
    """Every command that does something, in the order of `cli.py`, as a context to ask."""
    context = context or click.Context(program, info_name="ganzoo", max_content_width=100)
    assert isinstance(context.command, click.Group)
    for name, inner in context.command.commands.items():
        below = click.Context(inner, parent=context, info_name=name)
        if not isinstance(inner, click.Group) or inner.invoke_without_command:
            yield below
        if isinstance(inner, click.Group):
            yield from paths(below)


def _command(context: click.Context) -> str:
    command = context.command
    summary, *paragraphs = inspect.cleandoc(command.help or "").split("\n\n")
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    options = [param for param in command.get_params(context) if isinstance(param, click.Option)]
    options = [option for option in options if "--help" not in option.opts]
    rows = [
        (f"`{spelling}`", note) for param in options for spelling, note in [param.get_help_record(context) or ("", "")]
    ]
    _, _, examples = inspect.cleandoc((command.epilog or "").replace("\b", "")).partition("\n")
    text = [f"## {context.command_path}", "", summary, "", _fenced(usage, "sh"), *(f"{p}\n" for p in paragraphs)]
    return "\n".join([*text, _fenced(inspect.cleandoc(examples), "sh"), _table(("option", "is"), rows)])


def hook_names() -> list[str]:
    """The hooks in the order in which they are specified."""
    return [name for name in vars(hookspecs) if name.startswith("ganzoo_")]


def hooks() -> str:
    """Every hook: its group, when it is called, what it is given and returns, and who answers it here."""
    parts = []
    for name in hook_names():
        specification = getattr(hookspecs, name)
        users = [f"`{module}`" for module in _users(name)]
        shown = f"{', '.join(users[:3])} and {len(users) - 3} more" if len(users) > 4 else ", ".join(users)
        parts.append(_object("function", name, specification, f"\nAnswered here by {shown}.\n"))
    return "\n".join(parts)


def _users(hook: str) -> list[str]:
    """The bundled plugins that answer a hook, by what their entry points name."""
    points = {entry.point.value: entry.point for group in catalogue.GROUPS for entry in catalogue.entries(group)}
    loaded = {value: point.load() for value, point in points.items() if value.startswith("ganzoo")}
    return [value for value, plugin in loaded.items() if hasattr(getattr(plugin, hook, None), "ganzoo_impl")]


def api() -> str:
    """What `import ganzoo` offers, and the objects that one meets by it."""
    met = [_class(path, pkgutil.resolve_name(path)) for path in MET]
    return "\n".join([_module(ganzoo), "## What they return, and what hooks are given\n", *met])


def nn() -> str:
    """What `ganzoo.nn` offers."""
    return _module(importlib.import_module("ganzoo.nn"))


def _module(module: ModuleType) -> str:
    named = [(name, getattr(module, name)) for name in module.__all__]
    functions = [_object("function", f"{module.__name__}.{n}", thing) for n, thing in named if inspect.isroutine(thing)]
    classes = [
        _class(f"{module.__name__}.{name}", thing)
        for name, thing in named
        if inspect.isclass(thing) and thing is not Any
    ]
    return "\n".join(["## Functions\n", *functions, "## Classes\n", *classes])


def _class(name: str, thing: type) -> str:
    inner = []
    for member, value in vars(thing).items():
        if member.startswith("_"):
            continue
        if isinstance(value, property | cached_property):
            inner.append(_object("property", member, value))
        elif inspect.isroutine(value):
            inner.append(_object("method", member, getattr(thing, member)))
    return _object("class", name, thing, "\n".join(inner))


def _object(kind: str, name: str, thing: Any, more: str = "") -> str:
    """A described object as a directive: its signature, its docstring, and what belongs into it."""
    fence = "::::::" if kind == "class" else ":::"
    signature = "" if kind == "property" else _signature(thing)
    return f"{fence}{{py:{kind}}} {name}{signature}\n\n{inspect.getdoc(thing) or ''}\n{more}\n{fence}\n"


class _Bare(str):
    """Text that a signature shows without quotes."""

    __repr__ = str.__str__


def _signature(thing: Any) -> str:
    """The arguments as they are written, without the notes of annotated fields and without what has no short form."""
    try:
        signature = inspect.signature(thing)
    except ValueError:  # of an exception, which takes what all exceptions take
        return "(*args)"
    parameters = [
        item.replace(
            annotation=_bare(item.annotation),
            default=_Bare("...")
            if repr(item.default).startswith("<") and item.default is not item.empty
            else item.default,
        )
        for item in signature.parameters.values()
        if item.name != "self"
    ]
    returned = signature.empty if inspect.isclass(thing) else _bare(signature.return_annotation)
    return str(signature.replace(parameters=parameters, return_annotation=returned))


def _bare(annotation: Any) -> Any:
    if not isinstance(annotation, str):
        return annotation
    if annotation.startswith("Annotated["):
        annotated = ast.parse(annotation, mode="eval").body
        annotation = ast.unparse(annotated.slice.elts[0])  # type: ignore[attr-defined]
    return _Bare(annotation)


def _fenced(text: str, language: str = "text") -> str:
    return f"```{language}\n{text}\n```\n"


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    cells = [[cell.replace("|", r"\|").replace("\n", " ") for cell in row] for row in rows]
    lines = [head, ("---",) * len(head), *cells]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


PARTS: dict[str, Callable[[], str]] = {"api": api, "commands": commands, "hooks": hooks, "nn": nn, "zoo": zoo}

if __name__ == "__main__":
    for part in sys.argv[1:] or PARTS:
        print(PARTS[part]())  # noqa: T201
