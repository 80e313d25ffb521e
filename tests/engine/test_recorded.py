"""Recordings play the same game: without a CUDA device by calling the same operators again on the same memory."""

from functools import partial

import numpy as np
import pytest
import torch
import torch.nn.functional as F

import ganzoo
from ganzoo.engine.recorded import Watching
from ganzoo.engine.shards import Shards
from ganzoo.engine.ways import Way, cuda_graph
from ganzoo.testing.tape import tape

STEPS = 4  # of each player
PLAIN = {"ctgan": ["distance: each turn is played operator by operator, it is not one graph: it reads 'real_with'"]}
ONE_GRAPH = "each turn is one graph"
TAPE = [Way("one graph", tape)]  # in place of a CUDA graph


def played(game, steps=STEPS):
    for step in sorted({seat.player.start + k * seat.player.every for seat in game.seats for k in range(steps)}):
        game.step(step)
    return game


def both(make, *arguments, ways=TAPE, steps=STEPS, **settings):
    """The same game played operator by operator and from recordings, and what was said of these."""
    plain, recorded = make(*arguments, **settings), make(*arguments, ways=ways, **settings)
    news = list(recorded.recorder.make())
    return played(plain, steps), played(recorded, steps), news


@pytest.mark.parametrize("name", ganzoo.list_models())
def test_every_gan_plays_the_same_bits_from_recordings(make_plugin_game, differences, name):
    plain, recorded, news = both(make_plugin_game, name, lambda player: player, steps=2)
    assert not differences(plain.state.tensors(), recorded.state.tensors())
    for one, other in zip(plain.seats, recorded.seats, strict=True):
        assert one.tally.read() == other.tally.read()
    news = sorted(line.partition(", which")[0] for line in news)
    expected = PLAIN.get(name, [])
    said = {line.partition(":")[0] for line in expected}
    names = [seat.player.name for seat in recorded.seats]
    assert news == sorted([*expected, *(f"{player}: {ONE_GRAPH}" for player in names if player not in said)])


@pytest.mark.parametrize("by", [ganzoo.Adam(lr=1e-2), ganzoo.RMSprop(lr=1e-2), ganzoo.SGD(lr=0.1, momentum=0.5)])
def test_numbers_that_change_with_progress(make_game, differences, by):
    value, fooling = toy_players()
    players = [ganzoo.maximize(value, over="D", by=by), ganzoo.maximize(fooling, over="G", by=by, turns=2)]
    plain, recorded, news = both(make_game, players, ema=0.9, schedule="cosine", clip=0.1, steps=8)
    assert news == [f"value: {ONE_GRAPH}", f"fooling: {ONE_GRAPH}"]
    assert not differences(plain.state.tensors(), recorded.state.tensors())


def toy_players(seen=lambda: None, more=lambda real, batch: 0.0):
    """The objectives of the toy game; D's calls `seen` and adds `more` of the reals' logits and the batch."""

    def value(nets, batch, config):
        seen()
        real, fake = nets.D(batch.real), nets.D(nets.G(batch.z))
        return {"real": F.logsigmoid(real).mean() + more(real, batch), "fake": F.logsigmoid(-fake).mean()}

    def fooling(nets, batch, config):
        return {"fake": F.logsigmoid(nets.D(nets.G(batch.z))).mean()}

    return value, fooling


def toy(by=ganzoo.Adam(lr=1e-2), **how):  # noqa: B008  # a frozen value
    value, fooling = toy_players(**how)
    return [ganzoo.maximize(value, over="D", by=by), ganzoo.maximize(fooling, over="G", by=by)]


def test_no_python_of_the_plugin_runs_in_a_recording_and_making_it_leaves_all_as_it_was(make_game, differences):
    calls = []
    game, untouched = make_game(toy(seen=lambda: calls.append(1)), ways=TAPE, ema=0.9), make_game(toy(), ema=0.9)
    list(game.recorder.make())
    assert not differences(game.state.tensors(), untouched.state.tensors())
    before = len(calls)
    played(game)
    assert len(calls) == before
    assert differences(game.state.tensors(), untouched.state.tensors())


def test_a_recorded_turn_that_is_not_finite_is_undone(make_game, differences):
    players = toy(more=lambda real, batch: torch.where(batch.step == STEPS, torch.nan, 0.0))
    plain, recorded, _ = both(make_game, players, ema=0.9)
    before = {name: value.clone() for name, value in recorded.state.tensors().items()}
    for game in (plain, recorded):
        game.step(STEPS)
    assert recorded.seats[0].tally.read()["rejected"] == 1
    changed = set(differences(before, recorded.state.tensors()))  # not D's weights: G's turn writes D's buffers alone
    assert "nets.G.weight" in changed
    assert not changed & {f"nets.D.{name}" for name, _ in recorded.state.modules["D"].named_parameters()}
    assert not [name for name in changed if name.startswith("optimiser.value")]
    assert not differences(plain.state.tensors(), recorded.state.tensors())


DRAWN = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (lambda real, batch: real.mean().item(), "it asks the host for a number (aten._local_scalar_dense)"),
        (
            lambda real, batch: real[real > 0].sum(),
            "it chooses elements by a mask, so that their number depends on values",
        ),
        (lambda real, batch: real.nonzero().sum(), "it makes a tensor whose shape depends on values (aten.nonzero)"),
        (lambda real, batch: real.mean() * DRAWN.normal() * 9, "played so it comes to something else"),
    ],
    ids=["a number for the host", "a mask", "a shape", "a draw of its own"],
)
def test_what_cannot_be_recorded_is_played_plainly_and_why(make_game, more, why):
    news = list(make_game(toy(more=more), ways=TAPE).recorder.make())
    found = next(line for line in news if line.startswith("value"))
    assert found.startswith(f"value: each turn is played operator by operator, it is not one graph: {why}")
    assert f"fooling: {ONE_GRAPH}" in news


@pytest.mark.parametrize(
    ("text", "said"), [("operation not permitted\nwhen capturing", "operation not permitted"), ("", "RuntimeError")]
)
def test_a_recording_that_fails_leaves_plain_turns(make_game, differences, text, said):
    def record(play):
        play()
        raise RuntimeError(text)

    plain, recorded, news = both(make_game, toy(), ways=[Way("one graph", record)])
    assert not differences(plain.state.tensors(), recorded.state.tensors())
    assert [line.rpartition(": ")[2] for line in news] == [said] * 2


def test_where_the_best_way_fails_the_next_is_tried(make_game, differences):
    def without(compute):
        raise RuntimeError("no compiler")

    plain, recorded, news = both(make_game, toy(), ways=[Way("compiled", without, exact=False), *TAPE])
    assert not differences(plain.state.tensors(), recorded.state.tensors())
    assert news[:2] == [
        "value: each turn is played operator by operator, it is not compiled: no compiler",
        f"value: {ONE_GRAPH}",
    ]


def test_parts_of_a_batch_and_other_dynamics_are_played_plainly(make_game):
    assert not list(make_game(toy(), ways=TAPE, shards=Shards(4, 2)).recorder.make())
    assert make_game(toy(), ways=TAPE, dynamics="simultaneous").recorder is None


def test_a_checkpoint_is_loaded_into_what_was_recorded(make_game, differences):
    recorded, other = make_game(toy(), ways=TAPE, ema=0.9), played(make_game(toy(), ema=0.9, seed=1))
    list(recorded.recorder.make())
    recorded.state.load(other.state.tensors())
    plain = make_game(toy(), ema=0.9)
    plain.state.load(other.state.tensors())
    for game in (plain, recorded):
        game.step(STEPS)
    assert not differences(plain.state.tensors(), recorded.state.tensors())


@pytest.mark.parametrize("name", ["vanilla-mlp", "dcgan", "wgan-gp", "r3gan", "stylegan2-lite"])
def test_a_step_asks_the_host_for_nothing(make_plugin_game, name):
    game = played(make_plugin_game(name, lambda player: player))
    with Watching() as watching:
        for step in range(STEPS, 2 * STEPS):
            game.step(step)
    assert not watching.why


@pytest.mark.parametrize("how", [{}, {"augment": True, "precision": "bf16"}], ids=["plain", "augmented"])
def test_a_run_says_what_is_recorded_and_gives_the_same_bits(small, differences, monkeypatch, tmp_path, how):
    plain = ganzoo.train("vanilla-mlp", **small("vanilla-mlp", steps=5, **how), out="plain")
    monkeypatch.setattr("ganzoo.engine.setup._ways", lambda *what: TAPE)
    recorded = ganzoo.train("vanilla-mlp", **small("vanilla-mlp", steps=5, **how), out="recorded")
    assert not differences(plain.game.state.tensors(), recorded.game.state.tensors())
    log = (tmp_path / "recorded" / "log.txt").read_text()
    assert f" value: {ONE_GRAPH}\n" in log
    assert f" fooling: {ONE_GRAPH}\n" in log


@pytest.mark.parametrize("name", ganzoo.list_models() if torch.cuda.is_available() else [])
def test_cuda_graphs_play_the_same_game(name):
    from ganzoo.testing.case import Case

    case, device = Case(name), torch.device("cuda:0")
    graph = [Way("one graph", partial(cuda_graph, device=device))]
    plain, recorded, news = both(case.game, device=device, ways=graph)
    assert any(line.endswith(ONE_GRAPH) for line in news), news
    theirs = plain.state.tensors()
    for key, value in recorded.state.tensors().items():
        torch.testing.assert_close(value, theirs[key], rtol=1e-2, atol=1e-3, msg=lambda text, key=key: f"{key}: {text}")
