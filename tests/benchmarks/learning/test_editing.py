import numpy as np
from click.testing import CliRunner

from benchmarks.learning.editing import editing, photographs


def test_photographs_are_patches_of_which_the_right_is_held_out(tmp_path):
    train, held = photographs(tmp_path)
    with np.load(train) as trained, np.load(held) as kept:
        assert trained["images"].shape == (2 * 25 * 29, 32, 32, 3)
        assert kept["images"].shape == (2 * 13 * 5, 32, 32, 3)


def test_one_line_for_each_gan_and_a_picture(tmp_path, monkeypatch):
    monkeypatch.setenv("GANZOO_BLOCK_PLUGINS", "log,pictures,probes")
    arguments = ["srgan", "--steps", "2", "-o", "pretrain=1", "-o", "width=2", "--pictures", str(tmp_path)]
    done = CliRunner().invoke(editing, arguments, catch_exceptions=False)
    row = done.output.splitlines()[-1].split(" | ")
    assert row[:3] == ["| srgan", "downscale:4", "2"]
    assert len(row) == 6
    assert (tmp_path / "srgan.png").is_file()


def test_a_translation_that_draws_is_given_noise_beside_its_sources(monkeypatch):
    monkeypatch.setenv("GANZOO_BLOCK_PLUGINS", "log,pictures,probes")
    done = CliRunner().invoke(editing, ["munit", "--steps", "1", "-o", "width=2"], catch_exceptions=False)
    assert done.output.splitlines()[-1].startswith("| munit | edges | 1 | ")
