"""A run that looks like the engine's to those who watch it: digits fade in, or points gather, as steps go by."""

import math
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from sklearn.datasets import load_digits

from ganzoo.contract import Space

IMAGES = Space(kind="image", shape=(1, 8, 8), classes=tuple("0123456789"))
PLANE = Space(kind="vector", shape=(2,), range=None, details={"modes": [[0.0, 1.0], [1.0, 0.0]], "std": 0.1})


@dataclass
class FakeSettings:
    gan: str = "a-gan"
    data: str = "digits"
    seed: int = 0
    threads: int = 1
    precision: str = "fp32"
    minutes: float | None = None
    clip: float | None = None
    options: dict = field(default_factory=lambda: {"latent_dim": 100})


class FakeDataset:
    def __init__(self, samples, notes=()):
        self.name, self.samples, self.notes, self.degradation = "digits", samples, notes, None

    def __len__(self):
        return len(self.samples)

    def real(self, index):
        return self.samples[index]


class FakeRun:
    def __init__(self, folder: Path, space: Space = IMAGES):
        self.folder, self.space = folder, space
        self.settings, self.origins = FakeSettings(), {"seed": "command line"}
        self.name, self.title = "a-gan", "a-gan (Somebody et al. 2014)"
        samples = torch.tensor(load_digits().images).float()[:, None] / 8 - 1
        if space.kind == "vector":
            samples = torch.randn(300, 2, generator=torch.Generator().manual_seed(0))
        self.dataset = None if space.kind == "game" else FakeDataset(samples)
        self.step, self.steps, self.due_for_picture = 0, 3000, True
        self.players = [
            SimpleNamespace(name="value", over=("D",), equilibrium=-math.log(4)),
            SimpleNamespace(name="score", over=("G",), equilibrium=None),
        ]
        nets = {"G": torch.nn.Linear(10, 100), "D": torch.nn.Linear(999, 1), "state": torch.nn.Identity()}
        self.game = SimpleNamespace(state=SimpleNamespace(modules=nets))
        self.setup = SimpleNamespace(device=torch.device("cpu"), seconds=0.0056, processes=SimpleNamespace(count=1))
        self.record, self.exit_reason, self.told = {}, None, []

    def fixed(self, n):
        noise = torch.randn(n, *self.space.shape, generator=torch.Generator().manual_seed(0))
        share = self.step / self.steps
        return share * self.dataset.samples[:n] + (1 - share) * noise[: len(self.dataset.samples[:n])]

    def tell(self, text):
        self.told.append(text)


@pytest.fixture
def run(tmp_path):
    """A run on images that has not begun."""
    return FakeRun(tmp_path / "run")


@pytest.fixture
def plane_run(tmp_path):
    """A run on points that has not begun."""
    return FakeRun(tmp_path / "run", PLANE)


@pytest.fixture
def game_run(tmp_path):
    """A run of a game without samples that has not begun."""
    return FakeRun(tmp_path / "run", Space(kind="game", shape=()))


@pytest.fixture(autouse=True)
def _folder(tmp_path):
    (tmp_path / "run").mkdir()
