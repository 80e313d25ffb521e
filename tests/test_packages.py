"""What is installed and what is not; that it is done, and what appears, is tested with the commands."""

import re
import sys

import pytest

from ganzoo import installing, packages
from ganzoo.errors import GanzooError, UsageError
from ganzoo.installing import Plan


@pytest.fixture(autouse=True)
def _no_command(monkeypatch):
    """Whatever asks for a command has come too far."""
    monkeypatch.setattr(installing, "install", None)
    monkeypatch.setattr(installing, "uninstall", None)


@pytest.mark.parametrize(
    ("plan", "kind", "said"),
    [
        (
            Plan(("uv", "add", "x y"), "uv keeps this environment"),
            UsageError,
            "uv keeps this environment; type: uv add 'x y'",
        ),
        (
            Plan((sys.executable, "-c", "raise SystemExit(3)")),
            GanzooError,
            f"{sys.executable} ended with exit code 3; its own lines above say why",
        ),
        (
            Plan(("no-such-program", "x")),
            GanzooError,
            "no-such-program cannot be run: No such file or directory; type: no-such-program x",
        ),
    ],
)
def test_a_command_that_is_not_run_or_fails(monkeypatch, plan, kind, said):
    told = []
    monkeypatch.setattr(installing, "install", lambda *_, **__: plan)
    with pytest.raises(kind, match=f"^{re.escape(said)}$"):
        packages.install(["x"], tell=told.append)
    assert told == ([] if plan.refused else [f"$ {plan}"])


def test_what_ganzoo_itself_says_where_it_does_not_start(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "")
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(GanzooError, match="ganzoo does not start: no word of why"):
        packages.install(["x"], tell=None)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("torch", "no plugin or distribution of plugins is called 'torch'; known: ganzoo-tiny, tiny"),
        ("ganzoo-tin", "no plugin or distribution of plugins is called 'ganzoo-tin'; did you mean 'ganzoo-tiny'"),
        ("dcgan", "dcgan comes with ganzoo itself; GANZOO_BLOCK_PLUGINS=dcgan hides it"),
        ("ganzoo", "ganzoo comes with ganzoo itself"),
    ],
)
def test_what_is_not_uninstalled(installed, monkeypatch, name, said):
    installed.add("tiny", installed.good)
    monkeypatch.setenv("PYTHONPATH", str(installed.folder))
    with pytest.raises(UsageError, match=f"^{re.escape(said)}"):
        packages.uninstall(name, tell=None)


def test_a_name_that_two_distributions_have_is_not_guessed(installed, monkeypatch):
    installed.add("tiny", installed.good)
    installed.add("tiny", installed.good, distribution="ganzoo-other", module="stranger_other")
    monkeypatch.setenv("PYTHONPATH", str(installed.folder))
    with pytest.raises(UsageError, match=r"^'tiny' is of ganzoo-other and ganzoo-tiny; name one of them$"):
        packages.uninstall("tiny", tell=None)


def test_a_folder_that_is_no_project_is_not_installed():
    with pytest.raises(
        UsageError, match=r"^-e theirs: no folder with a pyproject.toml; begin one with: ganzoo plugins"
    ):
        packages.install(["theirs"], editable=True, tell=None)


def test_a_word_that_a_package_manager_would_take_for_a_flag():
    with pytest.raises(UsageError, match=r"^'--index-url=evil' is no package"):
        packages.install(["--index-url=evil"], tell=None)


@pytest.mark.parametrize("place", ["./nothing", "/nowhere/at/all", "~/nothing-there"])
def test_a_place_where_nothing_is(place):
    said = f"{place} is not there; type a folder, a wheel, a package's name or git+https://..."
    with pytest.raises(UsageError, match=f"^{re.escape(said)}$"):
        packages.install([place], tell=None)
