"""The dynamics, held to games whose course is known in closed form and to their own definitions."""

import math

import pytest
import torch

import ganzoo
from ganzoo import catalogue
from ganzoo.contract import Space
from ganzoo.dynamics import DYNAMICS, read_dynamics
from ganzoo.engine.game import Game
from ganzoo.engine.optimise import Mover
from ganzoo.engine.state import State
from ganzoo.errors import UsageError
from ganzoo.testing.case import Case, equal, made_up

GAME = Space(kind="game", shape=())


def play(name, dynamics, steps, **options):
    """The two numbers of a toy game in float64 after some steps."""
    architecture = catalogue.load(name)
    config = architecture.config(**options)
    players = list(architecture.players(config))
    modules = {key: module.double() for key, module in architecture.networks(config, GAME).items()}
    state = State(modules, players, architecture.generator, average=False)
    game = Game(
        architecture, config, GAME, players, state, None,
        device=torch.device("cpu"), seed=0, batch=1, steps=steps, dynamics=dynamics,
    )  # fmt: skip
    for step in range(steps):
        game.step(step)
    return [module.value.item() for module in modules.values()]


@pytest.mark.parametrize(
    ("dynamics", "radius"), [("simultaneous", 2.325861), ("extragradient", 0.859940), ("optimistic", 0.859985)]
)
def test_bilinear_game_ends_where_it_should(dynamics, radius):
    assert math.hypot(*play("bilinear", dynamics, 100)) == pytest.approx(radius, abs=1e-5)


def test_simultaneous_play_of_the_bilinear_game_grows_by_the_closed_form():
    assert math.hypot(*play("bilinear", "simultaneous", 100)) == pytest.approx(math.sqrt(2) * 1.01**50, abs=1e-9)


def test_alternating_play_conserves_its_quantity():
    for steps in (1, 10, 100):
        x, y = play("bilinear", "alternating", steps)
        assert x * x + y * y - 0.1 * x * y == pytest.approx(1.9, abs=1e-9)


def test_consensus_contracts_the_bilinear_game_by_the_closed_form():
    """w' = w + h (v - g grad |v|^2 / 2) with v = (-y, x): the matrix (1 - h g) I + h J."""
    h, g, steps = 0.1, 2.0, 30
    factor = math.hypot(1 - h * g, h)
    assert math.hypot(*play("bilinear", "consensus:2", steps)) == pytest.approx(math.sqrt(2) * factor**steps, abs=1e-9)


def test_unrolling_the_bilinear_game_is_the_closed_form():
    """y descends against x after K more steps of x, x - K h y: its gradient of (x - K h y) y is x - 2 K h y."""
    h, steps_ahead = 0.1, 3
    x = y = 1.0
    for _ in range(20):
        x, y = x - h * y, y + h * (x - 2 * steps_ahead * h * y)
    assert play("bilinear", f"unrolled:{steps_ahead}", 20) == pytest.approx([x, y], abs=1e-9)


@pytest.mark.parametrize(
    ("dynamics", "r1", "radius"),
    [
        ("simultaneous", 0.0, 3.09695),
        ("alternating", 0.0, 1.42102),
        ("simultaneous", 0.3, 2.643e-6),
        ("alternating", 0.3, 2.301e-7),
    ],
)
def test_dirac_gan_ends_where_its_authors_say(dynamics, r1, radius):
    assert math.hypot(*play("dirac-gan", dynamics, 500, r1=r1)) == pytest.approx(radius, rel=3e-4)


def test_consensus_makes_the_dirac_gan_converge_at_its_eigenvalues():
    """-1/4 +- i/2 with weight 1, where the plain game has +- i/2 (Mescheder et al. 2018): a step there is 1 + h z."""
    near, h, steps = 1e-4, 0.2, 30
    expected = math.sqrt(2) * near * abs(1 + h * complex(-0.25, 0.5)) ** steps
    assert math.hypot(*play("dirac-gan", "consensus:1", steps, start=near)) == pytest.approx(expected, rel=1e-5)


def test_unrolled_adam_looks_ahead_through_adam():
    """One imagined step of the engine's Adam is torch's own step, and the gradient flows through it."""
    weight = torch.nn.Parameter(torch.tensor([1.0, -2.0]))
    mover = Mover(ganzoo.Adam(lr=0.1), {"w": weight})
    slope = torch.tensor([0.3, -0.7], requires_grad=True)
    imagined = weight.clone()
    mover.imagine([imagined], [slope], mover.copy_of_state(), 0.0)
    with torch.no_grad():
        mover.step([slope.detach()], torch.tensor(True), 0.0)
    assert torch.allclose(imagined, weight, atol=1e-6)
    assert torch.autograd.grad(imagined.sum(), slope)[0].isfinite().all()


JOINT = [name for name in DYNAMICS if name != "alternating"]


def joint_game(dynamics, name="vanilla-mlp"):
    case = Case(name)
    space = case.spaces[-1]
    players = list(case.architecture.players(case.config))
    state = State(case.networks(space), players, case.architecture.generator, average=True)
    return Game(
        case.architecture, case.config, space, players, state, made_up(space),
        device=torch.device("cpu"), seed=0, batch=4, steps=6, ema=0.9, dynamics=dynamics,
    )  # fmt: skip


@pytest.mark.parametrize("name", JOINT)
def test_a_resumed_game_has_the_bits_of_one_never_stopped(name):
    whole, first, second = joint_game(name), joint_game(name), joint_game(name)
    for step in range(4):
        whole.step(step)
    for step in range(2):
        first.step(step)
    second.state.load({key: value.clone() for key, value in first.state.tensors().items()})
    for step in range(2, 4):
        second.step(step)
    assert all(seat.tally.read()["rejected"] == 0 for seat in whole.seats)
    assert equal(whole.state.tensors(), second.state.tensors()) == []


@pytest.mark.parametrize("name", JOINT)
def test_a_step_that_is_not_finite_is_undone_whole(name):
    game = joint_game(name)
    game.step(0)
    before = {key: value.clone() for key, value in game.state.tensors().items()}
    objective = game.seats[1].player.objective

    def broken(nets, batch, config):
        return {key: term * float("nan") for key, term in objective(nets, batch, config).items()}

    object.__setattr__(game.seats[1].player, "objective", broken)
    game.step(1)
    assert equal(before, game.state.tensors()) == []
    object.__setattr__(game.seats[1].player, "objective", objective)
    game.step(2)
    assert equal(before, game.state.tensors()) != []


def test_players_with_more_turns_are_refused_by_name():
    with pytest.raises(UsageError, match=r"player 'distance' has turns=5"):
        joint_game("simultaneous", "wgan-gp")


@pytest.mark.parametrize(("text", "read"), [("unrolled", ("unrolled", 5.0)), ("consensus:0.5", ("consensus", 0.5))])
def test_dynamics_are_read(text, read):
    assert read_dynamics(text) == read


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("unroled", "did you mean 'unrolled'"),
        ("unrolled:0.5", "type for example --dynamics unrolled:5"),
        ("simultaneous:3", "type for example --dynamics simultaneous"),
        ("consensus:x", "type for example --dynamics consensus:1"),
    ],
)
def test_what_is_no_dynamics_is_said(text, said):
    with pytest.raises(UsageError, match=said):
        read_dynamics(text)
