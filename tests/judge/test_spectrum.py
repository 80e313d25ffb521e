import math
from dataclasses import dataclass
from typing import Annotated

import pytest
import torch
from torch import nn

import ganzoo
from ganzoo.engine.game import Game
from ganzoo.engine.state import State
from ganzoo.judge.spectrum import spectrum
from ganzoo.testing.case import Case


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.Config):
    latent_dim: Annotated[int, "Z"] = 1


class Point(nn.Module):
    def __init__(self, *numbers):
        super().__init__()
        self.at = nn.Parameter(torch.tensor(numbers))
        self.register_buffer("looks", torch.zeros(()))

    def forward(self):
        self.looks += 1
        return self.at


def game_of(one, other, objective, second=None, goal=ganzoo.maximize):
    by = ganzoo.SGD(lr=0.1)
    players = [
        ganzoo.minimize(objective, over="x", by=by, name="first"),
        goal(second or objective, over="y", by=by, name="second"),
    ]
    architecture = ganzoo.Architecture(
        Config, lambda config, space: {"x": one, "y": other}, lambda config: players, generator=("x",), spaces=("game",)
    )
    state = State({"x": one, "y": other}, players, ("x",), average=False)
    space = ganzoo.Space(kind="game", shape=())
    return Game(
        architecture, Config(), space, players, state, None, device=torch.device("cpu"), seed=0, batch=1, steps=1
    )


def eigenvalues(game):
    return sorted((z.real, z.imag) for z in spectrum(game).tolist())


def test_the_bilinear_game_turns_and_nothing_is_left_behind():
    game = game_of(Point(1.0), Point(1.0), lambda nets, batch, config: {"value": (nets.x() * nets.y()).sum()})
    before = {name: value.clone() for name, value in game.state.tensors().items()}
    flags = [weight.requires_grad for seat in game.seats for weight in (*seat.on, *seat.off)]
    assert eigenvalues(game) == [(pytest.approx(0), pytest.approx(-1)), (pytest.approx(0), pytest.approx(1))]
    assert all(torch.equal(value, before[name]) for name, value in game.state.tensors().items())
    assert [weight.requires_grad for seat in game.seats for weight in (*seat.on, *seat.off)] == flags
    assert all(weight.grad is None for seat in game.seats for weight in seat.on)


@pytest.mark.parametrize("weight", [0.0, 0.3, 1.0, 2.0])
def test_a_penalised_player_by_the_closed_form(weight):
    """The field (-psi/2, theta/2 - g psi) of the Dirac-GAN with R1 at its equilibrium."""

    def value(nets, batch, config):
        return {"value": nets.x().sum() * nets.y().sum() / 2, "penalty": -weight / 2 * nets.y().square().sum()}

    middle, root = -weight / 2, complex(weight**2 / 4 - 0.25) ** 0.5
    expected = sorted((z.real, z.imag) for z in (middle - root, middle + root))
    found = eigenvalues(game_of(Point(0.0), Point(0.0), value))
    for mine, theirs in zip(found, expected, strict=True):
        assert mine == pytest.approx(theirs, abs=1e-3 if weight == 1 else 1e-6)  # a double root is ill-conditioned


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, 0.5j),
        ({"loss": "nonsaturating"}, 0.5j),
        ({"loss": "wgan"}, 1j),
        ({"r1": 0.5}, -0.25 + 0.4330127j),
        ({"r1": 0.3, "r2": 0.2}, -0.25 + 0.4330127j),
        ({"noise": 0.7}, -0.1225 + 0.4847629j),
    ],
    ids=str,
)
def test_dirac_gan_at_its_equilibrium(options, expected):
    """Mescheder et al. 2018, section 2 and table 1: which of these games converge, by the real part."""
    case = Case("dirac-gan")
    case.config = case.architecture.config.parse({**options, "start": 0.0})
    found = eigenvalues(case.game())
    assert found[1] == (pytest.approx(expected.real, abs=1e-5), pytest.approx(expected.imag, abs=1e-5))
    assert found[0] == (pytest.approx(expected.real, abs=1e-5), pytest.approx(-expected.imag, abs=1e-5))


def test_a_shared_valley_pulls_both_and_a_constant_slope_gives_nothing():
    valley = game_of(
        Point(1.0, 2.0), Point(3.0),
        lambda nets, batch, config: {"own": 1.5 * nets.x().square().sum(), "seen": nets.y().sum().detach()},
        lambda nets, batch, config: {"slope": nets.y().sum()},
    )  # fmt: skip
    assert [real for real, _ in eigenvalues(valley)] == pytest.approx([-3.0, -3.0, 0.0])
    assert math.isclose(sum(abs(imaginary) for _, imaginary in eigenvalues(valley)), 0, abs_tol=1e-9)
