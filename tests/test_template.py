"""Projects that `ganzoo plugins new` writes."""

import tomllib
from pathlib import Path

import pytest

from ganzoo import catalogue, template
from ganzoo.contract import API
from ganzoo.errors import UsageError
from ganzoo.outline import Outline
from ganzoo.template import write_project

BUNDLED = [entry for entry in catalogue.entries() if entry.distribution == "ganzoo"]


def test_a_project_is_whole(tmp_path):
    folder = write_project("my-gan", "wgan-gp", tmp_path / "deep" / "my-gan")
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert files == {
        "pyproject.toml", "README.md", "LICENSE", ".gitignore", ".github/workflows/test.yml",
        "ganzoo_my_gan.py", "tests/test_ganzoo_my_gan.py",
    }  # fmt: skip
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    assert project["entry-points"] == {"ganzoo.architectures": {"my-gan": "ganzoo_my_gan"}}
    assert project["name"] == "ganzoo-my-gan"
    assert project["dependencies"] == ["ganzoo>=0.1"]
    assert 'conformance("my-gan")' in (folder / "tests/test_ganzoo_my_gan.py").read_text()
    assert not [path for path in files if "$" in (folder / path).read_text().replace("${{", "")]
    assert [path.name for path in folder.parent.iterdir()] == ["my-gan"]


def test_the_file_is_a_plugin_of_that_name_before_it_is_installed(tmp_path):
    folder = write_project("my-gan", "wgan-gp", tmp_path / "my-gan")
    found = catalogue.typed(str(folder / "ganzoo_my_gan.py"))
    assert found.name == "my-gan"
    assert catalogue.load(found).config().to_dict() == catalogue.load("wgan-gp").config().to_dict()


@pytest.mark.parametrize("entry", BUNDLED, ids=lambda entry: entry.name)
def test_every_bundled_gan_can_be_started_from_and_says_the_api(tmp_path, entry):
    folder = write_project("mine", entry.name, tmp_path / "mine")
    outline = Outline((folder / "ganzoo_mine.py").read_text())
    assert f"\nAPI: {API}\n" in f"{outline.docstring}\n"
    before = entry.outline
    assert (outline.summary, outline.paper, outline.tasks) == (before.summary, before.paper, before.tasks)
    assert outline.text.replace(f"\nAPI: {API}", "") == before.text


@pytest.mark.parametrize("name", ["My-GAN", "my gan", "-gan", "gan-", "gan_", "", "x" * 65, "../gan", "gän", "gan.py"])
def test_a_name_that_no_gan_can_have_is_refused_in_one_line(tmp_path, name):
    with pytest.raises(UsageError, match=r"cannot be a GAN's name: .*for example my-gan$"):
        write_project(name, "wgan-gp", tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "start", "folder", "said"),
    [
        ("dcgan", "wgan-gp", "new", "there is a GAN 'dcgan' already; choose another name, for example my-dcgan"),
        ("my-gan", "wgan-pg", "new", "unknown GAN 'wgan-pg'; did you mean 'wgan-gp'"),
        ("my-gan", "tiny", "new", "--from tiny: it is of ganzoo-tiny 1.2, whose licence may not allow a copy"),
        ("my-gan", "wgan-gp", "there", "there exists already; choose another --out FOLDER"),
        ("my-gan", "wgan-gp", "there/file/new", "cannot write there/file/new: Not a directory; choose another --out"),
    ],
)
def test_what_cannot_be_written_is_refused_and_leaves_nothing(
    installed, tmp_path, monkeypatch, name, start, folder, said
):
    installed.add("tiny", installed.good)
    (tmp_path / "here" / "there").mkdir(parents=True)
    (tmp_path / "here" / "there" / "file").touch()
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(UsageError) as caught:
        write_project(name, start, Path(folder))
    assert str(caught.value).startswith(said)
    assert sorted(str(path) for path in Path().rglob("*")) == ["there", "there/file"]


def test_a_project_that_cannot_be_finished_is_not_left_half_written(tmp_path, monkeypatch):
    def full(self, *arguments, **named):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(template.Path, "rename", full)
    with pytest.raises(UsageError, match=r"cannot write .*: No space left on device"):
        write_project("my-gan", "wgan-gp", tmp_path / "new")
    assert list(tmp_path.iterdir()) == []
