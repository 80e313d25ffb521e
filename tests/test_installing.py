"""The command for each kind of environment, from its facts alone."""

import sys
from pathlib import Path

import pytest

from ganzoo import installing
from ganzoo.errors import GanzooError
from ganzoo.installing import Environment, install, uninstall

PYTHON = "/env/bin/python"
# What `uv tool install ganzoo --with ...` writes, as uv 0.13 does.
TOOL = {
    "requirements": [
        {"name": "ganzoo", "extras": ["metrics"], "specifier": ">=0.1"},
        {"name": "ganzoo-old", "specifier": "<2"},
        {"name": "ganzoo-mine", "editable": "/somewhere/mine"},
        {"name": "ganzoo-local", "directory": "/somewhere/local"},
        {"name": "ganzoo-theirs", "git": "https://example.org/theirs?rev=v1"},
        {"name": "ganzoo-wheel", "url": "https://example.org/wheel.whl"},
    ],
    "python": "3.12",
}
KEPT = (
    "uv tool install --python 3.12 'ganzoo[metrics]>=0.1' --with 'ganzoo-old<2' --with-editable /somewhere/mine "
    "--with /somewhere/local --with 'ganzoo-theirs @ git+https://example.org/theirs@v1' "
    "--with 'ganzoo-wheel @ https://example.org/wheel.whl'"
)
EVERYTHING = {"tool": TOOL, "pipx": "ganzoo", "project": Path("/work"), "managed": True, "pip": True, "uv": True}


@pytest.mark.parametrize(
    ("without", "added", "edited", "removed"),
    [
        ((), f"{KEPT} --with x", f"{KEPT} --with-editable /code/mine", KEPT),
        (("tool",), "pipx inject ganzoo x", "pipx inject ganzoo --editable /code/mine", "pipx uninject ganzoo x"),
        (("tool", "pipx"), "uv add x", "uv add --editable /code/mine", "uv remove x"),
        (
            ("tool", "pipx", "project"),
            f"{PYTHON} -m pip install --break-system-packages x",
            f"{PYTHON} -m pip install --break-system-packages --editable /code/mine",
            f"{PYTHON} -m pip uninstall --break-system-packages -y x",
        ),
        (
            ("tool", "pipx", "project", "managed"),
            f"{PYTHON} -m pip install x",
            f"{PYTHON} -m pip install --editable /code/mine",
            f"{PYTHON} -m pip uninstall -y x",
        ),
        (
            ("tool", "pipx", "project", "managed", "pip"),
            f"uv pip install --python {PYTHON} x",
            f"uv pip install --python {PYTHON} --editable /code/mine",
            f"uv pip uninstall --python {PYTHON} x",
        ),
        (
            ("tool", "pipx", "project", "managed", "pip", "uv"),
            f"{PYTHON} -m pip install x",
            f"{PYTHON} -m pip install --editable /code/mine",
            f"{PYTHON} -m pip uninstall x",
        ),
    ],
    ids=["uv tool", "pipx", "uv project", "managed", "pip", "uv pip", "none"],
)
def test_each_environment_has_its_command(without, added, edited, removed):
    facts = {name: fact for name, fact in EVERYTHING.items() if name not in without}
    environment = Environment(python=PYTHON, **facts)
    plans = [install(environment, ["x"]), install(environment, ["/code/mine"], editable=True)]
    plans.append(uninstall(environment, "x"))
    assert [str(plan) for plan in plans] == [added, edited, removed]
    shown_only = "tool" not in facts and "pipx" not in facts and ("project" in facts or "managed" in facts or not facts)
    assert [bool(plan.refused) for plan in plans] == 3 * [shown_only]


def test_a_uv_tool_keeps_all_but_what_is_uninstalled_and_paths_from_anywhere(monkeypatch, tmp_path):
    environment = Environment(python=PYTHON, tool=TOOL)
    assert str(uninstall(environment, "ganzoo-mine")) == KEPT.replace(" --with-editable /somewhere/mine", "")
    monkeypatch.chdir(tmp_path)
    assert install(environment, ["./mine"]).words[-2:] == ("--with", str(tmp_path / "mine"))
    plain = Environment(python=PYTHON, pip=True)
    assert install(plain, ["mine"], editable=True).words[-2:] == ("--editable", str(tmp_path / "mine"))
    assert install(plain, ["mine", "git+https://example.org/mine"]).words[-2:] == (
        "mine",
        "git+https://example.org/mine",
    )
    edited = Environment(python=PYTHON, tool={"requirements": [{"name": "ganzoo", "editable": "/somewhere/ganzoo"}]})
    assert str(install(edited, ["x"])) == "uv tool install --editable /somewhere/ganzoo --with x"


def test_a_receipt_that_is_not_understood_is_told_of_and_nothing_is_lost():
    tool = {"requirements": [{"name": "ganzoo"}, {"name": "x", "marker": "python_version < '3'"}]}
    with pytest.raises(GanzooError, match=r"not understood: .*marker"):
        install(Environment(python=PYTHON, tool=tool), ["y"])


@pytest.mark.parametrize(("file", "fact"), [("uv-receipt.toml", "tool"), ("pipx_metadata.json", "pipx")])
def test_what_is_here_is_seen(tmp_path, monkeypatch, file, fact):
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    assert not getattr(installing.here(), fact)
    (tmp_path / file).write_text('[tool]\nrequirements = [{ name = "ganzoo" }]\n')
    assert getattr(installing.here(), fact) in ({"requirements": [{"name": "ganzoo"}]}, tmp_path.name)
    assert installing.here().python == sys.executable


def test_a_receipt_that_cannot_be_read_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    (tmp_path / "uv-receipt.toml").write_text("[tol]")
    with pytest.raises(GanzooError, match=r"uv-receipt.toml cannot be read: 'tool'; type: uv tool install ganzoo"):
        installing.here()


def test_the_environment_of_a_uv_project_is_seen(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "prefix", str(tmp_path / ".venv"))
    assert installing.here().project is None
    (tmp_path / "uv.lock").touch()
    assert installing.here().project == tmp_path
