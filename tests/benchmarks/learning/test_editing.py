import json
import math
import sys

import numpy as np
import pytest
import torch
from click.testing import CliRunner

from benchmarks.learning import editing as module
from benchmarks.learning.editing import editing, likeness, photographs
from ganzoo.judge.fidelity import psnr, ssim


@pytest.fixture(autouse=True)
def results(tmp_path, monkeypatch):
    monkeypatch.setenv("GANZOO_BLOCK_PLUGINS", "log,pictures,probes")
    monkeypatch.setattr(module, "RESULTS", tmp_path)
    return tmp_path


@pytest.fixture
def two_each(monkeypatch):
    """Four pictures of 96x80 in place of the photographs, whose package is no dependency."""
    rng = np.random.default_rng(0)
    pictures = {name: rng.integers(0, 256, (96, 80, 3), np.uint8) for name in ("a", "b", "c", "d")}
    monkeypatch.setattr(module, "pictures_by_name", lambda: pictures)
    monkeypatch.setattr(module, "TRAINED", ("a", "b"))
    monkeypatch.setattr(module, "HELD", ("c", "d"))
    return pictures


def test_photographs_are_patches_of_which_whole_pictures_are_held_out(tmp_path, two_each):
    train, held = photographs(tmp_path)
    with np.load(train) as trained, np.load(held) as kept:
        assert trained["images"].shape == (2 * 5 * 4, 32, 32, 3)
        assert kept["images"].shape == (2 * 3 * 2, 32, 32, 3)
        assert kept["labels"].tolist() == [*"cccccc", *"dddddd"]
        assert np.array_equal(kept["images"][9], two_each["d"][32:64, 32:64])


def test_a_photograph_has_one_psnr_and_patches_of_it_none_of_their_own():
    torch.manual_seed(0)
    target = torch.rand(5, 1, 16, 16) * 2 - 1
    made = (target + torch.tensor([0.01, 0.5, 0.1, 0.1, 0.2]).view(-1, 1, 1, 1) * torch.randn(target.shape)).clamp(
        -1, 1
    )
    two = torch.tensor([0, 0, 0, 1, 1])
    whole = [float(psnr(*(torch.cat(list(x[part]), 2)[None] for x in (made, target)))) for part in (two == 0, two == 1)]
    alike = ssim(made, target)
    expected = (sum(whole) / 2, float((alike[:3].mean() + alike[3:].mean()) / 2))
    assert likeness(made, target, 0, two) == pytest.approx(expected, rel=1e-6)
    each = (float(psnr(made, target, 2).mean()), float(ssim(made, target, 2).mean()))
    assert likeness(made, target, 2, torch.arange(5)) == pytest.approx(each, rel=1e-6)
    assert likeness(target, target, 0, two) == (math.inf, pytest.approx(1))


def test_one_line_for_each_gan_and_a_picture(results):
    arguments = ["srgan", "--steps", "2", "-o", "pretrain=1", "-o", "width=2", "--pictures", str(results)]
    done = CliRunner().invoke(editing, arguments, catch_exceptions=False)
    row = done.output.splitlines()[-1].split(" | ")
    assert row[:3] == ["| srgan", "downscale:4", "2"]
    assert len(row) == 7
    assert (results / "srgan-digits.png").is_file()
    (found,) = json.loads((results / "editing-digits.json").read_text()).values()
    assert f"{found['start'][0]:.2f} dB" in row[4]


def test_patches_of_photographs_are_translated_too(results, two_each):
    arguments = ["ccgan", "--photographs", "--steps", "1", "-o", "width=2"]
    done = CliRunner().invoke(editing, arguments, catch_exceptions=False)
    assert done.output.splitlines()[-1].startswith("| ccgan | mask:random | 1 | ")


def test_without_scikit_image_one_line_says_what_to_type(monkeypatch):
    monkeypatch.setitem(sys.modules, "skimage", None)
    done = CliRunner().invoke(editing, ["srgan", "--photographs"])
    assert done.exit_code == 2
    assert "uv run --with scikit-image python -m benchmarks.learning.editing --photographs NAME" in done.output
    assert len(done.output.strip().splitlines()) == 1


def test_a_translation_that_draws_is_given_noise_beside_its_sources():
    done = CliRunner().invoke(editing, ["munit", "--steps", "1", "-o", "width=2"], catch_exceptions=False)
    assert done.output.splitlines()[-1].startswith("| munit | edges | 1 | ")
