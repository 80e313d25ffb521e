import json

import pytest
import torch
from click.testing import CliRunner
from PIL import Image

from benchmarks.learning import images as module
from ganzoo import catalogue


@pytest.fixture(scope="module")
def judge():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield module.Judge("digits", None)
    torch.set_num_threads(before)


def test_reals_are_of_all_classes_and_nearest_to_reals(judge):
    data = judge.open(16)
    found = judge.judge(data.real(torch.arange(1000)))
    noise = judge.judge(torch.rand(1000, 1, 16, 16) * 2 - 1)
    assert found["classes"] == 10
    assert judge.trained.accuracy > 0.95
    assert judge.least(16) < 1 < 10 < noise["distance"]
    assert found["distance"] < 1


def test_it_knows_the_image_gans():
    known = module.known_image_gans()
    assert {"vanilla-mlp", "dcgan", "began", "infogan"} <= set(known) <= set(catalogue.names())
    assert not {"bilinear", "dirac-gan"} & set(known)


def test_results_are_kept_and_a_second_command_goes_on(tmp_path, monkeypatch, judge):
    monkeypatch.setattr(module, "RESULTS", tmp_path)
    monkeypatch.setattr(module, "Judge", lambda name, root: judge)
    monkeypatch.setattr(module, "SAMPLES", 100)
    monkeypatch.setenv("GANZOO_BLOCK_PLUGINS", "")
    arguments = ["lsgan", "--steps", "2", "--pictures", str(tmp_path / "pictures")]
    for seeds in ("1", "2"):
        done = CliRunner().invoke(module.images, [*arguments, "--seeds", seeds], catch_exceptions=False)
    rows = json.loads((tmp_path / "images-digits.json").read_text())["lsgan"]
    assert [(row["seed"], row["size"], row["steps"]) for row in rows] == [(0, 16, 2), (1, 16, 2)]
    assert rows[0]["untrained"]["distance"] > rows[0]["reals"]
    with Image.open(tmp_path / "pictures" / "lsgan-digits-0.png") as picture:
        assert picture.width < 1000, "64 samples, eight by eight"
    assert "| lsgan |" in done.output
