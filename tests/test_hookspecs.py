"""Every hook is documented, has a group, and a bundled plugin that answers it."""

import re
from pathlib import Path

import pytest

from ganzoo import catalogue, hookspecs

HOOKS = sorted(name for name in vars(hookspecs) if name.startswith("ganzoo_"))
PAGE = Path(__file__).parents[1] / "docs" / "hooks.md"


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_says_when_it_is_called_and_its_group(name):
    text = getattr(hookspecs, name).__doc__
    assert "alled" in text
    group = re.search(r"Group `(ganzoo\.\w+)`", text)[1]
    assert group in catalogue.GROUPS
    assert f"| `{group}` | `{name}(" in PAGE.read_text("utf-8")


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_has_a_bundled_user(name):
    folder = Path(hookspecs.__file__).parent
    files = [*folder.rglob("*.py"), *folder.parent.joinpath("plugins").rglob("*.py")]
    users = [file for file in files if re.search(rf"hookimpl[^\n]*\n *def {name}\(", file.read_text("utf-8"))]
    assert users
