"""What tests of several modules share: fake distributions, and the program as a process."""

import gc
import importlib
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch is imported: the tests are shared out to processes

from ganzoo.cli import main

GOOD = '''"""Tiny GAN: the smallest game that there is.

    min_G max_D  E log D(x) + E log(1 - D(G(z)))

Paper: Somebody et al. 2020, A Tiny
  Game, arXiv:0000.00000
Tasks: images, toys
"""

from dataclasses import dataclass
from typing import Annotated

import torch.nn.functional as F
from torch import nn

import ganzoo


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.Config):
    latent_dim: Annotated[int, "Z, length of the noise vector", ganzoo.Range(1, 64)] = 4


def networks(config, space):
    generator = nn.Sequential(nn.Linear(config.latent_dim, space.numbers), nn.Tanh(), nn.Unflatten(1, space.shape))
    return {"G": generator, "D": nn.Sequential(nn.Flatten(), nn.Linear(space.numbers, 1), nn.Flatten(0))}


def value(nets, batch, config):
    real, fake = nets.D(batch.real), nets.D(nets.G(batch.z))
    return {"real": F.logsigmoid(real).mean(), "fake": F.logsigmoid(-fake).mean()}


def fooling(nets, batch, config):
    return {"fake": F.logsigmoid(nets.D(nets.G(batch.z))).mean()}


def players(config):
    by = ganzoo.Adam(lr=1e-3)
    return [ganzoo.maximize(value, over="D", by=by), ganzoo.maximize(fooling, over="G", by=by)]


@ganzoo.hookimpl
def ganzoo_architecture():
    return ganzoo.Architecture(Config, networks, players, size=8, batch=16, steps=5)
'''


def pytest_collection_finish():
    """What is imported by now lives to the end: from here on nobody looks whether it is garbage, nor counts it."""
    gc.collect()
    gc.freeze()


class Installed:
    """A folder on the path that fake distributions are put into."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.good = GOOD

    def add(self, name, source, *, distribution=None, module=None, group="ganzoo.architectures", version="1.2"):
        module = module or "stranger_" + name.replace("-", "_")
        distribution = distribution or f"ganzoo-{name}"
        path = self.folder.joinpath(*module.split(".")).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
        info = self.folder / f"{distribution.replace('-', '_')}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n")
        (info / "entry_points.txt").write_text(f"[{group}]\n{name} = {module}\n")
        importlib.invalidate_caches()
        return path

    def run(self, *arguments, python=(), **environment):
        """`ganzoo` with these arguments as a process that sees the fake distributions."""
        command = [sys.executable, *(python or ("-m", "ganzoo")), *map(str, arguments)]
        known = {**os.environ, "PYTHONPATH": str(self.folder), "OMP_NUM_THREADS": "1", **environment}
        return subprocess.run(command, capture_output=True, text=True, env=known, cwd=self.folder, timeout=120)


@pytest.fixture
def installed(tmp_path, monkeypatch):
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    known = set(sys.modules)
    yield Installed(folder)
    for name in set(sys.modules) - known:
        if name.startswith("stranger"):
            del sys.modules[name]


@pytest.fixture
def ganzoo(capsys, installed, monkeypatch):
    """The program in this process and an empty folder: exit code, standard output, standard error."""
    folder = installed.folder.with_name("here")
    folder.mkdir()
    monkeypatch.chdir(folder)

    def run(*arguments):
        with pytest.raises(SystemExit) as end:
            main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return end.value.code, printed.out, printed.err

    return run


class Elsewhere:
    """An environment of its own with ganzoo and all that it needs, into which plugins are installed for real.

    What ours has is there by links: made at once, seen by uv too, and changed there alone.
    """

    def __init__(self, folder: Path):
        self.uv = shutil.which("uv")
        assert self.uv, "this test installs a plugin for real: pip install uv"
        self.folder, environment = folder, folder / "environment"
        self.run(self.uv, "venv", "--quiet", "--python", sys.executable, environment)
        self.python = environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        packages = Path(self.run(self.python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
        for path in Path(sysconfig.get_path("purelib")).iterdir():
            if path.suffix == ".dist-info":  # uv follows no link to one
                shutil.copytree(path, packages / path.name)
            elif not (packages / path.name).exists():
                (packages / path.name).symlink_to(path)

    def run(self, *command, cwd=None, code=0):
        """A command's standard output; it must succeed, or end with that exit code and then it is its errors."""
        outside = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}
        done = subprocess.run(command, cwd=cwd or self.folder, capture_output=True, text=True, env=outside, timeout=300)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stderr if code else done.stdout

    def pip(self, verb, *arguments):
        """`uv pip install` or `uninstall` there."""
        return self.run(self.uv, "pip", verb, "--quiet", "--python", self.python, *arguments)

    def ganzoo(self, *arguments, cwd=None, code=0):
        """`ganzoo` there."""
        return self.run(self.python, "-m", "ganzoo", *arguments, cwd=cwd, code=code)


@pytest.fixture
def elsewhere(tmp_path):
    return Elsewhere(tmp_path)
