"""The site: what its pages take from the program is all there, its examples are plugins, and it builds offline."""

import os
import re
import shlex
import subprocess
from pathlib import Path

import click
import pluggy
import pytest
from click.testing import CliRunner

from docs import generate
from ganzoo import catalogue, hookspecs
from ganzoo.cli import ganzoo

ROOT = Path(__file__).parents[2]
PAGES = {path.name: path.read_text("utf-8") for path in (ROOT / "docs").glob("*.md")}
EXAMPLES = [
    (name, number, text)
    for name, page in PAGES.items()
    for number, text in enumerate(re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL))
]
WRITTEN = [*PAGES.values(), *((ROOT / name).read_text("utf-8") for name in ("README.md", "CONTRIBUTING.md"))]
BLOCKS = [block for page in WRITTEN for block in re.findall(r"(?ms)^```\w*\n(.*?)^```|^((?: {4}.*\n)+)", page)]
TYPED = {line.strip() for block in BLOCKS for line in "".join(block).splitlines() if re.match(" *ganzoo [a-z]", line)}
COMMANDS = {context.command_path: context for context in generate.paths()}
BUILD = ["uv", "run", "--isolated", "--group", "docs", "sphinx-build", "--fail-on-warning", "--keep-going", "-q"]


def test_every_part_that_is_generated_has_its_place_on_a_page():
    marks = re.findall(r"<!-- generated: (\w+) -->", "".join(PAGES.values()))
    assert sorted(marks) == sorted(generate.PARTS)


@pytest.mark.parametrize("path", COMMANDS)
def test_a_command_is_documented_with_every_option_and_an_example(path):
    section = next(part for part in f"\n{generate.commands()}".split("\n## ") if part.startswith(f"{path}\n"))
    said = CliRunner().invoke(ganzoo, [*path.split()[1:], "--help"], terminal_width=1000).output
    written = " ".join(section.replace("\\|", "|").split())
    usage, _, rest = said.partition("Options:\n")
    options, _, examples = rest.partition("Example")
    options = options.partition("\nCommands:")[0]
    words = [cell.strip() for line in options.splitlines() for cell in line.strip().split("  ") if cell]
    missing = [cell for cell in words if " ".join(cell.split()) not in written]
    assert set(missing) <= {"-h, --help", "--help", "Show this message and exit."}
    for line in [*usage.splitlines(), *examples.splitlines()[1:]]:
        assert " ".join(line.removeprefix("Usage:").split()) in written
    assert path in examples


@pytest.mark.parametrize("line", sorted(TYPED))
def test_every_command_line_of_the_pages_can_be_typed(line):
    words, command = shlex.split(line, comments=True)[1:], ganzoo
    while isinstance(command, click.Group) and words and words[0] in command.commands:
        command = command.commands[words.pop(0)]
    options = [option for param in command.get_params(click.Context(command)) for option in param.opts]
    options += [option for param in command.get_params(click.Context(command)) for option in param.secondary_opts]
    assert not isinstance(command, click.Group) or command.invoke_without_command
    assert [word for word in words if word.startswith("-") and word.partition("=")[0] not in options] == []


@pytest.mark.parametrize("path", COMMANDS)
def test_every_option_says_what_it_is(path):
    context = COMMANDS[path]
    records = [param.get_help_record(context) for param in context.command.get_params(context)]
    assert [record for record in records if record and record[0].startswith("-") and not record[1].strip()] == []


def test_the_zoo_has_every_bundled_gan_with_its_paper_and_options():
    page = generate.zoo()
    for entry in [entry for entry in catalogue.entries() if entry.distribution == "ganzoo"]:
        section = page[page.index(f"\n### {entry.name}\n") :].split("\n### ")[1]
        section = re.sub(r"\[(arXiv:[\d.]+)\]\([^)]*\)", r"\1", section)  # links as they are in the file
        equation = [line for line in entry.outline.docstring.splitlines() if line.startswith("    ")]
        assert equation
        assert all(line in section for line in [entry.outline.summary, *equation])
        assert entry.outline.citation in page
        assert all(f"| `{name}` |" in section for name in entry.outline.option_names() or ())


@pytest.mark.parametrize(("page", "number", "text"), [example for example in EXAMPLES if "hookimpl" in example[2]])
def test_every_example_of_a_plugin_answers_hooks_that_there_are(page, number, text):
    if page == "tutorial.md":
        return  # in pieces there, which its own test puts together
    names = {}
    exec(compile(text, f"{page}, example {number}", "exec"), names)
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    manager.register(type("Module", (), {k: staticmethod(v) for k, v in names.items() if k.startswith("ganzoo_")}))
    manager.check_pending()
    assert manager.get_hookcallers(manager.get_plugins().pop())


@pytest.mark.slow
def test_the_site_builds_without_warnings_and_fetches_nothing(tmp_path):
    outside = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}
    built = subprocess.run([*BUILD, "docs", tmp_path / "site"], cwd=ROOT, capture_output=True, text=True, env=outside)
    assert built.returncode == 0, built.stderr
    pages = {path.name for path in (tmp_path / "site").glob("*.html")}
    assert {name.replace(".md", ".html") for name in PAGES} <= pages
    fetched = re.compile(r"""(?:\bsrc(?:set)?=|<link\b[^>]*\bhref=|\burl\(|@import)\s*["']?(?:https?:)?//[^"')\s]+""")
    files = [path for kind in ("html", "css") for path in (tmp_path / "site").rglob(f"*.{kind}")]
    assert [(path.name, found) for path in files for found in fetched.findall(path.read_text("utf-8"))] == []


def test_properties_are_documented_as_such_kept_ones_too():
    text = generate.api()
    assert "{py:property} device\n" in text
    assert "{py:property} takes_labels\n" in text
