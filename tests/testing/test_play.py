from types import SimpleNamespace

import pytest

from ganzoo.testing import play
from ganzoo.testing.case import Case

IMPORT = "from torch import nn\n"
D = '"D": nn.Sequential(nn.Flatten(), nn.Linear(space.numbers, 1), nn.Flatten(0))'
VALUE = "    real, fake = nets.D(batch.real), nets.D(nets.G(batch.z))\n"
REAL = '"real": F.logsigmoid(real).mean()'
FOOLING = '    return {"fake": F.logsigmoid(nets.D(nets.G(batch.z))).mean()}\n'
DRAWN = '    return {{"fake": {} * F.logsigmoid(nets.D(nets.G(batch.z))).mean()}}\n'
CHECKS = [
    play.moved_somewhere, play.objectives, play.gradients_arrive, play.only_over_moves, play.same_bits,
    play.exact_resume, play.non_finite, play.memory, play.devices,
]  # fmt: skip


def before(old, line):
    return old, line + old


def with_buffer(persistent=True):
    """D has a buffer `count`."""
    counting = f"    nets['D'].register_buffer('count', torch.zeros(()), persistent={persistent})\n    return nets\n"
    return [
        (IMPORT, f"{IMPORT}import torch\n"),
        (f'    return {{"G": generator, {D}}}\n', f'    nets = {{"G": generator, {D}}}\n{counting}'),
    ]


def with_after(line):
    """D's player is followed by that line."""
    function = f"def count(nets, terms, kept, config):\n    {line}\n\n\ndef players"
    return [("def players", function), ('over="D", by=by', 'over="D", by=by, after=count')]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_good_one_passes(found_by, check):
    assert not found_by(check).startswith("failed")


def test_a_parameter_that_no_player_moves(found_by):
    found = found_by(play.moved_somewhere, (D, f'{D}, "Q": nn.Linear(2, 2)'))
    assert found.startswith("failed: no player moves Q.weight, Q.bias; name its network in an `over`")


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ((REAL, '"real": F.logsigmoid(real).mean() / 0'), "player 'value': 'real' is not finite for a batch of 2"),
        ((REAL, '"real": 1.0'), "player 'value': an objective returns named 0-d tensors"),
        ((REAL, '"real": 1.0'), "found real: float"),
        ((REAL, '"real": F.logsigmoid(real)'), "found real: a tensor of shape (2,)"),
        ((FOOLING, '    return {"fake": nets.D(batch.real).mean().detach()}\n'), "depends on G; found no term"),
        ((FOOLING, "    return 1 / 0\n"), "player 'fooling' raised ZeroDivisionError at step 0"),
        ((FOOLING, "    return nets.D(nets.G(batch.z)).mean()\n"), "depends on G; found a tensor of shape ()"),
        ((FOOLING, "    return None\n"), "depends on G; found NoneType"),
        ((FOOLING, "    raise SystemExit(0)\n"), "player 'fooling' raised SystemExit at step 0"),
        (
            (FOOLING, f"{FOOLING.replace('return', 'terms =')}    terms['fake'].backward()\n    return terms\n"),
            "player 'fooling' calls backward; return the terms, the engine does the rest",
        ),
        ((FOOLING, "    return {'x': nets.Q(batch.z).mean()}\n"), "player 'fooling' raised AttributeError"),
        (before(VALUE, "    nets.D[1].weight.data.mul_(0.9)\n"), "player 'value' writes 'nets.D.1.weight' in its"),
        (before(FOOLING, "    nets.G[0].bias.data.add_(1)\n"), "player 'fooling' writes 'nets.G.0.bias' in its"),
    ],
)
def test_objectives_that_are_not_what_they_should_be(found_by, change, found):
    text = found_by(play.objectives, change)
    assert text.startswith("failed: player")
    assert found in text


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("        self.scale = torch.ones(1)\n\n    def forward(self, x):\n        return x * self.scale\n", True),
        ("        self.register_buffer('scale', torch.ones(1))\n\n    def forward(self, x):\n"
         "        return x * self.scale\n", False),
    ],
)  # fmt: skip
def test_a_tensor_that_another_device_would_leave_behind(found_by, with_class, body, found):
    changes = (*with_class(body, "Part()"), ("import ganzoo\n", "import ganzoo\nimport torch\n"))
    said = "failed: G.1.scale is a tensor that stays behind when the network is moved to another device or saved"
    assert found_by(play.moved_somewhere, *changes).startswith(said) == found


def test_a_weight_that_an_old_norm_of_torchs_computes_is_none(found_by):
    change = "nn.Linear(space.numbers, 1)", "nn.utils.spectral_norm(nn.Linear(space.numbers, 1))"
    assert not found_by(play.moved_somewhere, change).startswith("failed")


def test_every_usable_device_is_tried(found_by, monkeypatch):
    there = [SimpleNamespace(name=name, usable=name != "xpu:0") for name in ("meta", "xpu:0", "cpu")]
    monkeypatch.setattr(play, "present", lambda: there)
    tried = []
    monkeypatch.setattr(Case, "game", lambda self, device: SimpleNamespace(step=lambda step: tried.append(device.type)))
    assert found_by(play.devices) == "cpu, meta"
    assert tried == ["meta"]


def test_an_objective_that_writes_a_buffer(found_by):
    found = found_by(play.objectives, *with_buffer(), before(VALUE, "    nets.D.count.add_(1)\n"))
    assert found == "failed: player 'value' writes 'nets.D.count' in its objective; do it in `after`"


def test_layers_may_write_buffers(found_by):
    found = found_by(play.objectives, ("nn.Tanh(), ", "nn.BatchNorm1d(space.numbers), nn.Tanh(), "))
    assert found == "value, fooling"


def test_a_batch_of_two_that_is_too_small(found_by):
    found = found_by(play.objectives, (REAL, '"real": (real.std() / (len(real) - 2)).mean()'))
    assert "'real' is not finite for a batch of 2, 1x16x16" in found


def test_a_parameter_that_no_objective_depends_on(found_by):
    change = before('    return {"G": generator', "    generator[0].spare = nn.Linear(2, 2)\n")
    found = found_by(play.gradients_arrive, change)
    assert found == "failed: no gradient for G.0.spare.weight, G.0.spare.bias: no objective depends on it"


def test_an_objective_that_depends_on_something_else(found_by):
    found = found_by(play.gradients_arrive, (FOOLING, '    return {"fake": batch.z.requires_grad_().mean()}\n'))
    assert found.startswith("failed: no gradient for G.0.weight, G.0.bias")


def test_a_turn_that_moves_what_is_not_its_own(found_by):
    found = found_by(play.only_over_moves, before(FOOLING, "    nets.D[1].weight.data.mul_(0.9)\n"))
    assert found == "failed: the turn of 'fooling' changed D.1.weight, which is not in its `over`"


def test_a_turn_that_moves_nothing(found_by):
    assert found_by(play.only_over_moves, ("lr=1e-3", "lr=0.0")) == "failed: the turn of 'value' changed nothing"


@pytest.mark.parametrize(
    ("import_", "draw"),
    [
        ("import random\n", "random.random()"),
        ("import numpy\n", "numpy.random.rand()"),
        ("import torch\nsource = torch.Generator()\n", "torch.rand((), generator=source)"),
        ("import itertools\ncount = itertools.count()\n", "next(count)"),
    ],
    ids=["random", "numpy", "generator", "counter"],
)
def test_draws_and_state_that_the_engine_does_not_know(found_by, import_, draw):
    found = found_by(play.same_bits, (IMPORT, IMPORT + import_), (FOOLING, DRAWN.format(draw)))
    assert found.startswith("failed: two games with one seed differ in 'nets.G.0.weight'; draw only from torch's")


def test_a_prior_that_draws_elsewhere(found_by):
    prior = "import numpy\nimport torch\n\ndef prior(n, config, space, device):\n" + (
        "    return torch.from_numpy(numpy.random.randn(n, 4)).float()\n"
    )
    found = found_by(play.same_bits, (IMPORT, IMPORT + prior), ("players, size=8", "players, prior=prior, size=8"))
    assert found.startswith("failed: two games with one seed differ")


@pytest.mark.parametrize(
    "draw", ["torch.rand(())", "torch.randn(1, device=batch.device).mean()", "F.dropout(torch.ones(9)).mean()"]
)
def test_draws_from_the_default_generators_are_counted(found_by, draw):
    changes = (IMPORT, f"{IMPORT}import torch\n"), (FOOLING, DRAWN.format(draw))
    assert found_by(play.same_bits, *changes) == ""
    assert found_by(play.exact_resume, *changes) == ""


@pytest.mark.parametrize(
    ("make", "use"),
    [
        ("torch.Generator().manual_seed(0)", "torch.rand((), generator=nets.D.own)"),
        ("[]", "(nets.D.own.append(1) or len(nets.D.own))"),
    ],
    ids=["generator", "list"],
)
def test_state_kept_outside_of_buffers(found_by, make, use):
    changes = [
        (IMPORT, f"{IMPORT}import torch\n"),
        (f'    return {{"G": generator, {D}}}\n', f'    nets = {{"G": generator, {D}}}\n    nets["D"].own = {make}\n'
         "    return nets\n"),
        (FOOLING, DRAWN.format(use)),
    ]  # fmt: skip
    assert found_by(play.same_bits, *changes) == ""
    found = found_by(play.exact_resume, *changes)
    assert found.startswith("failed: after a resume 'nets.G.0.weight' differs: state is kept outside")


@pytest.mark.parametrize("persistent", [True, False])
def test_a_buffer_that_is_not_saved(found_by, persistent):
    use = FOOLING, DRAWN.format("(1 + nets.D.count)")
    found = found_by(play.exact_resume, *with_buffer(persistent), *with_after("nets.D.count.add_(1)"), use)
    assert found.startswith("failed: after a resume") != persistent


def test_a_turn_with_nan_leaves_what_follows_it_as_it_was(found_by):
    assert found_by(play.non_finite, *with_buffer(), *with_after("nets.D.count.add_(1)")) == ""


def test_a_buffer_that_is_replaced_and_not_written_into(found_by):
    changes = (*with_buffer(), *with_after("nets.D.count = nets.D.count + 1"))
    assert found_by(play.non_finite, *changes) == "failed: a turn of 'value' with NaN by Adam changed 'nets.D.count'"


def test_tensors_left_behind(found_by):
    change = before(VALUE, "    kept.append(batch.z)\n")
    found = found_by(play.memory, (IMPORT, f"{IMPORT}kept = []\n"), change)
    assert found.startswith("failed: 5 more tensors live after five more steps")


def test_the_golden_is_the_mean_of_each_term_and_gradient(plugin):
    found = play.golden(Case(plugin()))
    names = {"value/real", "value/fake", "fooling/fake"}
    logged = {f"{player}/{key}" for player in ("value", "fooling") for key in ("objective", "gradient", "rejected")}
    assert found.keys() == names | logged
    assert found == play.golden(Case(plugin()))
    assert found["value/objective"] == pytest.approx(found["value/real"] + found["value/fake"])


@pytest.mark.parametrize(
    "change", [("logsigmoid(-fake)", "logsigmoid(-1.1 * fake)"), ("lr=1e-3", "lr=1e-1"), ("maximize(f", "minimize(f")]
)
def test_the_golden_tells_when_the_game_has_changed(plugin, change):
    assert play.golden(Case(plugin(change))) != pytest.approx(play.golden(Case(plugin())), rel=1e-2)


def test_terms_that_cannot_be_made_not_finite_are_the_games_to_refuse(found_by):
    for wrong in (".mean().detach()}", ".mean().item()}"):
        found = found_by(play.non_finite, (FOOLING, FOOLING.replace(".mean()}", wrong)))
        assert "an objective returns named 0-d tensors, at least one of which depends on" in found
