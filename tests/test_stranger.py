"""A stranger's plugin, one file and one pyproject.toml, installed for real in an environment of its own."""

import os
import shutil
import site
import subprocess
import sys
from pathlib import Path

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
def test_a_strangers_plugin_is_installed_listed_and_trained(tmp_path, installed):
    uv = shutil.which("uv")
    assert uv, "this test installs a plugin for real: pip install uv"
    project, environment = tmp_path / "project", tmp_path / "environment"
    project.mkdir()
    (project / "pyproject.toml").write_text(PROJECT)
    (project / "stranger_tiny.py").write_text(installed.good)

    def run(*command):
        outside = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=outside, timeout=300)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run(uv, "venv", "--python", sys.executable, environment)
    python = environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    packages = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    ours = [path for path in site.getsitepackages() if Path(path).is_dir()]  # torch is not installed again
    (packages / "with_ours.pth").write_text("".join(f"import site; site.addsitedir({path!r})\n" for path in ours))
    assert "tiny" not in run(python, "-m", "ganzoo", "list", "-q").split()

    run(uv, "pip", "install", "--python", python, "--no-deps", project)
    assert "tiny" in run(python, "-m", "ganzoo", "list", "-q").split()
    assert '"distribution": "ganzoo-tiny",\n    "version": "3.4"' in run(
        python, "-m", "ganzoo", "list", "tiny", "--json"
    )
    assert run(python, "-m", "ganzoo", "train", "tiny", "--steps", "3", "-q").strip() == "runs/tiny-digits-001"
    assert (tmp_path / run(python, "-m", "ganzoo", "sample").strip()).is_file()

    run(uv, "pip", "uninstall", "--python", python, "ganzoo-tiny")
    assert "tiny" not in run(python, "-m", "ganzoo", "list", "-q").split()
