"""What tests of the judge share: generators that draw from the data themselves, and a classifier made in no time."""

from dataclasses import dataclass, replace
from typing import Annotated

import pytest
import torch
from torch import nn

import ganzoo
from ganzoo.data import Request, open_dataset
from ganzoo.engine.generator import Generator
from ganzoo.judge import classifier


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.Config):
    latent_dim: Annotated[int, "Z"] = 1


@pytest.fixture
def quick_classifier(tmp_path, monkeypatch):
    """Classifiers are trained for 150 steps and kept in tmp_path."""
    monkeypatch.setenv("GANZOO_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(classifier, "_STEPS", 150)


@pytest.fixture
def opened():
    """opened(name, size) -> a data set, of 1,797 samples at most."""

    def open_few(name, size=8):
        dataset = open_dataset(name, Request(root=None, size=size, channels=None))
        return replace(dataset, samples=dataset.samples[:1797], labels=dataset.labels[:1797])

    return open_few


@pytest.fixture
def copier():
    """copier(dataset, choose) -> a generator of the data's samples, of indices choose(draws in [0, 1), label)."""

    def make(dataset, choose=None):
        def index(batch):
            rank = batch.z[:, 0]
            return (rank * len(dataset)).long() if choose is None else choose(rank, batch.label)

        architecture = ganzoo.Architecture(
            Config,
            lambda config, space: {"G": nn.Identity()},
            lambda config: [],
            prior=lambda n, config, space, device: torch.rand(n, 1),
            generate=lambda nets, batch, config: dataset.real(index(batch)),
        )
        return Generator("copier", architecture, Config(), dataset.space, {"G": nn.Identity()})

    return make
