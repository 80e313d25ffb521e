"""Checks of a plugin's text and Config: what a reader, a listing and a config file rely on."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import json
import tomllib

import ganzoo
from ganzoo.errors import UsageError
from ganzoo.testing.case import Case
from ganzoo.testing.report import Failed

__all__ = ["config", "docstring", "imports"]


def docstring(case: Case) -> str:
    """1 The docstring: a sentence of at most 72 characters, the equation, the paper with its year, the tasks."""
    outline = case.entry.outline
    missing = [
        text
        for bad, text in [
            (not outline.summary.endswith("."), "a first line that is one sentence"),
            (
                len(outline.summary) > 72,
                f"a first line of at most 72 characters ({len(outline.summary)} now)",
            ),
            (
                not any(line.startswith("    ") for line in outline.docstring.splitlines()),
                "the equation, indented",
            ),
            (outline.year is None, "`Paper: Authors YEAR, Title, where`"),
            (not outline.tasks, "`Tasks: images, ...`"),
        ]
        if bad
    ]
    if missing:
        raise Failed(f"the docstring needs {'; '.join(missing)}")
    return outline.paper


def imports(case: Case) -> str:
    """2 The file is called as its key, and imports of ganzoo only `ganzoo` and `ganzoo.nn`."""
    module = case.entry.module.rpartition(".")[2]
    if module.replace("_", "-") != case.name and case.entry.distribution == "ganzoo":
        raise Failed(f"the key {case.name!r} and the module {module!r} should agree")
    names = set()
    for node in ast.walk(ast.parse(case.entry.outline.text)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == "ganzoo":
            names |= {f"ganzoo.{alias.name}" for alias in node.names if alias.name not in ganzoo.__all__}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(node.module or "")
    wrong = sorted(
        name
        for name in names
        if name.partition(".")[0] in ("ganzoo", "ganzoo_plugins")
        and name not in ("ganzoo", "ganzoo.nn")
        and not name.startswith("ganzoo.nn.")
    )
    if wrong:
        raise Failed(
            f"imports {', '.join(wrong)}; use ganzoo, ganzoo.nn, and ganzoo.architecture(name) for another GAN"
        )
    return ""


def config(case: Case) -> str:
    """3 Config is frozen and keyword-only, every field has a default and a note, and it survives TOML and JSON."""
    import tomlkit

    kind = case.architecture.config
    items = dataclasses.fields(kind)
    lost = inspect.get_annotations(kind).keys() - {item.name for item in items}
    wrong = [f"{name} is no field: @dataclass(frozen=True, kw_only=True) is missing" for name in sorted(lost)]
    wrong += [f"{item.name} is not keyword-only" for item in items if not item.kw_only]
    wrong += [
        f"{o.name} has no note, as in Annotated[int, 'what it is in the paper']" for o in kind.options() if not o.note
    ]
    values = case.config.to_dict()
    for form, dump, load in (("JSON", json.dumps, json.loads), ("TOML", tomlkit.dumps, tomllib.loads)):
        try:
            found = kind.parse(load(dump(values)))
        except (TypeError, ValueError, UsageError) as error:
            wrong.append(f"it does not survive {form}: {error}")
        else:
            wrong += [f"it comes back from {form} as {found}"] if found != case.config else []
    if wrong:
        raise Failed("; ".join(wrong))
    return f"{len(values)} options"
