from dataclasses import replace

import pytest
import torch
from torch import nn

import ganzoo
from ganzoo.engine.processes import Processes
from ganzoo.engine.shards import Shards
from ganzoo.errors import GanzooError, UsageError


def test_a_batch_is_shared_out_evenly_in_order():
    shards = [Shards(11, 4, Processes(rank, 3)) for rank in range(3)]
    assert shards[0].sizes == [3, 3, 3, 2]
    assert shards[0].dealt == [2, 1, 1]
    assert [list(s.mine) for s in shards] == [[0, 1], [2], [3]]
    assert [s.here for s in shards] == [slice(0, 6), slice(6, 9), slice(9, 11)]


@pytest.mark.parametrize(
    ("batch", "count", "processes", "whole", "text"),
    [
        (8, 2, 3, False, "3 processes and 2 shards: each plays at least one; start 2 at most"),
        (2, 3, 1, False, "--batch 2 in 3 shards: each has at least one sample; type --batch 3"),
        (8, 2, 1, True, r"--statistics whole: .* 1 process, 2 shards and a batch of 8; type --processes 2"),
        (7, 2, 2, True, "a batch of 7; type --batch 6"),
    ],
)
def test_what_cannot_be_shared_is_refused(batch, count, processes, whole, text):
    with pytest.raises(UsageError, match=text):
        Shards(batch, count, Processes(0, processes), whole=whole)


def identity(nets, batch, config):
    """Linear in what is moved, so that the gradient is the mean of what was drawn; puts aside what it saw."""
    batch.keep("mean", batch.z.mean(0))
    batch.keep("each", batch.real, per_sample=True)
    return {"real": nets.D.weight[0].dot(batch.real.mean(0)), "z": nets.D.weight[0].dot(batch.z.mean(0)[:2])}


def seeing(seen, **when):
    def after(nets, terms, kept, config):
        seen.append((dict(terms), dict(kept)))

    return [ganzoo.minimize(identity, over="D", by=ganzoo.SGD(lr=1.0), after=after, **when)]


def test_a_turn_in_uneven_shards_is_the_mean_over_all_samples(make_game):
    seen = []
    modules = {"G": nn.Linear(3, 2), "D": nn.Linear(2, 1)}
    game = make_game(seeing(seen), modules, batch=7, shards=Shards(7, 3))
    batch = game.batch(game.seats[0], 0, 0)
    before = modules["D"].weight.detach().clone()
    expected = batch.real.mean(0) + batch.z.mean(0)[:2]
    game.step(0)
    assert torch.allclose(before - modules["D"].weight.detach(), expected, atol=1e-6)
    ((terms, kept),) = seen
    assert torch.allclose(terms["real"], before[0].dot(batch.real.mean(0)), atol=1e-6)
    assert torch.allclose(kept["mean"], batch.z.mean(0), atol=1e-6)
    assert torch.equal(kept["each"], batch.real)


def test_shards_have_draws_of_their_own_and_the_data_are_those_of_the_whole(make_game):
    whole, shared = make_game(batch=6), make_game(batch=6, shards=Shards(6, 2))
    one, two = (game.batch(game.seats[0], 3, 0) for game in (whole, shared))
    assert torch.equal(one.real, two.real)
    assert not torch.equal(one.z, two.z)
    assert not torch.equal(two.z[:3], two.z[3:])


def test_a_turn_that_is_not_finite_in_one_shard_is_undone_whole(make_game):
    game = make_game(batch=6, shards=Shards(6, 3))
    calls = []

    def poisoned(nets, batch, config, objective=game.seats[0].player.objective):
        calls.append(len(batch))
        return {
            name: term * (float("nan") if len(calls) == 2 else 1)
            for name, term in objective(nets, batch, config).items()
        }

    game.seats[0].player = replace(game.seats[0].player, objective=poisoned)
    before = {name: tensor.clone() for name, tensor in game.state.tensors().items()}
    game.turn(game.seats[0], 0, 0)
    assert calls == [2, 2, 2]
    assert all(torch.equal(before[name], tensor) for name, tensor in game.state.tensors().items())
    assert game.seats[0].tally.streak == 1


def test_buffers_are_the_mean_of_what_each_shard_left_and_untouched_ones_keep_their_bits(make_game):
    class Normed(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm, self.out = nn.BatchNorm1d(2, momentum=1.0), nn.Linear(2, 1)
            self.register_buffer("odd", torch.tensor([0.1, torch.inf]))

        def forward(self, x):
            return self.out(self.norm(x)).flatten()

    def score(nets, batch, config):
        return {"score": nets.D(batch.real).mean()}

    modules = {"D": Normed()}
    game = make_game([ganzoo.maximize(score, over="D", by=ganzoo.SGD(lr=0.1))], modules, batch=6, shards=Shards(6, 3))
    parts = game.batch(game.seats[0], 0, 0).real.view(3, 2, 2)
    game.step(0)
    assert torch.allclose(modules["D"].norm.running_mean, parts.mean(1).mean(0), atol=1e-6)
    assert torch.allclose(modules["D"].norm.running_var, parts.var(1).mean(0), atol=1e-6)
    assert modules["D"].norm.num_batches_tracked == 1
    assert torch.equal(modules["D"].odd, torch.tensor([0.1, torch.inf]))


def test_a_parameter_that_no_shard_reaches_is_left_alone_by_adam(make_game):
    def half(nets, batch, config):
        return {"half": nets.D.weight.sum() * batch.real.mean()}

    modules = {"D": nn.Linear(2, 1)}
    game = make_game([ganzoo.minimize(half, over="D", by=ganzoo.Adam(lr=0.1))], modules, shards=Shards(4, 2))
    before = modules["D"].bias.detach().clone()
    game.step(0)
    assert torch.equal(modules["D"].bias, before)
    assert game.state.movers["half"].state()["D.bias.step"] == 0


def short_of_memory(game, most):
    """Let the first player's objective raise, in place of a device, for more than `most` samples at once."""
    seen, seat = [], game.seats[0]

    def objective(nets, batch, config, played=seat.player.objective):
        terms = played(nets, batch, config)
        seen.append(len(batch))
        if len(batch) > most:
            raise torch.OutOfMemoryError("simulated")
        return terms

    seat.player = replace(seat.player, objective=objective)
    return seen


@pytest.mark.parametrize("shards", [1, 2])
def test_out_of_simulated_memory_a_turn_is_played_in_micro_batches_and_is_the_same(make_game, shards):
    def distance(nets, batch, config):
        return {"distance": nets.D(batch.real).mean() - nets.D(nets.G(batch.z)).square().mean()}

    def game():
        torch.manual_seed(0)
        players = [ganzoo.maximize(distance, over="D", by=ganzoo.SGD(lr=0.1))]
        modules = {"G": nn.Linear(3, 2), "D": nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1), nn.Flatten(0))}
        return make_game(players, modules, batch=8, shards=Shards(8, shards))

    plain, short = game(), game()
    seen = short_of_memory(short, 2)
    for step in range(2):
        plain.step(step)
        short.step(step)
    assert short.shards.micro == {"distance": 4 // shards}
    assert seen == ([8, 4, 2, 2, 2, 2] if shards == 1 else [4, 2, 2, 2, 2]) + [2, 2, 2, 2]
    for name, tensor in plain.state.tensors().items():
        assert torch.allclose(tensor, short.state.tensors()[name], atol=1e-6), name


def test_without_memory_for_one_sample_the_error_comes_out_and_nothing_has_changed(make_game):
    plain = {"G": nn.Linear(3, 2), "D": nn.Sequential(nn.Linear(2, 1), nn.Flatten(0))}
    game = make_game(modules=plain, batch=4)
    short_of_memory(game, 0)
    before = {name: tensor.clone() for name, tensor in game.state.tensors().items()}
    with pytest.raises(GanzooError, match="player 'value' does not fit cpu even with one sample"):
        game.step(0)
    assert all(torch.equal(before[name], tensor) for name, tensor in game.state.tensors().items())


def test_dynamics_that_differentiate_through_other_players_refuse_shards(make_game):
    with pytest.raises(UsageError, match="--dynamics consensus looks through"):
        make_game(dynamics="consensus", shards=Shards(4, 2))
    game = make_game(dynamics="extragradient", shards=Shards(4, 2))
    game.step(0)
