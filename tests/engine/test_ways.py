"""Compiled turns play the same game, rounded otherwise; where there is no compiler, a run says so and plays on."""

import os
import subprocess
import sys

import pytest
import torch
import torch.nn.functional as F
from torch import nn

import ganzoo
from ganzoo.engine.ways import SIMPLER, Way, compiled
from ganzoo.nn import Dropout

COMPILED = [Way("compiled", compiled, exact=False)]


def value(nets, batch, config):
    real, fake = nets.D(batch.real), nets.D(nets.G(batch.z))
    batch.keep("gap", real.mean() - fake.mean())
    return {"real": F.logsigmoid(real).mean(), "fake": F.logsigmoid(-fake).mean() * batch.progress.exp()}


def fooling(nets, batch, config):
    return {"fake": F.logsigmoid(nets.D(nets.G(batch.z))).mean()}


def watched():
    """G, and D with a buffer that `after` writes. No bias goes straight into batch norm: its gradient would be rounding
    alone, of which Adam makes whole steps.
    """
    torch.manual_seed(0)
    layers = [nn.Linear(2, 4, bias=False), nn.BatchNorm1d(4), nn.LeakyReLU(0.2), Dropout(0.5), nn.Linear(4, 1)]
    layers[-1] = nn.utils.parametrizations.spectral_norm(layers[-1])
    discriminator = nn.Sequential(*layers, nn.Flatten(0))
    discriminator.register_buffer("seen", torch.zeros(()))
    return {"G": nn.Sequential(nn.Linear(3, 2), nn.Tanh()), "D": discriminator}


@pytest.mark.parametrize("kernel", [torch._fused_adam_, torch._fused_adamw_])
@pytest.mark.parametrize("numbers", [{"beta1": 0.5, "weight_decay": 0.0}, {"beta1": 0.0, "weight_decay": 0.1}])
def test_what_replaces_a_kernel_computes_the_same(kernel, numbers):
    """Adam: five steps of two parameters, of which the third is not made."""
    numbers = {"lr": 1e-2, "beta2": 0.9, "eps": 1e-3, "amsgrad": False, "maximize": False} | numbers
    simpler = SIMPLER[getattr(torch.ops.aten, kernel.__name__).default]
    states = []
    for move in (kernel, simpler):
        torch.manual_seed(0)
        parameters, steps = [torch.randn(3, 2), torch.randn(5)], [torch.zeros(()), torch.zeros(())]
        means, squares = ([torch.zeros_like(p) for p in parameters] for _ in range(2))
        for turn in range(5):
            gradients, infinite = [torch.randn_like(p) for p in parameters], torch.tensor(float(turn == 2))
            torch._foreach_add_(steps, 1 - infinite)
            move(parameters, gradients, means, squares, [], steps, found_inf=infinite, **numbers)
        states.append([*parameters, *means, *squares])
    torch.testing.assert_close(states[1], states[0], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("schedule", "by", "opposite"),
    [
        ("constant", ganzoo.SGD(lr=0.1, momentum=0.5), ganzoo.Adam(lr=1e-3, betas=(0.0, 0.9))),
        ("cosine", ganzoo.RMSprop(lr=1e-3), ganzoo.AdamW(lr=1e-3)),
    ],
    ids=["whole turns", "in parts"],
)
@pytest.mark.slow
def test_the_same_game_on_the_same_draws(make_game, schedule, by, opposite):
    """Batch and spectral norm, dropout, progress, a moving average, and what an objective keeps for `after`."""

    def after(nets, terms, kept, config):
        nets.D.seen.mul_(0.5).add_(kept["gap"])

    players = [
        ganzoo.maximize(value, over="D", by=by, after=after),
        ganzoo.maximize(fooling, over="G", by=opposite, turns=2),
    ]
    plain, faster = (
        make_game(players, watched(), ema=0.9, clip=0.1, schedule=schedule, ways=ways) for ways in ((), COMPILED)
    )
    assert list(faster.recorder.make()) == ["value: each turn is compiled", "fooling: each turn is compiled"]
    for game in (plain, faster):
        for step in range(5):
            game.step(step)
    theirs = plain.state.tensors()
    assert theirs["nets.D.seen"]
    for name, tensor in faster.state.tensors().items():
        torch.testing.assert_close(
            tensor, theirs[name], rtol=1e-4, atol=1e-5, msg=lambda text, name=name: f"{name}: {text}"
        )
    for one, other in zip(plain.seats, faster.seats, strict=True):
        assert one.tally.read() == pytest.approx(other.tally.read(), rel=1e-4)


@pytest.mark.slow
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


@pytest.mark.slow
def test_a_run_is_resumed_to_the_same_bits(small, differences, tmp_path):
    settings = small("vanilla-mlp", steps=4) | {"compile": True}
    whole = ganzoo.train("vanilla-mlp", **settings, out="whole")
    ganzoo.train("vanilla-mlp", **settings | {"steps": 2}, out="half")
    resumed = ganzoo.resume("half", steps=4)
    assert not differences(whole.game.state.tensors(), resumed.game.state.tensors())
    assert (tmp_path / "half" / "log.txt").read_text().count(" value: each turn is compiled\n") == 2


@pytest.mark.slow
def test_without_a_compiler_a_run_says_so_and_plays_on(tmp_path):
    command = [sys.executable, "-m", "ganzoo", "train", "vanilla-mlp", "--compile", "--steps", "2", "--out", "run"]
    nowhere = {"CXX": str(tmp_path / "none"), "TORCHINDUCTOR_CACHE_DIR": str(tmp_path / "cache")}
    done = subprocess.run(command, cwd=tmp_path, env={**os.environ, **nowhere}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    said = "value: each turn is played operator by operator, it is not compiled: there is no C++ compiler"
    assert [line for line in (done.stdout + done.stderr).splitlines() if line.startswith(said)]
    assert (tmp_path / "run" / "model").is_dir()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["wgan-gp", "srgan"])
def test_gans_compile(name):
    """Double backward and a moving average; phases and a content loss."""
    from ganzoo.testing.case import Case

    news = list(Case(name).game(ways=COMPILED).recorder.make())
    assert news
    assert all(line.endswith(": each turn is compiled") for line in news), news
