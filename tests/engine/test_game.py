import math
from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch
import torch.nn.functional as F
from torch import nn

import ganzoo
from ganzoo.errors import PluginError

OPTIMISERS = [ganzoo.Adam(lr=1e-4), ganzoo.RMSprop(lr=1e-4, momentum=0.5), ganzoo.SGD(lr=1e-4, momentum=0.9)]


def slope(nets, batch, config):
    """An objective whose gradient is 1 for each number of the network `a`, and which reads nothing."""
    return {"sum": nets.a.weight.sum()}


def one(**when):
    """One player that climbs `slope` by plain steps of length 1, and its network, which starts at 0."""
    network = nn.Linear(1, 1, bias=False)
    nn.init.zeros_(network.weight)
    when = {"by": ganzoo.SGD(lr=1.0)} | when
    return [ganzoo.maximize(slope, over="a", **when)], {"a": network}


def played(game, steps, first=0):
    for step in range(first, first + steps):
        game.step(step)
    return game


def test_maximize_climbs_and_minimize_descends(make_game):
    players, modules = one()
    assert played(make_game(players, modules), 1).state.modules["a"].weight.item() == 1
    _, modules = one()
    descending = [ganzoo.minimize(slope, over="a", by=ganzoo.SGD(lr=1.0))]
    assert played(make_game(descending, modules), 1).state.modules["a"].weight.item() == -1


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ({"turns": 3}, [3, 6, 9, 12]),
        ({"every": 2}, [1, 1, 2, 2]),
        ({"start": 2}, [0, 0, 1, 2]),
        ({"stop": 2}, [1, 2, 2, 2]),
        ({"start": 1, "every": 2, "turns": 2}, [0, 2, 2, 4]),
    ],
)
def test_when_and_how_often_a_player_plays(make_game, when, expected):
    game = make_game(*one(**when))
    found = []
    for step in range(4):
        game.step(step)
        found.append(game.state.modules["a"].weight.item())
    assert found == expected


def test_the_same_seed_gives_the_same_bits_and_another_other_ones(make_game, copied, differences):
    first, second = (copied(played(make_game(), 3)) for _ in range(2))
    assert not differences(first, second)
    assert "nets.G.weight" in differences(first, copied(played(make_game(seed=1), 3)))


def test_what_was_drawn_before_does_not_matter(make_game, copied, differences):
    first = copied(played(make_game(), 2))
    game = make_game()
    played(game, 1)
    torch.manual_seed(77)
    torch.rand(5)
    assert not differences(first, copied(played(game, 1, first=1)))


def test_fetching_the_latents_does_not_disturb_other_draws(make_game):
    drawn = []

    def objective(nets, batch, config, late=False):
        z = None if late else batch.z
        drawn.append((torch.rand(3), batch.z if late else z))
        return slope(nets, batch, config)

    def later(nets, batch, config):
        return objective(nets, batch, config, late=True)

    for each in (objective, later):
        _, modules = one()
        played(make_game([ganzoo.maximize(each, over="a", by=ganzoo.SGD(lr=1.0), name="same")], modules), 1)
    assert torch.equal(drawn[0][0], drawn[1][0])
    assert torch.equal(drawn[0][1], drawn[1][1])


def seen_by(make_game, *names, turns=1, steps=10):
    """What each of some players found in its batches, a list of (real, label, z) per name."""
    seen = {name: [] for name in names}

    def player(name):
        def objective(nets, batch, config):
            seen[name].append((batch.real, batch.label, batch.z))
            return slope(nets, batch, config)

        return ganzoo.maximize(objective, over="a", by=ganzoo.SGD(lr=1.0), name=name, turns=turns)

    played(make_game([player(name) for name in names], one()[1]), steps)
    return seen


def test_an_epoch_shows_each_sample_once_with_its_label(make_game, toy):
    seen = seen_by(make_game, "first")["first"]
    rows = torch.cat([real for real, _, _ in seen])
    labels = torch.cat([label for _, label, _ in seen])
    assert sorted(map(tuple, rows.tolist())) == sorted(map(tuple, toy.samples.tolist()))
    assert torch.equal(labels, (rows[:, 0] > 0).long())


def test_each_turn_has_fresh_reals_and_noise_and_each_player_its_own(make_game):
    seen = seen_by(make_game, "first", "second", turns=2, steps=3)
    for place in (0, 2):  # reals, latents
        tensors = [found[place] for name in seen for found in seen[name]]
        assert len({tuple(tensor.flatten().tolist()) for tensor in tensors}) == 12


def test_a_field_that_nobody_touches_is_not_fetched(make_game, monkeypatch):
    players, modules = one()
    game = make_game(players, modules, prior=lambda *_: pytest.fail("the prior was drawn from"))
    monkeypatch.setattr(type(game.seats[0].stream), "real", lambda *_: pytest.fail("reals were fetched"))
    played(game, 1)


def test_a_field_that_does_not_exist_is_said(make_game):
    def objective(nets, batch, config):
        return {"term": batch.source.sum()}

    game = make_game([ganzoo.maximize(objective, over="a", by=ganzoo.SGD(lr=1.0))], one()[1])
    with pytest.raises(PluginError, match="player 'objective' raised AttributeError at step 0") as caught:
        game.step(0)
    assert "this batch has no 'source'; it has label, real, real_with, z" in str(caught.value.__cause__)


def test_step_and_progress_are_tensors_that_follow_the_run(make_game):
    seen = []

    def objective(nets, batch, config):
        seen.append((batch.step.item(), batch.progress.item(), len(batch)))
        return slope(nets, batch, config)

    played(make_game([ganzoo.maximize(objective, over="a", by=ganzoo.SGD(lr=1.0))], one()[1], steps=4), 3)
    assert seen == [(0, 0, 4), (1, 0.25, 4), (2, 0.5, 4)]


@pytest.mark.parametrize("clip", [None, 0.5])
def test_a_parameter_that_is_its_own_objective_does_not_change_the_direction_of_play(make_game, clip):
    """Its gradient is the very tensor that says which way is up."""
    number = nn.Module()
    number.theta = nn.Parameter(torch.zeros(()))

    def objective(nets, batch, config):
        return {"theta": nets.number.theta}

    by = ganzoo.SGD(lr=1.0, momentum=0.5, nesterov=True)
    game = played(make_game([ganzoo.minimize(objective, over="number", by=by)], {"number": number}, clip=clip), 4)
    assert game.seats[0].direction == 1
    assert game.seats[0].tally.read()["gradient"] == 1


def test_only_what_a_player_moves_has_gradients_and_moves(make_game):
    wants = []

    def value(nets, batch, config):
        wants.append((nets.D.out.bias.requires_grad, nets.G.weight.requires_grad))
        return {"value": nets.D(nets.G(batch.z)).mean()}

    def fooling(nets, batch, config):
        wants.append((nets.D.out.bias.requires_grad, nets.G.weight.requires_grad))
        return {"fake": nets.D(nets.G(batch.z)).mean()}

    by = ganzoo.SGD(lr=1.0)
    game = make_game([ganzoo.minimize(value, over="D", by=by), ganzoo.maximize(fooling, over="G", by=by)])
    before = game.state.modules["G"].weight.detach().clone()
    game.turn(game.seats[0], 0, 0)
    assert torch.equal(game.state.modules["G"].weight, before)
    game.turn(game.seats[1], 0, 0)
    assert not torch.equal(game.state.modules["G"].weight, before)
    assert wants == [(True, False), (False, True)]


def test_parameters_frozen_at_build_stay_frozen(make_game):
    _, modules = one()
    modules["a"].bias = nn.Parameter(torch.zeros(1), requires_grad=False)
    game = played(make_game([ganzoo.maximize(slope, over="a", by=ganzoo.SGD(lr=1.0))], modules), 2)
    assert modules["a"].bias.item() == 0
    assert not modules["a"].bias.requires_grad
    assert game.seats[0].mover.names == ["a.weight"]


def test_networks_that_no_player_moves_are_in_eval_mode(make_game):
    _, modules = one()
    modules["fixed"] = nn.Dropout(0.5)
    game = make_game([ganzoo.maximize(slope, over="a", by=ganzoo.SGD(lr=1.0))], modules)
    assert game.state.modules["a"].training
    assert not game.state.modules["fixed"].training


def test_players_that_move_the_same_by_the_same_share_an_optimiser(make_game):
    modules = {name: nn.Linear(1, 1) for name in ("a", "b")}
    adam = ganzoo.Adam(lr=0.1)
    players = [
        ganzoo.maximize(slope, over=("a", "b"), by=adam, name="one"),
        ganzoo.maximize(slope, over=("b", "a"), by=ganzoo.Adam(lr=0.1), name="two"),
        ganzoo.maximize(slope, over=("a", "b"), by=ganzoo.Adam(lr=0.2), name="three"),
        ganzoo.maximize(slope, over="a", by=adam, name="four"),
    ]
    game = played(make_game(players, modules), 1)
    one, two, three, four = (seat.mover for seat in game.seats)
    assert one is two
    assert len({id(one), id(three), id(four)}) == 3
    assert game.state.tensors()["optimiser.one.a.weight.step"] == 2
    assert not any(name.startswith("optimiser.two.") for name in game.state.tensors())


def test_tied_networks_are_moved_once(make_game):
    _, modules = one()
    modules["b"] = nn.Linear(1, 1, bias=False)
    modules["b"].weight = modules["a"].weight
    game = played(make_game([ganzoo.maximize(slope, over=("a", "b"), by=ganzoo.SGD(lr=1.0))], modules), 1)
    assert modules["b"].weight.item() == 1
    assert game.seats[0].mover.names == ["a.weight"]


def test_after_runs_once_per_turn_with_the_terms_and_what_was_kept(make_game):
    calls = []

    def objective(nets, batch, config):
        batch.keep("seen", nets.a.weight * 2)
        return slope(nets, batch, config)

    def clip_weights(nets, terms, kept, config):
        calls.append((terms["sum"].item(), kept["seen"].item(), torch.is_grad_enabled()))
        assert not terms["sum"].requires_grad
        nets.a.weight.clamp_(-1.5, 1.5)

    player = ganzoo.maximize(objective, over="a", by=ganzoo.SGD(lr=1.0), turns=2, after=clip_weights)
    game = played(make_game([player], one()[1]), 1)
    assert calls == [(0, 0, False), (1, 2, False)]
    assert game.state.modules["a"].weight.item() == 1.5


def test_clip_bounds_the_norm_of_a_turn_s_gradient_and_only_from_above(make_game):
    modules = {"a": nn.Linear(3, 1, bias=False), "b": nn.Linear(3, 1, bias=False)}

    def steep(nets, batch, config):
        return {"sum": 10 * (nets.a.weight + nets.b.weight).sum()}

    def flat(nets, batch, config):
        return {"sum": 0.01 * nets.a.weight.sum()}

    for objective, expected in ((steep, 2.0), (flat, 0.01 * math.sqrt(3))):
        before = [network.weight.detach().clone() for network in modules.values()]
        over = ("a", "b") if objective is steep else "a"
        player = ganzoo.maximize(objective, over=over, by=ganzoo.SGD(lr=1.0))
        game = played(make_game([player], modules, clip=2.0), 1)
        moves = [network.weight - old for network, old in zip(modules.values(), before, strict=True)]
        assert torch.cat(moves).norm().item() == pytest.approx(expected, rel=1e-4)
        assert game.seats[0].tally.read()["gradient"] >= expected - 1e-6  # the norm before it was clipped


def test_the_moving_average_follows_each_turn_of_the_generator(make_game):
    game = make_game(ema=0.75)
    live, mine = game.state.modules["G"].weight, game.state.average["G"].weight
    expected = mine.clone()
    for step in range(3):
        game.step(step)
        expected = 0.75 * expected + 0.25 * live.detach()
        torch.testing.assert_close(mine, expected)
    assert not mine.requires_grad


def test_the_average_s_buffers_are_those_of_now(make_game):
    modules = {"G": nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))}

    def moving(nets, batch, config):
        return {"sum": (nets.G(batch.z) ** 2).sum()}

    game = played(make_game([ganzoo.minimize(moving, over="G", by=ganzoo.SGD(lr=0.1))], modules, ema=0.9), 2)
    mine, live = game.state.average["G"], modules["G"]
    assert mine[1].num_batches_tracked == live[1].num_batches_tracked == 2
    assert torch.equal(mine[1].running_var, live[1].running_var)


def test_terms_are_reported_by_name_and_detached_ones_only_logged(make_game):
    def objective(nets, batch, config):
        return {"sum": nets.a.weight.sum(), "twice": nets.a.weight.sum(), "logged": torch.tensor(100.0)}

    game = played(make_game([ganzoo.maximize(objective, over="a", by=ganzoo.SGD(lr=1.0))], one()[1]), 2)
    assert game.state.modules["a"].weight.item() == 4
    record = game.seats[0].tally.read()
    assert record == {"sum": 1, "twice": 1, "logged": 100, "objective": 2, "gradient": 2, "rejected": 0}


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        (lambda nets: {"sum": nets.a.weight}, r"sum: a tensor of shape \(1, 1\)"),
        (lambda nets: {"sum": 3.0}, "sum: float"),
        (lambda nets: {"sum": torch.zeros(())}, "no term with a gradient"),
        (lambda nets: {}, "no term with a gradient"),
        (lambda nets: nets.a.weight.sum(), r"found a tensor of shape \(\)$"),
    ],
)
def test_an_objective_that_breaks_the_contract_is_said(make_game, terms, message):
    def objective(nets, batch, config):
        return terms(nets)

    game = make_game([ganzoo.maximize(objective, over="a", by=ganzoo.SGD(lr=1.0))], one()[1])
    with pytest.raises(PluginError, match="player 'objective'") as caught:
        game.step(0)
    assert caught.match(message)


# A turn is a transaction.


def infinite_gradient(player):
    """The player's objective unchanged, with one infinite gradient."""

    def objective(nets, batch, config):
        terms = dict(player.objective(nets, batch, config))
        last = list(terms)[-1]
        first = next(parameter for parameter in getattr(nets, player.over[0]).parameters() if parameter.requires_grad)
        spike = torch.sqrt(torch.zeros_like(first.flatten()[0]) * first.flatten()[0])  # 0, its slope is 0 / 0
        terms[last] = terms[last] + spike
        return terms

    return replace(player, objective=objective)


@pytest.mark.parametrize("by", OPTIMISERS, ids=lambda by: type(by).__name__)
@pytest.mark.parametrize("name", ganzoo.list_models())
def test_a_turn_that_is_not_finite_leaves_everything_as_it_was(
    make_plugin_game, copied, differences, poisoned, name, by
):
    bad = {"active": None}

    def change(player):
        kinds = {"term": poisoned(player), "gradient": infinite_gradient(player)}

        def objective(nets, batch, config):
            chosen = kinds.get(bad["active"], player)
            return chosen.objective(nets, batch, config)

        return replace(player, objective=objective, by=by)

    game = make_plugin_game(name, change)
    played(game, 1)
    for seat in game.seats:
        for kind in ("term", "gradient"):
            seat.tally.clear()
            before = copied(game)
            bad["active"] = kind
            game.turn(seat, 1, 0)
            assert not differences(before, copied(game)), (seat.player.name, kind)
            assert seat.tally.read() == {"rejected": 1}
            assert seat.tally.streak == 1
            bad["active"] = None
            game.turn(seat, 1, 0)
            moved = differences(before, copied(game))
            assert any(name.startswith(f"nets.{seat.player.over[0]}.") for name in moved)
            assert any(name.startswith("optimiser.") for name in moved)
            assert seat.tally.read()["rejected"] == 0
            assert seat.tally.streak == 0


@pytest.mark.parametrize("by", OPTIMISERS, ids=lambda by: type(by).__name__)
def test_buffers_average_and_after_are_undone_too(
    make_game, tiny_networks, usual_players, copied, differences, poisoned, by
):
    """Batch norm, spectral norm, a moving average and an `after` that writes a state of its own."""

    def adapt(nets, terms, kept, config):
        nets.state.k.add_(1)
        nets.G.weight.clamp_(-0.1, 0.1)

    torch.manual_seed(0)
    state = nn.Module()
    state.register_buffer("k", torch.zeros(()))
    active = {"bad": False}
    players = [poisoned(replace(p, by=by, after=adapt), lambda batch: active["bad"]) for p in usual_players()]
    game = make_game(players, {**tiny_networks(), "state": state}, ema=0.9)
    played(game, 2)
    for seat in game.seats:
        before = copied(game)
        active["bad"] = True
        game.turn(seat, 2, 0)
        assert not differences(before, copied(game))
        active["bad"] = False
        game.turn(seat, 2, 0)
        assert "nets.state.k" in differences(before, copied(game))


@pytest.mark.parametrize("where", ["objective", "after"])
@pytest.mark.parametrize("by", OPTIMISERS, ids=lambda by: type(by).__name__)
def test_a_plugin_that_raises_leaves_everything_as_it_was(make_game, copied, differences, by, where):
    active = {"bad": False}

    def fail():
        if active["bad"]:
            raise ZeroDivisionError("mine")

    def value(nets, batch, config):
        logits = nets.D(nets.G(batch.z))
        if where == "objective":
            fail()
        return {"value": F.softplus(logits).mean()}

    def after(nets, terms, kept, config):
        nets.G.weight.zero_()
        fail()

    player = ganzoo.minimize(value, over="D", by=by, after=after if where == "after" else None)
    game = played(make_game([player], ema=0.9), 1)
    before = copied(game)
    active["bad"] = True
    with pytest.raises(PluginError, match=r"player 'value' raised ZeroDivisionError at step 1") as caught:
        game.step(1)
    assert str(caught.value.__cause__) == "mine"
    assert not differences(before, copied(game))
    active["bad"] = False
    game.step(1)
    assert differences(before, copied(game))


def test_a_turn_evaluated_again_gives_the_same_terms(make_game):
    game = make_game()
    seat = game.seats[0]
    first, second = (game.evaluate(seat, game.batch(seat, 0, 0), 0, 0)[0] for _ in range(2))
    assert first.keys() == second.keys()
    assert not torch.equal(first["real"], game.evaluate(seat, game.batch(seat, 1, 0), 1, 0)[0]["real"])


def test_networks_are_seen_by_name(make_game):
    seen = []

    def objective(nets, batch, config):
        seen.append(nets)
        return slope(nets, batch, config)

    players, modules = [ganzoo.maximize(objective, over="a", by=ganzoo.SGD(lr=1.0))], one()[1]
    played(make_game(players, modules), 1)
    assert isinstance(seen[0], SimpleNamespace)
    assert seen[0].a is modules["a"]
