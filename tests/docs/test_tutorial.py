"""The ten-minute tutorial is a plugin: what its page shows is written into files, tested, installed and trained."""

import re
import shlex
import sys
from pathlib import Path

import pytest
import torch

from ganzoo.testing import conformance

PAGE = (Path(__file__).parents[2] / "docs" / "tutorial.md").read_text("utf-8")
BLOCK = re.compile(r"^\*\*`(?P<file>[\w.]+)`\*\*$|^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
SHORT = {"train": ["--steps", "20"], "evaluate": ["-n", "500"]}  # added to the page's commands: the last one counts


def files():
    """What each file of the page holds: its blocks of code, one after the other, two lines between them."""
    found, name = {}, ""
    for block in BLOCK.finditer(PAGE):
        name = block["file"] or name
        if block["language"] in ("python", "toml"):
            found.setdefault(name, []).append(block["text"])
    return {name: "\n\n".join(parts) for name, parts in found.items()}


def commands():
    """The lines that the page has the reader type, in order."""
    blocks = [block["text"] for block in BLOCK.finditer(PAGE) if block["language"] == "sh"]
    return [line for text in blocks for line in text.splitlines()]


@pytest.fixture
def my_gan(installed, monkeypatch):
    installed.add("my-gan", files()["my_gan.py"], module="my_gan")
    yield
    sys.modules.pop("my_gan", None)


def test_the_page_shows_a_whole_project():
    assert list(files()) == ["my_gan.py", "test_my_gan.py", "pyproject.toml"]
    assert commands()[0] == "ganzoo train ./my_gan.py --data ring8 --batch 256"
    assert "pip install -e ." in commands()


def test_its_gan_conforms(my_gan):
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    conformance("my-gan")
    torch.set_num_threads(threads)


def test_its_own_test_passes(my_gan):
    names = {}
    exec(compile(files()["test_my_gan.py"], "test_my_gan.py", "exec"), names)
    names["test_the_objectives_are_the_papers"]()
    assert "test_conformance" in names


def test_its_gan_trains_on_points_and_images(my_gan, ganzoo, monkeypatch):
    monkeypatch.setenv("GANZOO_BLOCK_PLUGINS", "pictures")
    for data in ("ring8", "digits"):
        code, out, err = ganzoo("train", "my-gan", "--data", data, "--steps", "3", "-q")
        assert (code, out.strip()) == (0, f"runs/my-gan-{data}-001"), err


@pytest.mark.slow
def test_everything_that_the_page_says_to_type_works(elsewhere, tmp_path):
    project = tmp_path / "project"
    project.mkdir()
    for name, text in files().items():
        (project / name).write_text(text)
    for line in commands():
        program, *words = shlex.split(line)
        if program == "ganzoo":
            said = elsewhere.ganzoo(*words, *SHORT.get(words[0], []), cwd=project)
        elif program == "pip":
            assert words == ["install", "-e", "."]
            said = elsewhere.pip("install", "--no-deps", "-e", project)
        else:
            said = elsewhere.run(elsewhere.python, "-m", program, *words, cwd=project)
            assert "2 passed" in said
        if words[:1] == ["list"]:
            assert said.startswith("my-gan  My GAN: a discriminator that stops caring")
    assert (project / "digits.png").is_file()
    assert {path.name for path in (project / "runs").iterdir()} >= {"my-gan-digits-001", "my-gan-digits-002"}
