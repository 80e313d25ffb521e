import json

import pytest
from click.testing import CliRunner

from benchmarks.learning import mixtures as module
from ganzoo import catalogue


@pytest.mark.parametrize("name", ["vanilla-mlp", "lsgan", "wgan-gp", "sngan", "r3gan", "pacgan"])
def test_the_same_conditions_are_options_that_each_gan_has(name):
    config = catalogue.load(name).config.parse(module.options_of(name, 1e-3, {}))
    if name == "pacgan":
        base = catalogue.load("vanilla-mlp").config.parse(dict(o.split("=", 1) for o in config.base_options))
        assert (base.width, base.dropout, base.latent_dim, base.lr) == (64, 0, 2, 1e-3)
    else:
        assert (config.latent_dim, config.lr) == (2, 1e-3)


def test_a_command_that_was_stopped_goes_on_where_it_was(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "RESULTS", tmp_path)
    monkeypatch.setenv("GANZOO_BLOCK_PLUGINS", "")
    played, play = [], module.play
    monkeypatch.setattr(
        module, "play", lambda gan, data, seed, *a, **k: played.append(seed) or play(gan, data, seed, *a, **k)
    )
    for seeds in ("1", "2"):
        done = CliRunner().invoke(
            module.mixtures,
            ["lsgan@extragradient", "--seeds", seeds, "--steps", "2", "--batch", "8", "-o", "units=6"],
            catch_exceptions=False,
        )
    assert played == [0, 1]
    rows = json.loads((tmp_path / "ring8.json").read_text())["lsgan@extragradient, 2 steps, batch 8, units=6"]
    assert [(row["seed"], row["steps"]) for row in rows] == [(0, 2), (1, 2)]
    assert all(0 <= row["good"] <= 1 and 0 <= row["modes"] <= 8 for row in rows)
    assert "| lsgan@extragradient, 2 steps, batch 8, units=6 |" in done.output
