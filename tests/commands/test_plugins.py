"""plugins: list, install, uninstall, known, new, check; none but check imports a plugin."""

import json
import sys
from pathlib import Path

import pytest

from ganzoo import installing
from ganzoo.installing import Plan
from ganzoo.testing import play, split, text

# Puts a distribution of one GAN into a folder, or takes it away again, as a package manager would.
ADD = """
import pathlib, sys
folder, source = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]).read_text()
(folder / "their_gan.py").write_text(source)
info = folder / "ganzoo_theirs-3.4.dist-info"
info.mkdir()
(info / "METADATA").write_text("Metadata-Version: 2.1\\nName: ganzoo-theirs\\nVersion: 3.4\\n")
(info / "entry_points.txt").write_text("[ganzoo.architectures]\\ntheir-gan = their_gan\\n")
print("collecting")
"""
REMOVE = "import shutil, sys; shutil.rmtree(sys.argv[1] + '/ganzoo_theirs-3.4.dist-info'); print('removing')"
KNOWN = """
schema = 1
[plugins.their-gan]
distribution = "ganzoo-theirs"
requires = ">=3,<4"
summary = "Theirs"
[plugins.vanilla-mlp]
distribution = "somebody"
"""


@pytest.fixture
def manager(installed, monkeypatch):
    """A package manager that knows one package, asked for what it is asked for in real life."""
    source = installed.folder.with_name("source.py")
    source.write_text(installed.good)
    asked = []

    def words(script, *arguments):
        return Plan((sys.executable, "-c", script, str(installed.folder), *arguments))

    def plan_install(environment, packages, *, editable=False):
        asked.append((tuple(packages), editable))
        return words(ADD, str(source))

    def plan_uninstall(environment, distribution):
        asked.append(distribution)
        return words(REMOVE)

    monkeypatch.setattr(installing, "install", plan_install)
    monkeypatch.setattr(installing, "uninstall", plan_uninstall)
    monkeypatch.setenv("PYTHONPATH", str(installed.folder))
    return asked


def test_the_list_says_what_is_known_without_importing(ganzoo, installed):
    path = installed.add("tiny", f"{installed.good}\nraise SystemExit\n")
    rows = json.loads(ganzoo("plugins", "--json")[1])
    assert rows[-1] == {
        "name": "tiny",
        "kind": "GAN",
        "group": "ganzoo.architectures",
        "distribution": "ganzoo-tiny",
        "version": "1.2",
        "location": str(path),
        "hooks": ["ganzoo_architecture"],
        "problem": "",
    }
    hooks = {row["name"]: row["hooks"] for row in rows}
    assert hooks["digits"] == ["ganzoo_dataset", "ganzoo_dataset_summary"]
    assert hooks["kid"] == ["ganzoo_metric"]
    assert all(row["hooks"] and row["location"] and not row["problem"] for row in rows)
    code, out, _ = ganzoo("plugins")
    assert code == 0
    assert any(line.split() == ["tiny", "ganzoo-tiny", "1.2", "architecture", str(path)] for line in out.splitlines())
    assert ganzoo("plugins", "-q")[1].split()[-1] == "tiny"
    assert "stranger_tiny" not in sys.modules


def test_the_list_names_what_can_be_seen_to_be_wrong(ganzoo, installed):
    installed.add("dcgan", installed.good)
    installed.add("Tiny", installed.good)
    installed.add("newer", installed.good.replace("Tasks:", "API: 99\nTasks:"))
    installed.add("gone", installed.good).unlink()
    code, out, _ = ganzoo("plugins")
    assert code == 0
    assert "wrong: GAN 'dcgan' is claimed by ganzoo (" in out
    assert "wrong: GAN 'Tiny' of ganzoo-Tiny 1.2: its name should match" in out
    assert "wrong: GAN 'newer' of ganzoo-newer 1.2 is made for plugin API 99" in out
    assert "wrong: GAN 'gone' of ganzoo-gone 1.2: there is no file of the module stranger_gone" in out


def test_what_cannot_be_loaded_is_found_when_asked(ganzoo, installed, monkeypatch):
    monkeypatch.setenv("GANZOO_BLOCK_PLUGINS", ",".join(ganzoo("plugins", "-q")[1].split()))
    group = "ganzoo.observers"
    installed.add("tiny", "import ganzoo\n@ganzoo.hookimpl\ndef ganzoo_run_ended(run): ...\n", group=group)
    assert ganzoo("plugins", "--load", "-q") == (0, "tiny\n", "")
    installed.add("bad", "raise OSError('gone')", group=group)
    code, out, _ = ganzoo("plugins", "--load")
    assert code == 1
    assert "wrong: observer 'bad' of ganzoo-bad 1.2 cannot be imported: OSError: gone" in out
    assert [bool(row["problem"]) for row in json.loads(ganzoo("plugins", "--load", "--json")[1])] == [True, False]


def test_installing_shows_the_command_runs_it_and_prints_what_appeared(ganzoo, manager):
    Path("theirs").mkdir()
    Path("theirs/pyproject.toml").touch()
    code, out, _ = ganzoo("plugins", "install", "-e", "./theirs")
    assert code == 0
    assert out.startswith(f"$ {sys.executable} -c ")
    assert out.endswith("new: GAN their-gan of ganzoo-theirs 3.4\n")
    assert manager == [(("./theirs",), True)]
    code, out, _ = ganzoo("plugins", "uninstall", "their-gan")
    assert out.endswith("gone: GAN their-gan of ganzoo-theirs 3.4\n")
    assert manager[1:] == ["ganzoo-theirs"]


def test_installing_in_other_words(ganzoo, manager):
    (row,) = json.loads(ganzoo("plugins", "install", "git+https://example.org/theirs", "other", "--json")[1])
    assert (row["name"], row["version"]) == ("their-gan", "3.4")
    assert ganzoo("plugins", "uninstall", "ganzoo-theirs", "-q")[1] == "their-gan\n"
    assert manager == [(("git+https://example.org/theirs", "other"), False), "ganzoo-theirs"]


def test_known_plugins_are_those_of_the_registry(ganzoo, installed, monkeypatch):
    assert ganzoo("plugins", "known")[1].startswith("the registry lists no plugin yet")
    path = installed.folder / "more.toml"
    path.write_text(KNOWN)
    monkeypatch.setenv("GANZOO_REGISTRY", str(path))
    out = ganzoo("plugins", "known")[1]
    assert "their-gan    no    ganzoo-theirs>=3,<4  Theirs" in out
    assert out.endswith("to install one: ganzoo plugins install PACKAGE\n")
    assert ganzoo("plugins", "known", "-q")[1].split() == ["their-gan", "vanilla-mlp"]
    rows = json.loads(ganzoo("plugins", "known", "--json")[1])
    assert [(row["distribution"], row["installed"]) for row in rows] == [("ganzoo-theirs", False), ("somebody", True)]


@pytest.mark.parametrize(
    "command",
    [["train", "their-gan", "--steps", "x"], ["config", "their-gan"], ["show", "their-gan"], ["sample", "their-gan"],
     ["sample", "their-gan.mnist"], ["download", "their-gan.mnist"], ["plugins", "check", "their-gan"]],
    ids=" ".join,
)  # fmt: skip
def test_a_gan_that_is_not_here_and_that_the_registry_knows(ganzoo, installed, monkeypatch, command):
    path = installed.folder / "more.toml"
    path.write_text(KNOWN)
    line = 'error: their-gan is in ganzoo-theirs, by others; type: ganzoo plugins install "ganzoo-theirs>=3,<4"'
    assert line not in ganzoo(*command)[2]
    monkeypatch.setenv("GANZOO_REGISTRY", str(path))
    code, out, err = ganzoo(*command)
    assert (code, out) == (2, "")
    assert err.splitlines()[-1] == line
    path.write_text("a broken registry")
    assert line not in ganzoo(*command)[2]


def test_new_says_what_to_type_next(ganzoo):
    code, out, _ = ganzoo("plugins", "new", "my-gan", "--from", "wgan-gp")
    assert code == 0
    assert out.startswith("my-gan\n")
    assert (
        "ganzoo plugins check my-gan/ganzoo_my_gan.py · ganzoo plugins install -e my-gan · ganzoo train my-gan" in out
    )
    assert Path("my-gan/pyproject.toml").is_file()
    assert ganzoo("plugins", "new", "my-gan")[::2] == (2, "error: my-gan exists already; choose another --out FOLDER\n")
    assert ganzoo("plugins", "new", "my-gan", "--out", "other", "-q")[1] == "other\n"


def test_check_prints_a_report_and_its_exit_code_is_the_verdict(ganzoo, installed, monkeypatch):
    monkeypatch.setattr("ganzoo.testing.run._CHECKS", [text.docstring, play.only_over_moves, split.splits])
    Path("my_gan.py").write_text(installed.good)
    code, out, _ = ganzoo("plugins", "check", "./my_gan.py")
    assert code == 0
    assert out.startswith("✔ 1 The docstring")
    assert out.endswith("\nmy-gan: conforms\n")
    installed.add("bad", installed.good.replace("Tasks:", "For:").replace("lr=1e-3", "lr=0.0"))
    code, out, _ = ganzoo("plugins", "check", "bad", "-q")
    assert code == 1
    assert [line.partition(":")[0] for line in out.splitlines()][::2] == [
        "✘ 1 The docstring", "✘ 8 During a turn no parameter but those of `over` changes",
    ]  # fmt: skip
    assert "    the turn of 'value' changed nothing" in out
    code, out, _ = ganzoo("plugins", "check", "bad", "--json")
    report = json.loads(out)
    assert (code, report["conforms"], report["name"]) == (1, False, "bad")
    assert [check["outcome"] for check in report["checks"]] == ["failed", "failed", "measured"]
    assert ganzoo("plugins", "check", "nothing-like-it")[0] == 2


def test_one_mistake_that_fails_several_checks_is_said_once(ganzoo, installed, monkeypatch):
    monkeypatch.setattr("ganzoo.testing.run._CHECKS", [play.objectives, play.same_bits, play.exact_resume])
    installed.add("bad", installed.good.replace("batch.real", "batch.reals"))
    code, out, _ = ganzoo("plugins", "check", "bad")
    assert code == 1
    assert out.count("this batch has no 'reals'") == 1
    assert out.splitlines()[3::2] == ["    the same", "    the same"]


def test_a_mistake_is_one_line_before_any_command_is_shown(ganzoo, manager):
    code, out, err = ganzoo("plugins", "install", "./nothing")
    assert (code, out, manager) == (2, "", [])
    assert err == "error: ./nothing is not there; type a folder, a wheel, a package's name or git+https://...\n"
    code, out, err = ganzoo("plugins", "uninstall", "ganzoo")
    assert (code, out, manager) == (2, "", [])
    assert err == "error: ganzoo comes with ganzoo itself; GANZOO_BLOCK_PLUGINS=ganzoo hides it\n"
