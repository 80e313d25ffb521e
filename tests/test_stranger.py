"""A stranger's plugin, one file and one pyproject.toml, installed for real in an environment of its own."""

import pytest

from tests.conftest import Elsewhere

PROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "ganzoo-tiny"
version = "3.4"

[project.entry-points."ganzoo.architectures"]
tiny = "stranger_tiny"

[tool.hatch.build.targets.wheel]
only-include = ["stranger_tiny.py"]
"""


@pytest.mark.slow
def test_a_strangers_plugin_is_installed_listed_and_trained(tmp_path, installed, elsewhere):
    project = tmp_path / "project"
    project.mkdir()
    (project / "pyproject.toml").write_text(PROJECT)
    (project / "stranger_tiny.py").write_text(installed.good)
    assert "tiny" not in elsewhere.ganzoo("list", "-q").split()

    elsewhere.pip("install", "--no-deps", project)
    assert "tiny" in elsewhere.ganzoo("list", "-q").split()
    assert '"distribution": "ganzoo-tiny",\n    "version": "3.4"' in elsewhere.ganzoo("list", "tiny", "--json")
    assert elsewhere.ganzoo("train", "tiny", "--steps", "3", "-q").strip() == "runs/tiny-digits-001"
    assert (tmp_path / elsewhere.ganzoo("sample").strip()).is_file()

    elsewhere.pip("uninstall", "ganzoo-tiny")
    assert "tiny" not in elsewhere.ganzoo("list", "-q").split()


@pytest.mark.slow
def test_a_gan_from_its_first_line_to_a_strangers_samples(tmp_path):
    """As a new user: write, change, check, install, train, publish; then as another, who lacks the plugin."""
    for name in ("mine", "theirs"):
        (tmp_path / name).mkdir()
    mine, theirs = Elsewhere(tmp_path / "mine"), Elsewhere(tmp_path / "theirs")
    assert mine.ganzoo("plugins", "new", "my-gan", "-q").strip() == "my-gan"
    file = mine.folder / "my-gan" / "ganzoo_my_gan.py"
    before = file.read_text()
    file.write_text(before.replace("] = 256", "] = 64"))
    assert file.read_text() != before
    assert mine.ganzoo("plugins", "check", "my-gan/ganzoo_my_gan.py").endswith("my-gan: conforms\n")

    told = mine.ganzoo("plugins", "install", "-e", "my-gan")
    assert told.startswith(f"$ uv pip install --python {mine.python} --editable {mine.folder}/my-gan\n")
    assert told.endswith("new: GAN my-gan of ganzoo-my-gan 0.1.0\n")
    assert "1 passed" in mine.run(mine.python, "-m", "pytest", cwd=mine.folder / "my-gan")
    assert mine.ganzoo("train", "my-gan", "--steps", "20", "-q").strip() == "runs/my-gan-digits-001"
    zoo = f"file:{mine.folder}/zoo/me/my-gan"
    mine.ganzoo("publish", "latest", zoo)

    refused = theirs.ganzoo("download", zoo, code=2)
    assert "needs the GAN plugin 'my-gan', which is not installed" in refused
    assert "the model says that the package is 'ganzoo-my-gan', which the registry does not list" in refused
    assert "Traceback" not in refused
    assert "new: GAN my-gan of ganzoo-my-gan 0.1.0" in theirs.ganzoo("plugins", "install", mine.folder / "my-gan")
    theirs.ganzoo("download", zoo)
    for place, target in ((theirs, zoo), (mine, "latest")):
        place.ganzoo("sample", target, "-n", "4", "--seed", "3", "--out", "four.npz")
    assert (theirs.folder / "four.npz").read_bytes() == (mine.folder / "four.npz").read_bytes()

    assert theirs.ganzoo("plugins", "uninstall", "my-gan").endswith("gone: GAN my-gan of ganzoo-my-gan 0.1.0\n")
    assert "my-gan" not in theirs.ganzoo("list", "-q").split()
