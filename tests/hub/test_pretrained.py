"""The generators that come with ganzoo: whole, small, and drawing what they drew when they were bundled."""

import json
from pathlib import Path

import pytest

import ganzoo
from ganzoo.data.dataset import fingerprint
from ganzoo.hub import registry

GOLDENS = Path(__file__).parent / "pretrained.json"
BUNDLED = {name: model for name, model in registry.read().models.items() if model.path}


def blocks(samples):
    """Means of a 4x4 raster over the first samples, (n, 16), to three decimals: what a person would call the same."""
    pixels = samples.tensor.mean(1)
    side = pixels.shape[-1] // 4
    means = pixels[:, : 4 * side, : 4 * side].unflatten(1, (4, side)).unflatten(3, (4, side)).mean((2, 4))
    return [[round(float(value), 3) for value in row] for row in means.flatten(1)]


@pytest.mark.parametrize("name", BUNDLED)
def test_it_draws_what_it_drew(name):
    """After a change of an architecture's meaning, raise its revision and train the model anew."""
    drawn = blocks(ganzoo.load(name).sample(3, seed=0))
    for row, golden in zip(drawn, json.loads(GOLDENS.read_text())[name], strict=True):
        assert row == pytest.approx(golden, abs=0.02)


@pytest.mark.parametrize("name", BUNDLED)
def test_its_samples_are_no_constant_pictures(name):
    samples = ganzoo.load(name).sample(32, seed=1).tensor
    assert samples.std(0).mean() > 0.2
    assert samples.amax() > 0.5


def test_they_are_named_here_and_small():
    assert sorted(json.loads(GOLDENS.read_text())) == sorted(BUNDLED)
    assert {"vanilla-mlp.digits", "dcgan.digits"} <= BUNDLED.keys()
    assert sum(model.size for model in BUNDLED.values()) < 5_000_000


def test_a_folder_of_each_holds_what_the_registry_says_and_nothing_else():
    for model in BUNDLED.values():
        assert sorted(path.name for path in model.path.iterdir()) == sorted(model.files)


@pytest.mark.parametrize("name", BUNDLED)
def test_its_listed_metrics_were_measured_on_these_weights(name):
    model = BUNDLED[name]
    measured = json.loads((model.path / "metrics.json").read_text())
    weights = sorted(ganzoo.load(name).state_dict().items())
    assert measured["weights"] == fingerprint(*(value.numpy() for _, value in weights))
    assert {metric.name for metric in model.metrics} >= {"classes", "frechet_distance", "precision", "recall"}
    for metric in model.metrics:
        found = measured["values"][metric.name]
        assert metric.value == pytest.approx(found["value"], rel=1e-3)
        assert (metric.n, metric.extractor) == (found["generated"], found["extractor"])
        assert metric.dataset == measured["data"] == model.dataset
        assert metric.higher_is_better is None
