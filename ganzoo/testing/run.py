"""The conformance list, run over one plugin."""

from __future__ import annotations

import os
import tempfile
import traceback
import warnings
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import torch

import ganzoo
from ganzoo import catalogue
from ganzoo.errors import GanzooError
from ganzoo.testing import draw, learn, play, split, tape, text
from ganzoo.testing.case import Case
from ganzoo.testing.report import Check, Failed, Report

__all__ = ["conformance", "examine"]

_CHECKS: list[Callable[[Case], str]] = [
    text.docstring,
    text.imports,
    text.config,
    draw.builds,
    play.moved_somewhere,
    play.objectives,
    play.gradients_arrive,
    play.only_over_moves,
    play.same_bits,
    play.exact_resume,
    draw.saved_and_loaded,
    draw.deterministic,
    play.non_finite,
    split.splits,
    play.memory,
    play.devices,
    tape.recorded,
]
_MEASURED = (split.splits, learn.ring, tape.recorded)
_OTHERS = [Path(str(package.__file__)).parent for package in (ganzoo, torch)]  # whose lines are not the plugin's
_NEED_DATA = (draw.builds, draw.saved_and_loaded, draw.deterministic, learn.learns)


def examine(gan: str, *, learning: bool = False, tell: Callable[[Check], None] | None = None) -> Report:
    """Run every check and return the report; nothing is raised for what a check found.

    gan: its name, or a one-file plugin's path. learning: also train it briefly on its own data and on the ring (a
    minute or more). tell: is given each check as it is done. Raises UsageError if there is no such plugin.
    """
    report = Report(catalogue.typed(gan).name)

    def note(title: str, outcome: str, found: str) -> None:
        report.checks.append(Check(title, outcome, found))
        if tell:
            tell(report.checks[-1])

    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            case = Case(gan)
        except Exception as error:
            note("the plugin loads and builds its networks", "failed", _told(error))
            return report
    with warnings.catch_warnings(record=True) as warned_later:
        warnings.simplefilter("always", DeprecationWarning)
        for check in [*_CHECKS, *([learn.learns, learn.ring] if learning else [])]:
            title = (check.__doc__ or "").strip().rstrip(".")
            if check in _NEED_DATA and case.architecture.spaces == ("game",):
                note(title, "skipped", "a game without data")
            elif check is learn.ring and "vector" not in case.architecture.spaces:
                note(title, "skipped", "it makes no vectors")
            else:
                try:
                    found = _quietly(check, case)
                except Exception as error:
                    note(title, "failed", _told(error))
                else:
                    note(title, "measured" if check in _MEASURED else "passed", found)
        if not report.failures:
            report.golden = play.golden(case)
    said = dict.fromkeys(str(warning.message) for warning in [*warned, *warned_later])
    if said:
        note("the plugin loads and plays with a warning", "measured", "; ".join(said))
    return report


def conformance(gan: str, *, learning: bool = False) -> Report:
    """Hold a plugin, a name or a file, to the conformance list. Raises AssertionError with the whole report."""
    report = examine(gan, learning=learning)
    if report.failures:
        raise AssertionError(str(report))
    return report


def _told(error: BaseException) -> str:
    """An error for people as it is, any other with its type and the line that raised it; and its cause, once."""
    text, cause = str(error), error.__cause__
    if not isinstance(error, Failed | GanzooError):
        text = f"{type(error).__name__}: {text}{_place(error)}"
    if cause is None:
        return text
    return text + _place(cause) if str(cause) in text else f"{text}; {_told(cause)}"


def _place(error: BaseException) -> str:
    """The line of the plugin in which something was raised, else the line that raised it; a syntax error has it."""
    if isinstance(error, SyntaxError):
        return ""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if not any(Path(frame.filename).is_relative_to(other) for other in _OTHERS)]
    place = (own or frames)[-1]
    return f" ({Path(place.filename).name}, line {place.lineno})"


def _quietly(check: Callable[[Case], str], case: Case) -> str:
    """Run a check in an empty folder; a plugin that prints or writes there fails it."""
    printed, here = StringIO(), Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            with redirect_stdout(printed):
                found = check(case)
            written = os.listdir(folder)
        finally:
            os.chdir(here)
    if printed.getvalue():
        raise Failed(f"it prints {printed.getvalue().splitlines()[0]!r}; return terms instead, they are logged")
    if written:
        raise Failed(f"it writes {written[0]!r} into the working folder; a plugin writes no files")
    return found
