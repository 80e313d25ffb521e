"""A stranger's plugin, one file and one pyproject.toml, installed for real in an environment of its own."""

import pytest

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
