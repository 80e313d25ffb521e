"""A project for a GAN of one's own, as `ganzoo plugins new` writes it: a copy of a bundled GAN, and all around it."""

from __future__ import annotations

import re
import shutil
from contextlib import suppress
from datetime import date
from pathlib import Path
from string import Template

from ganzoo import __version__, catalogue
from ganzoo.contract import API
from ganzoo.errors import UsageError

__all__ = ["write_project"]

_PYPROJECT = """\
[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "ganzoo-$name"
version = "0.1.0"
description = "A GAN for ganzoo: $name."
readme = "README.md"
license = "MIT"
license-files = ["LICENSE"]
requires-python = ">=3.11"
dependencies = ["ganzoo>=$version"]

[project.optional-dependencies]
test = ["pytest>=8.3"]

# The GAN's name, as `ganzoo train` takes it, and the module that it is in.
[project.entry-points."ganzoo.architectures"]
$name = "$module"

[tool.hatch.build.targets.wheel]
only-include = ["$module.py"]

[tool.pytest.ini_options]
testpaths = ["tests"]
"""
_TEST = '''\
"""What every GAN is held to. What this one alone computes, its paper's formula on fixed numbers, is yours to test."""

from ganzoo.testing import conformance


def test_conformance():
    conformance("$name")
'''
_README = """\
# ganzoo-$name

A GAN for ganzoo, begun as a copy of `$start`.

    ganzoo plugins install -e .     # once; then edit $module.py as you like
    ganzoo train $name
    ganzoo sample latest

`$module.py` says everything: the equation and the paper in its docstring, the hyper-parameters, the networks, what each
player wants. To see whether it is right:

    ganzoo plugins check $name      # what every GAN is held to; the same as `pytest`
    pip install -e ".[test]" && pytest
"""
_WORKFLOW = """\
name: test
on: [push, pull_request]
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.11"
      - run: pip install -e ".[test]"
      - run: pytest
"""
_IGNORED = """\
__pycache__/
*.egg-info/
.pytest_cache/
.venv/
build/
dist/
runs/
"""
_LICENCE = """\
MIT License

Copyright (c) $year The ganzoo-$name authors
Copyright (c) 2026 The ganzoo authors, of the file that it began as

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""


def write_project(name: str, start: str, folder: Path) -> Path:
    """Write the project of a GAN into a new folder, whole or not at all, and return the folder.

    start: the bundled GAN that it begins as a copy of. Raises UsageError for a name that no GAN can have or that one
    has, for a start that does not come with ganzoo, and for a folder that exists or cannot be written.
    """
    if not catalogue.NAME.fullmatch(name) or name[-1] in "-_":
        raise UsageError(f"{name!r} cannot be a GAN's name: small letters, digits and hyphens, for example my-gan")
    if name in catalogue.names():
        raise UsageError(f"there is a GAN {name!r} already; choose another name, for example my-{name}")
    begun = catalogue.entry(start)
    if begun.distribution != "ganzoo" or not begun.file:
        raise UsageError(f"--from {start}: it is of {begun.origin}, whose licence may not allow a copy; "
                         "name a GAN that comes with ganzoo, or copy its file yourself")  # fmt: skip
    if folder.exists():
        raise UsageError(f"{folder} exists already; choose another --out FOLDER")
    module = f"ganzoo_{name.replace('-', '_')}"  # the prefix, so that no GAN hides a module of Python's
    version = ".".join(__version__.split(".")[:2])
    words = {"name": name, "module": module, "start": start, "version": version, "year": date.today().year}
    texts = {
        "pyproject.toml": _PYPROJECT, f"tests/test_{module}.py": _TEST, "README.md": _README, "LICENSE": _LICENCE,
        ".github/workflows/test.yml": _WORKFLOW, ".gitignore": _IGNORED,
    }  # fmt: skip
    files = {path: Template(text).substitute(words) for path, text in texts.items()}
    _write({f"{module}.py": _made_for_this_api(begun.outline.text), **files}, folder)
    return folder


def _made_for_this_api(source: str) -> str:
    """The plugin's text with the plugin API's number after its tasks, as a docstring says it."""
    return re.sub(r"^(Tasks:.*(?:\n[ \t]+\S.*)*)$", rf"\1\nAPI: {API}", source, count=1, flags=re.MULTILINE)


def _write(files: dict[str, str], folder: Path) -> None:
    partial = folder.with_name(f".{folder.name}.partial")
    try:
        for path, text in files.items():
            (partial / path).parent.mkdir(parents=True, exist_ok=True)
            (partial / path).write_text(text, "utf-8", newline="\n")
        partial.rename(folder)
    except OSError as error:
        raise UsageError(f"cannot write {folder}: {error.strerror}; choose another --out FOLDER") from None
    finally:
        with suppress(OSError):
            shutil.rmtree(partial)
