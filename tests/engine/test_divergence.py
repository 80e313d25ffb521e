import json

import pytest
from torch import nn

import ganzoo
from ganzoo.engine.checkpoint import newest
from ganzoo.engine.divergence import diagnose
from ganzoo.engine.folder import find
from ganzoo.errors import Diverged, PluginError

SETTINGS = {"threads": 1, "log_every": 5, "sample_every": 1000, "checkpoint_every": 10}


def tensors(out):
    return newest(find(out).checkpoints)[0].tensors


class FirstTimeOnly:
    """Holds in some steps, but only when they are played for the first time."""

    def __init__(self, *steps):
        self.left = set(steps)

    def __call__(self, step):
        return step in self.left and (self.left.remove(step) or True)


@pytest.mark.parametrize("player", ["value", "fooling"])
def test_a_divergence_goes_back_replays_and_stops_with_a_report(tiny, sicken, told, player):
    sicken(lambda step: step >= 12, player)
    term = "real" if player == "value" else "fake"
    message = (
        rf"tiny diverged at step 12, player '{player}': the term '{term}' is nan, and again after going back; "
        r"the last good checkpoint is step 10 in run; lower a learning rate \(ganzoo show tiny"
    )
    with pytest.raises(Diverged, match=message) as caught:
        ganzoo.train(tiny, steps=60, out="run", listener=told, **SETTINGS)
    assert caught.value.exit_code == 3
    assert any("going back to step 10 to look closer" in line for line in told.lines)
    assert newest(find("run").checkpoints)[0].step == 10
    described = json.loads((find("run").path / "run.json").read_text())
    assert described["exit_reason"].startswith("diverged: tiny diverged at step 12")


def test_what_does_not_happen_again_was_a_fault_of_the_machine(tiny, sicken, told, differences):
    ganzoo.train(tiny, steps=40, out="undisturbed", **SETTINGS)
    sicken(FirstTimeOnly(*range(12, 25)))
    run = ganzoo.train(tiny, steps=40, out="run", listener=told, **SETTINGS)
    assert run.exit_reason == "done"
    assert any("it did not happen again, so it was a fault of the machine; going on" in line for line in told.lines)
    assert not differences(tensors("run"), tensors("undisturbed"))


def test_a_few_turns_that_are_not_finite_are_undone_and_counted(tiny, sicken, told):
    sicken(lambda step: step in (11, 12, 13))
    run = ganzoo.train(tiny, steps=20, out="run", listener=told, **SETTINGS)
    assert run.exit_reason == "done"
    assert "step 15: 3 turns were not finite and were undone" in told.lines
    moves = tensors("run")["optimiser.value.D.1.weight.step"]
    assert moves == 17


def test_no_checkpoint_is_taken_while_turns_are_undone(tiny, sicken):
    sicken(lambda step: step in (8, 9))
    ganzoo.train(tiny, steps=12, out="run", **SETTINGS)
    assert [path.name for path in sorted(find("run").checkpoints.iterdir())] == [
        "step-00000000.safetensors",
        "step-00000012.safetensors",
    ]


def test_a_divergence_in_the_last_steps_is_not_missed(tiny, sicken):
    sicken(lambda step: step >= 38)
    with pytest.raises(Diverged, match=r"at step 38.*the last good checkpoint is step 30"):
        ganzoo.train(tiny, steps=40, out="run", **SETTINGS)


def test_a_fault_in_the_last_steps_is_put_right(tiny, sicken, differences):
    ganzoo.train(tiny, steps=40, out="undisturbed", **SETTINGS)
    sicken(FirstTimeOnly(38, 39))
    ganzoo.train(tiny, steps=40, out="run", **SETTINGS)
    assert not differences(tensors("run"), tensors("undisturbed"))


def test_going_back_at_the_end_of_the_time_plays_no_further_than_before(tiny, sicken):
    seen = set()
    sicken(lambda step: step > 2 and step not in seen and (seen.add(step) or True))
    run = ganzoo.train(tiny, steps=10**8, minutes=1e-3, out="run", threads=1, log_every=10**8)
    assert run.exit_reason == "stopped after 0.001 minutes"
    assert run.step == max(seen) + 1


def test_a_resumed_run_that_diverges_goes_back_too(tiny, sicken):
    ganzoo.train(tiny, steps=20, out="run", **SETTINGS)
    sicken(lambda step: step >= 25)
    with pytest.raises(Diverged, match=r"at step 25.*the last good checkpoint is step 20"):
        ganzoo.resume("run", steps=60)


def test_a_plugin_that_raises_ends_the_run_with_its_own_exception_as_the_cause(installed):
    source = installed.good.replace(
        "    real, fake =", '    if batch.step == 7:\n        raise ZeroDivisionError("mine")\n    real, fake ='
    )
    installed.add("raising", source)
    with pytest.raises(PluginError, match="player 'value' raised ZeroDivisionError at step 7") as caught:
        ganzoo.train("raising", steps=10, out="run", **SETTINGS | {"checkpoint_every": 2})
    assert caught.value.exit_code == 1
    assert str(caught.value.__cause__) == "mine"
    assert newest(find("run").checkpoints)[0].step == 6
    assert json.loads((find("run").path / "run.json").read_text())["exit_reason"] == "error"


def test_what_is_wrong_in_a_turn_is_named(make_game):
    def objective(nets, batch, config):
        return {"good": nets.a.weight.sum(), "bad": nets.a.weight.sum().log()}  # log 0

    def steep(nets, batch, config):
        return {"root": nets.a.weight.sum().sqrt()}

    for each, expected in ((objective, "the term 'bad' is -inf"), (steep, "the gradient of 'a.weight' is not finite")):
        network = nn.Linear(1, 1, bias=False)
        nn.init.zeros_(network.weight)
        game = make_game([ganzoo.maximize(each, over="a", by=ganzoo.SGD(lr=1.0))], {"a": network})
        game.step(3)
        assert diagnose(game, game.seats[0], 3, 0) == f"at step 3, player {each.__name__!r}: {expected}"
        assert game.state.modules["a"].weight.item() == 0
