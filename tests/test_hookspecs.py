"""Every hook is documented, has a group, and a bundled plugin that answers it."""

import inspect
import re
from pathlib import Path

import pytest

from docs import generate
from ganzoo import catalogue, hookspecs

HOOKS = generate.hook_names()
REFERENCE = generate.hooks().split("\n:::{py:function} ")


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_says_when_it_is_called_and_its_group(name):
    text = getattr(hookspecs, name).__doc__
    assert "alled" in text, f"the docstring of {name} should say when it is called; docs/hooks.md is made from it"
    group = re.search(r"Group `(ganzoo\.\w+)`", text)[1]
    assert group in catalogue.GROUPS


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_is_in_the_reference_with_a_bundled_user(name):
    [entry] = [part for part in REFERENCE if part.removeprefix(":::{py:function} ").startswith(f"{name}(")]
    assert inspect.getdoc(getattr(hookspecs, name)) in entry
    assert re.search(r"Answered here by `ganzoo", entry)


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_is_answered_or_called_in_a_test(name):
    files = [path for path in Path(__file__).parent.rglob("test_*.py") if path != Path(__file__)]
    called = re.compile(rf'\b{name}\(|"{name}"')
    assert [path for path in files if called.search(path.read_text("utf-8"))], f"no test has {name}"
