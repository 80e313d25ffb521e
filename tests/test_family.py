"""One distribution with two GANs, networks of its own that both share, a data set, a metric and an observer."""

import importlib
import json
import sys
from pathlib import Path

import pytest
import torch

from ganzoo import catalogue
from ganzoo.testing import conformance

NETWORKS = '''"""Networks of the family."""

from torch import nn


def generator(latent_dim, space):
    return nn.Sequential(nn.Linear(latent_dim, space.numbers), nn.Tanh(), nn.Unflatten(1, space.shape))


def critic(space):
    return nn.Sequential(nn.Flatten(), nn.Linear(space.numbers, 1), nn.Flatten(0))
'''
STRIPES = '''"""Stripes: images of one grey each."""

import numpy as np

import ganzoo
from ganzoo.data import Summary
from ganzoo.data.arrays import image_dataset


@ganzoo.hookimpl
def ganzoo_dataset(request):
    images = np.zeros((40, 1, 8, 8), np.uint8) + np.arange(40, dtype=np.uint8)[:, None, None, None]
    return image_dataset("stripes", images, request, None, ())


@ganzoo.hookimpl
def ganzoo_dataset_summary(root):
    return Summary(count=40, shape=(1, 8, 8), classes=0, present=True, where="built in")
'''
GREY = '''"""Grey: how dark the samples are."""

import ganzoo
from ganzoo.judge.metric import Metric


class Tally:
    def __init__(self, subject):
        self.sum, self.count = 0.0, 0

    def real(self, part):
        pass

    def fake(self, part):
        self.sum += float(part.samples.sum())
        self.count += part.samples.numel()

    def values(self):
        return {"grey": self.sum / self.count}


@ganzoo.hookimpl
def ganzoo_metric():
    return Metric(tally=Tally, protocol="mean of all numbers", least=lambda subject: 1, compares=False)
'''
WATCHER = '''"""Watcher: counts log points in the record."""

import ganzoo


class Count:
    def __init__(self):
        self.points = 0

    @ganzoo.hookimpl
    def ganzoo_step_ended(self, run):
        self.points += 1
        run.record["points"] = self.points


@ganzoo.hookimpl
def ganzoo_observer(settings):
    return Count()
'''
POINTS = """
[ganzoo.architectures]
first = stranger_family.first
second = stranger_family.second
[ganzoo.datasets]
stripes = stranger_family.stripes
[ganzoo.metrics]
grey = stranger_family.grey
[ganzoo.observers]
counting = stranger_family.watcher
"""


@pytest.fixture(autouse=True)
def family(installed, monkeypatch):
    monkeypatch.setenv("GANZOO_BLOCK_PLUGINS", "pictures")
    start, end = installed.good.index("def networks("), installed.good.index("def value(")
    nets = """from stranger_family import networks as blocks


def networks(config, space):
    return {"G": blocks.generator(config.latent_dim, space), "D": blocks.critic(space)}


"""
    first = installed.good[:start] + nets + installed.good[end:]
    second = first.replace("Tiny GAN", "Tinier GAN").replace("lr=1e-3", "lr=2e-3")
    files = {"__init__": "", "networks": NETWORKS, "first": first, "second": second}
    files |= {"stripes": STRIPES, "grey": GREY, "watcher": WATCHER}
    package = installed.folder / "stranger_family"
    package.mkdir()
    for name, text in files.items():
        (package / f"{name}.py").write_text(text)
    info = installed.folder / "ganzoo_family-0.3.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: ganzoo-family\nVersion: 0.3\n")
    (info / "entry_points.txt").write_text(POINTS)
    importlib.invalidate_caches()


@pytest.mark.parametrize("name", ["first", "second"])
def test_each_of_its_gans_conforms(name):
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    conformance(name)
    torch.set_num_threads(threads)


def test_all_of_it_is_listed_without_being_imported(ganzoo):
    assert {"first", "second"} <= set(ganzoo("list", "-q")[1].split())
    assert {catalogue.entry(name).distribution for name in ("first", "second")} == {"ganzoo-family"}
    assert "stranger_family" not in sys.modules
    assert "stripes" in ganzoo("datasets")[1]
    ours = [
        found
        for group in catalogue.GROUPS
        for found in catalogue.entries(group)
        if found.distribution == "ganzoo-family"
    ]
    assert len(ours) == 5
    for found in ours:
        catalogue.check(found)


def test_its_parts_work_together_and_with_those_of_others(ganzoo):
    code, out, err = ganzoo("train", "first", "--data", "stripes", "--steps", "3", "--log-every", "1", "-q")
    assert (code, out) == (0, "runs/first-stripes-001\n"), err
    lines = Path(out.strip(), "metrics.jsonl").read_text().splitlines()
    assert [json.loads(line)["points"] for line in lines] == [1, 2, 3]
    code, out, err = ganzoo("evaluate", "latest", "--metric", "grey", "-n", "20", "--extractor", "raw")
    assert code == 0, err
    assert "grey" in out
    code, _, err = ganzoo("train", "vanilla-mlp", "--data", "stripes", "--batch", "8", "--steps", "1", "-q")
    assert code == 0, err
    assert "makes images, and" in ganzoo("train", "second", "--data", "ring8", "-q")[2]
