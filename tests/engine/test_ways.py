"""Compiled turns play the same game, rounded otherwise; where there is no compiler, a run says so and plays on."""

import os
import subprocess
import sys

import pytest
import torch
import torch.nn.functional as F

import ganzoo
from ganzoo.engine.ways import Way, compiled

COMPILED = [Way("compiled", compiled)]

pytestmark = pytest.mark.slow  # a compiler takes its time


def value(nets, batch, config):
    real, fake = nets.D(batch.real), nets.D(nets.G(batch.z))
    batch.keep("gap", real.mean() - fake.mean())
    return {"real": F.logsigmoid(real).mean(), "fake": F.logsigmoid(-fake).mean() * batch.progress.exp()}


def fooling(nets, batch, config):
    return {"fake": F.logsigmoid(nets.D(nets.G(batch.z))).mean()}


def test_the_same_game_on_the_same_draws(make_game):
    """Batch and spectral norm, dropout, progress, and what an objective keeps for `after`, which is not compiled."""
    gaps = []

    def after(nets, terms, kept, config):
        gaps.append(kept["gap"].clone())

    by = ganzoo.SGD(lr=0.1)  # Adam's first steps are their gradients' signs, some of which are rounding
    players = [
        ganzoo.maximize(value, over="D", by=by, after=after),
        ganzoo.maximize(fooling, over="G", by=by, turns=2),
    ]
    plain, faster = make_game(players, ema=0.9), make_game(players, ema=0.9, ways=COMPILED)
    assert list(faster.recorder.make()) == ["value: each turn is compiled", "fooling: each turn is compiled"]
    del gaps[:]
    for game in (plain, faster):
        for step in range(5):
            game.step(step)
    theirs = plain.state.tensors()
    for name, tensor in faster.state.tensors().items():
        torch.testing.assert_close(
            tensor, theirs[name], rtol=1e-4, atol=1e-5, msg=lambda text, name=name: f"{name}: {text}"
        )
    assert len(torch.stack(gaps[:5]).unique()) == 5
    torch.testing.assert_close(gaps[5:], gaps[:5], rtol=1e-4, atol=1e-5)


def test_a_turn_that_is_not_finite_is_undone(make_game):
    def failing(nets, batch, config):
        return {"fake": fooling(nets, batch, config)["fake"] * torch.where(batch.step == 1, torch.nan, 1.0)}

    by = ganzoo.Adam(lr=1e-2)
    game = make_game([ganzoo.maximize(failing, over="G", by=by)], ways=COMPILED)
    assert list(game.recorder.make()) == ["failing: each turn is compiled"]
    game.step(0)
    before = [parameter.clone() for parameter in game.state.modules["G"].parameters()]
    game.step(1)
    assert all(map(torch.equal, before, game.state.modules["G"].parameters()))
    assert game.seats[0].tally.read()["rejected"] == 1


def test_a_run_is_resumed_to_the_same_bits(small, differences, tmp_path):
    settings = small("vanilla-mlp", steps=4) | {"compile": True}
    whole = ganzoo.train("vanilla-mlp", **settings, out="whole")
    ganzoo.train("vanilla-mlp", **settings | {"steps": 2}, out="half")
    resumed = ganzoo.resume("half", steps=4)
    assert not differences(whole.game.state.tensors(), resumed.game.state.tensors())
    assert (tmp_path / "half" / "log.txt").read_text().count(" value: each turn is compiled\n") == 2


def test_without_a_compiler_a_run_says_so_and_plays_on(tmp_path):
    command = [sys.executable, "-m", "ganzoo", "train", "vanilla-mlp", "--compile", "--steps", "2", "--out", "run"]
    nowhere = {"CXX": str(tmp_path / "none"), "TORCHINDUCTOR_CACHE_DIR": str(tmp_path / "cache")}
    done = subprocess.run(command, cwd=tmp_path, env={**os.environ, **nowhere}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    said = "value: each turn is played operator by operator, it is not compiled: "
    assert [line for line in (done.stdout + done.stderr).splitlines() if line.startswith(said)]
    assert (tmp_path / "run" / "model").is_dir()


@pytest.mark.parametrize("name", ["wgan-gp", "srgan"])
def test_gans_compile(name):
    """Double backward and a moving average; phases and a content loss."""
    from ganzoo.testing.case import Case

    news = list(Case(name).game(ways=COMPILED).recorder.make())
    assert news
    assert all(line.endswith(": each turn is compiled") for line in news), news
