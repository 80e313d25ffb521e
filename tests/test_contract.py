"""Everything that a GAN may need to say, said by tiny games and played by the engine."""

import dataclasses
import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Annotated, NamedTuple

import pytest
import torch
from safetensors import safe_open
from torch import Tensor, nn
from torch.nn import functional as F

import ganzoo
from ganzoo import Adam, Architecture, Linear, RMSprop, Space, maximize, minimize
from ganzoo.contract import Batch
from ganzoo.data import Dataset
from ganzoo.engine import checkpoint
from ganzoo.engine.game import Game
from ganzoo.engine.generator import Generator
from ganzoo.engine.state import State
from ganzoo.errors import PluginError

CPU = torch.device("cpu")
POINTS = Space(kind="vector", shape=(2,), range=None)
LABELLED = dataclasses.replace(POINTS, classes=("a", "b", "c"))
STEP = ganzoo.SGD(lr=0.1)
ADAM = Adam(lr=0.01)


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.Config):
    latent_dim: Annotated[int, "Z, length of the noise vector"] = 2
    weight: Annotated[float, "of the penalty"] = 10.0


def linear(config, space):
    return {"G": nn.Linear(2, 2), "D": nn.Sequential(nn.Linear(2, 1), nn.Flatten(0))}


def value(nets, batch, config):
    real, fake = nets.D(batch.real), nets.D(nets.G(batch.z))
    return {"real": F.logsigmoid(real).mean(), "fake": F.logsigmoid(-fake).mean()}


def fooling(nets, batch, config):
    return {"fooling": F.logsigmoid(nets.D(nets.G(batch.z))).mean()}


def game(players, networks=linear, *, space=POINTS, ema=0.0, steps=10, seed=0, sources=None, **more):
    """A game of 4 samples per turn on 32 points, its networks the same for the same seed."""
    architecture = Architecture(Config, networks, lambda config: players, spaces=("vector", "game"), **more)
    torch.manual_seed(seed)
    nets = networks(Config(), space)
    state = State(nets, players, architecture.generator, average=ema > 0)
    points = torch.randn(32, *space.shape, generator=torch.Generator().manual_seed(1))
    labels = torch.arange(32) % len(space.classes) if space.classes else None
    data = None if space.kind == "game" else Dataset("points", space, points, labels, "points", sources=sources)
    return Game(
        architecture, Config(), space, players, state, data, device=CPU, seed=0, batch=4, steps=steps, ema=ema
    )  # fmt: skip


def played(this, steps, first=0):
    for step in range(first, steps):
        this.step(step)
    return this


def turns(this, steps):
    """The names of the players in the order in which they took their turns, a list for each step."""
    order = []
    plain = this.turn
    this.turn = lambda seat, step, turn: (order[step].append(seat.player.name), plain(seat, step, turn))[1]
    for step in range(steps):
        order.append([])
        this.step(step)
    return order


def weights(module):
    return torch.cat([parameter.detach().flatten().clone() for parameter in module.parameters()])


def sampler(this):
    nets = {name: this.state.modules[name] for name in this.architecture.generator}
    return Generator("tiny", this.architecture, this.config, this.space, nets).eval()


# Players and when they play


def test_the_order_of_the_list_is_the_order_of_play_and_turns_are_taken_in_a_row():
    players = [maximize(value, over="D", by=ADAM, turns=3), maximize(fooling, over="G", by=ADAM)]
    assert turns(game(players), 2) == [["value", "value", "value", "fooling"]] * 2


def test_every_start_and_stop_say_in_which_steps_a_player_plays():
    players = [
        maximize(value, over="D", by=ADAM, every=2),
        maximize(fooling, over="G", by=ADAM, start=1, stop=3),
        minimize(fooling, over="D", by=ADAM, name="late", start=3, every=2),
    ]
    order = turns(game(players), 6)
    assert order == [["value"], ["fooling"], ["value", "fooling"], ["late"], ["value"], ["late"]]


def test_each_turn_has_fresh_noise_and_the_next_samples_of_the_players_own_walk():
    seen = []

    def looking(nets, batch, config):
        seen.append((batch.real.clone(), batch.z.clone()))
        return value(nets, batch, config)

    played(game([maximize(looking, over="D", by=ADAM, turns=2, every=3), maximize(fooling, over="G", by=ADAM)]), 10)
    reals = torch.cat([real for real, _ in seen])
    assert len(seen) == 8
    assert len(reals.unique(dim=0)) == 32, "8 turns of 4 go through the 32 points once"
    assert len(torch.cat([z for _, z in seen]).unique(dim=0)) == 32


@pytest.mark.parametrize("goal", [maximize, minimize])
def test_whose_turn_it_is_decides_what_moves_and_the_goal_which_way(goal):
    this = game([goal(fooling, over="G", by=STEP)])
    seat, before = this.seats[0], weights(this.state.modules["D"])
    batch = this.batch(seat, 0, 0)
    first = this.evaluate(seat, batch, 0, 0)[1].item()
    this.turn(seat, 0, 0)
    last = this.evaluate(seat, batch, 0, 0)[1].item()
    assert last > first if goal is maximize else last < first
    assert torch.equal(before, weights(this.state.modules["D"]))


def test_several_networks_in_one_over_and_more_than_two_players():
    """InfoGAN (Chen et al. 2016): G and Q share the player that guesses the code back; a third network."""

    def networks(config, space):
        return {**linear(config, space), "Q": nn.Linear(2, 2)}

    def information(nets, batch, config):
        return {"information": -F.mse_loss(nets.Q(nets.G(batch.z)), batch.z)}

    players = [
        maximize(value, over="D", by=ADAM),
        maximize(fooling, over="G", by=ADAM),
        maximize(information, over=["G", "Q"], by=ADAM),
    ]
    this = game(players, networks)
    before = {name: weights(module) for name, module in this.state.modules.items()}
    this.turn(this.seats[2], 0, 0)
    assert [n for n, m in this.state.modules.items() if not torch.equal(before[n], weights(m))] == ["G", "Q"]
    played(this, 3)
    assert not torch.equal(before["D"], weights(this.state.modules["D"]))


def test_two_players_of_one_name_are_an_error(installed):
    twice = installed.good.replace("(fooling, over", '(fooling, name="value", over')
    installed.add("twice", twice)
    with pytest.raises(PluginError, match="two players are called 'value'; give one a name="):
        ganzoo.train("twice", steps=1, out=str(installed.folder / "run"), threads=1)


# Optimisers


def test_equal_networks_and_optimisers_share_one_state_and_others_do_not():
    players = [
        maximize(value, over=("D", "G"), by=Adam(lr=0.01), name="one"),
        maximize(value, over=("G", "D"), by=Adam(lr=0.01), name="two"),
        maximize(value, over=("G", "D"), by=Adam(lr=0.02), name="other_number"),
        maximize(value, over=("G", "D"), by=RMSprop(lr=0.01), name="other_kind"),
        maximize(value, over="D", by=Adam(lr=0.01), name="other_networks"),
    ]
    movers = game(players).state.movers
    assert movers["one"] is movers["two"]
    assert len({id(mover) for mover in movers.values()}) == 4


def test_a_number_of_an_optimiser_may_be_a_schedule():
    by = ganzoo.SGD(lr=Linear(first=1.0, last=0.0, begin=0.5))

    def slope_of_one(nets, batch, config):
        return {"sum": sum(parameter.sum() for parameter in nets.D.parameters())}

    this = game([maximize(slope_of_one, over="D", by=by)], steps=10)
    moved, last = [], weights(this.state.modules["D"])
    for step in range(10):
        this.step(step)
        now = weights(this.state.modules["D"])
        moved.append((now - last)[0].item())
        last = now
    assert moved == pytest.approx([1, 1, 1, 1, 1, 1, 0.8, 0.6, 0.4, 0.2], abs=1e-5)


# Terms


def test_the_terms_are_summed_logged_by_name_and_a_detached_one_is_only_logged():
    def with_more(nets, batch, config):
        terms = value(nets, batch, config)
        return {**terms, "thousand": torch.tensor(1000.0), "detached": terms["real"].detach() * 5}

    plain = game([maximize(value, over="D", by=STEP)])
    more = game([maximize(with_more, over="D", by=STEP, name="value")])
    played(plain, 1)
    played(more, 1)
    assert torch.equal(weights(plain.state.modules["D"]), weights(more.state.modules["D"]))
    short, long = plain.seats[0].tally.read(), more.seats[0].tally.read()
    assert short["objective"] == pytest.approx(short["real"] + short["fake"])
    assert long["objective"] == short["objective"]
    assert long["thousand"] == 1000.0
    assert long["detached"] == pytest.approx(5 * long["real"])


def test_a_penalty_may_differentiate_the_discriminator_itself():
    def distance(nets, batch, config):
        x = batch.real.requires_grad_()
        (slope,) = torch.autograd.grad(nets.D(x).sum(), x, create_graph=True)
        fake = nets.D(nets.G(batch.z)).mean()
        penalty = config.weight * (slope.norm(dim=1) - 1).square().mean()
        return {"distance": nets.D(batch.real).mean() - fake, "penalty": -penalty}

    this = game([maximize(distance, over="D", by=ganzoo.SGD(lr=0.01))])
    with torch.no_grad():
        this.state.modules["D"][0].weight.mul_(10)
    played(this, 100)
    assert this.state.modules["D"][0].weight.norm().item() == pytest.approx(1, abs=0.1)


# State, and what happens after a turn


class Balance(nn.Module):
    """BEGAN's k (Berthelot et al. 2017, section 3.3)."""

    k: Tensor

    def __init__(self):
        super().__init__()
        self.register_buffer("k", torch.zeros(()))


def test_a_state_that_adapts_is_a_buffer_written_after_the_turn_from_what_was_kept():
    kept_at = []

    def networks(config, space):
        return {**linear(config, space), "balance": Balance()}

    def energy(nets, batch, config):
        real, fake = nets.D(batch.real).abs().mean(), nets.D(nets.G(batch.z)).abs().mean()
        batch.keep("gap", 0.5 * real - fake)
        return {"real": real, "fake": -nets.balance.k * fake}

    def adapt(nets, terms, kept, config):
        assert not torch.is_grad_enabled()
        assert not kept["gap"].requires_grad
        assert not terms["real"].requires_grad
        kept_at.append((nets.balance.k.item(), kept["gap"].item()))
        nets.balance.k.add_(0.1 * kept["gap"]).clamp_(-1, 1)

    this = played(game([minimize(energy, over="D", by=STEP, after=adapt)], networks), 3)
    expected = 0.0
    for before, gap in kept_at:
        assert before == pytest.approx(expected)
        expected += 0.1 * gap
    assert this.state.modules["balance"].k.item() == pytest.approx(expected)
    assert expected != 0
    assert this.state.tensors()["nets.balance.k"] == this.state.modules["balance"].k


def test_a_turn_that_is_not_accepted_undoes_what_came_after_it():
    def broken(nets, batch, config):
        return {"value": nets.D(batch.real).mean() * float("nan")}

    def count(nets, terms, kept, config):
        nets.balance.k.add_(1)

    def networks(config, space):
        return {**linear(config, space), "balance": Balance()}

    good = game([maximize(value, over="D", by=ADAM, after=count)], networks)
    bad = game([maximize(broken, over="D", by=ADAM, after=count)], networks)
    assert played(good, 2).state.modules["balance"].k == 2
    assert played(bad, 2).state.modules["balance"].k == 0


def test_weights_are_clipped_after_each_turn():
    """WGAN (Arjovsky et al. 2017, Algorithm 1, line 7)."""

    def clip(nets, terms, kept, config):
        for parameter in nets.D.parameters():
            parameter.clamp_(-0.01, 0.01)

    this = played(game([maximize(value, over="D", by=STEP, after=clip)]), 2)
    assert weights(this.state.modules["D"]).abs().max().item() == pytest.approx(0.01)


# Batch


def test_step_and_progress_anneal_a_term_without_leaving_the_device():
    seen = []

    def annealed(nets, batch, config):
        assert batch.step.dim() == batch.progress.dim() == 0
        assert batch.device == CPU
        seen.append((batch.step.item(), batch.progress.item(), len(batch)))
        return {"real": (1 - batch.progress) * nets.D(batch.real).mean()}

    played(game([maximize(annealed, over="D", by=STEP)], steps=4), 4)
    assert seen == [(0, 0, 4), (1, 0.25, 4), (2, 0.5, 4), (3, 0.75, 4)]


def test_fields_are_fetched_when_they_are_first_touched_and_once():
    fetched = []
    fetch = {name: (lambda name=name: fetched.append(name) or torch.ones(3)) for name in ("z", "real")}
    batch = Batch(3, step=torch.tensor(0.0), progress=torch.tensor(0.0), device=CPU, fetch=fetch)
    assert fetched == []
    assert batch.z is batch.z
    assert (fetched, batch.touched, len(batch)) == (["z"], ["z"], 3)
    with pytest.raises(AttributeError, match="no 'label'; it has real, z"):
        _ = batch.label
    assert not hasattr(batch, "source")


def test_a_player_that_reads_no_reals_consumes_none():
    this = game([maximize(fooling, over="G", by=ADAM)])
    assert this.turn(this.seats[0], 0, 0).touched == ["z"]


def test_what_is_kept_is_detached():
    batch = Batch(1, step=torch.tensor(0.0), progress=torch.tensor(0.0), device=CPU, fetch={})
    batch.keep("gap", torch.ones(2, requires_grad=True) * 2)
    assert not batch.kept["gap"].requires_grad
    assert batch.kept["gap"].tolist() == [2, 2]


# Priors and generation


def uniform(n, config, space, device):
    return torch.rand(n, config.latent_dim, device=device) * 2 - 1


class Codes(NamedTuple):
    noise: Tensor
    category: Tensor


def as_tuple(n, config, space, device):
    return Codes(torch.randn(n, 1, device=device), torch.randint(2, (n, 1), device=device))


def as_dict(n, config, space, device):
    return {"noise": torch.randn(n, 1, device=device), "category": torch.randint(2, (n, 1), device=device)}


class Structured(nn.Module):
    """G for latents of two parts."""

    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(2, 2)

    def forward(self, z):
        parts = list(z.values()) if isinstance(z, dict) else list(z)
        return self.inner(torch.cat(parts, dim=1))


def test_the_default_prior_is_standard_normal():
    this = game([maximize(fooling, over="G", by=ADAM)])
    z = torch.cat([this.batch(this.seats[0], 0, turn).z for turn in range(500)])
    assert z.shape == (2000, 2)
    assert z.mean().item() == pytest.approx(0, abs=0.1)
    assert z.std().item() == pytest.approx(1, abs=0.1)


def test_a_prior_of_its_own_is_used_in_play_and_in_sampling():
    this = game([maximize(fooling, over="G", by=ADAM)], prior=uniform)
    z = torch.cat([this.batch(this.seats[0], 0, turn).z for turn in range(500)])
    assert z.abs().max() <= 1
    assert z.std().item() == pytest.approx(3**-0.5, abs=0.03)
    with torch.no_grad():
        this.state.modules["G"].weight.copy_(torch.eye(2))
        this.state.modules["G"].bias.zero_()
    assert sampler(this).sample(500).tensor.abs().max() <= 1


@pytest.mark.parametrize("prior", [as_tuple, as_dict])
def test_a_prior_may_be_structured(prior):
    """Categorical codes beside the noise (Chen et al. 2016)."""

    def networks(config, space):
        return {"G": Structured(), "D": linear(config, space)["D"]}

    this = played(game([maximize(fooling, over="G", by=ADAM)], networks, prior=prior), 2)
    few, many = sampler(this).sample(3).tensor, sampler(this).sample(70).tensor
    assert few.shape == (3, 2)
    assert torch.equal(few, many[:3])


def test_an_architecture_without_a_prior_needs_a_latent_dim(installed):
    installed.add("lost", installed.good.replace("latent_dim:", "length:").replace("latent_dim", "length"))
    with pytest.raises(PluginError) as caught:
        ganzoo.train("lost", steps=1, out=str(installed.folder / "run"), threads=1)
    causes = [str(caught.value), str(caught.value.__cause__)]
    assert any("a field latent_dim" in text for text in causes)


def test_generation_of_its_own_with_a_label_and_several_networks():
    def networks(config, space):
        return {"M": nn.Linear(2, 2), "G": nn.Linear(2 + len(space.classes), 2), "D": linear(config, space)["D"]}

    def generate(nets, batch, config):
        label = F.one_hot(batch.label, 3).float()
        return nets.G(torch.cat([nets.M(batch.z), label], dim=1))

    def conditional(nets, batch, config):
        return {"fooling": nets.D(generate(nets, batch, config)).mean()}

    players = [maximize(conditional, over=["G", "M"], by=ADAM)]
    more = {"space": LABELLED, "generate": generate, "generator": ("G", "M")}
    this = played(game(players, networks, ema=0.9, **more), 2)
    assert set(this.state.average) == set(this.state.shown()) == {"G", "M"}
    generator = sampler(this)
    assert {name.split(".")[1] for name in generator.state_dict()} == {"G", "M"}
    with torch.no_grad():
        this.state.modules["G"].weight.copy_(torch.tensor([[0, 0, 1.0, 2, 3], [0, 0, 0, 0, 0]]))
        this.state.modules["G"].bias.zero_()
    assert generator.sample(4, labels=["c", 0]).tensor[:, 0].tolist() == [3, 1, 3, 1]
    assert generator.sample(4).tensor[:, 0].tolist() == [1, 2, 3, 1]


def test_labels_are_those_of_the_samples():
    this = game([maximize(fooling, over="G", by=ADAM)], space=LABELLED)
    batch = this.batch(this.seats[0], 0, 0)
    samples, labels = this.seats[0].stream.dataset.samples, this.seats[0].stream.dataset.labels
    places = [(samples == row).all(1).nonzero().item() for row in batch.real]
    assert batch.label.tolist() == labels[places].tolist()


# Networks


def tied(config, space):
    """CoGAN (Liu and Tuzel 2016): two generators that share their first layer."""
    shared = nn.Linear(2, 3)
    made = {name: nn.Sequential(shared, nn.Linear(3, 2)) for name in ("G", "H")}
    return {**made, "D": linear(config, space)["D"]}


def fooling_both(nets, batch, config):
    return {"first": nets.D(nets.G(batch.z)).mean(), "second": nets.D(nets.H(batch.z)).mean()}


def tied_game():
    return game([maximize(fooling_both, over=["G", "H"], by=ADAM)], tied, generator=("G", "H"), ema=0.5)


def test_a_tied_layer_is_moved_and_averaged_once():
    this = tied_game()
    before = this.state.modules["G"][0].weight.detach().clone()
    played(this, 1)
    moved = (this.state.modules["G"][0].weight - before).abs()
    assert moved.max().item() == pytest.approx(0.01, rel=1e-3), "Adam's first step is lr, and there was one"
    names = [name for name in this.state.tensors() if name.startswith("optimiser.") and name.endswith("exp_avg")]
    assert len(names) == 6, "three layers with weight and bias"
    average, live = this.state.average, this.state.modules
    assert average["G"][0].weight is average["H"][0].weight
    assert torch.allclose(average["G"][0].weight, (before + live["G"][0].weight) / 2)


def test_a_tied_layer_is_stored_once_and_still_tied_when_loaded(tmp_path):
    this = played(tied_game(), 2)
    path = checkpoint.save(tmp_path, 2, this.state.tensors(), {})
    with safe_open(path, framework="pt") as file:
        stored = set(file.keys())
    assert {"nets.G.0.weight", "nets.G.1.weight", "nets.H.1.weight", "average.G.0.weight"} <= stored
    assert not {"nets.H.0.weight", "average.H.0.weight"} & stored
    other = tied_game()
    other.state.load(checkpoint.read(path).tensors)
    assert other.state.modules["G"][0].weight is other.state.modules["H"][0].weight
    played(this, 4, first=2)
    played(other, 4, first=2)
    mine, theirs = this.state.tensors(), other.state.tensors()
    assert [name for name in mine if not torch.equal(mine[name], theirs[name])] == []


def test_parameters_frozen_at_build_stay_as_they_are():
    def networks(config, space):
        nets = linear(config, space)
        nets["G"].bias.requires_grad_(False)
        return nets

    players = [maximize(value, over="D", by=ADAM), maximize(fooling, over="G", by=ADAM)]
    this = game(players, networks)
    bias, weight = this.state.modules["G"].bias.clone(), this.state.modules["G"].weight.detach().clone()
    played(this, 3)
    assert torch.equal(bias, this.state.modules["G"].bias)
    assert not this.state.modules["G"].bias.requires_grad
    assert not torch.equal(weight, this.state.modules["G"].weight)
    assert "optimiser.fooling.G.bias.exp_avg" not in this.state.tensors()


def test_networks_that_no_player_moves_are_in_eval_mode():
    def networks(config, space):
        return {**linear(config, space), "judge": nn.Sequential(nn.Dropout(0.5))}

    modules = game([maximize(value, over="D", by=ADAM)], networks).state.modules
    assert {name: module.training for name, module in modules.items()} == {"G": False, "D": True, "judge": False}


# Games without data


class Number(nn.Module):
    def __init__(self):
        super().__init__()
        self.value = nn.Parameter(torch.ones((), dtype=torch.float64))


def test_the_bilinear_game_in_turn_conserves_its_invariant():
    """min_x max_y xy with step h, x first: x^2 + y^2 - h x y stays 1.9 from (1, 1) with h = .1."""
    h = 0.1

    def product(nets, batch, config):
        return {"product": nets.x.value * nets.y.value}

    by = ganzoo.SGD(lr=h)
    players = [minimize(product, over="x", by=by, name="lower"), maximize(product, over="y", by=by, name="upper")]
    space = Space(kind="game", shape=())
    this = game(players, lambda config, space: {"x": Number(), "y": Number()}, space=space, generator=("x",))
    x, y = (this.state.modules[name].value for name in "xy")
    for step in range(100):
        this.step(step)
        invariant = x.item() ** 2 + y.item() ** 2 - h * x.item() * y.item()
        assert invariant == pytest.approx(1.9, abs=1e-12)
    assert (x.item(), y.item()) != (1, 1)
    assert x.item() ** 2 + y.item() ** 2 == pytest.approx(1.9, abs=0.2), "it circles, neither in nor out"


# Space, Architecture, imports


def test_a_space_survives_json_whole():
    source = Space(kind="audio", shape=(2, 16000), range=(-1.0, 1.0), details={"sample_rate": 16000})
    space = Space(
        kind="table", shape=(3,), classes=("yes", "no"), range=None, source=source,
        details={"columns": [{"name": "age", "type": "real"}], "vocabulary": {"a": 0}},
    )  # fmt: skip
    again = Space.from_dict(json.loads(json.dumps(space.to_dict())))
    assert again == space
    assert again.source.details["sample_rate"] == 16000
    assert (again.range, again.classes, again.shape) == (None, ("yes", "no"), (3,))


def test_a_space_counts_its_numbers_and_has_a_hash():
    space = Space(kind="image", shape=(3, 4, 5), details={"note": []})
    assert (space.numbers, str(space)) == (60, "3x4x5")
    assert hash(space) == hash(dataclasses.replace(space))
    assert Space(kind="game", shape=()).numbers == 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        space.shape = (1,)


@pytest.mark.parametrize(
    "module", ["contract", "config", "players", "optimisers", "errors", "hookspecs", "catalogue", "settings", "counted"]
)
def test_importable_without_torch(module):
    code = f"import sys; sys.modules['torch'] = None; import ganzoo.{module}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stderr == ""


# Translation


def test_a_translation_learns_from_each_samples_own_source():
    """A linear G finds x = 2 s from pairs; sources are dealt with their samples, images as numbers in [-1, 1]."""
    space = dataclasses.replace(POINTS, source=POINTS)
    halves = torch.randn(32, 2, generator=torch.Generator().manual_seed(1)) / 2  # of the game's points

    def miss(nets, batch, config):
        return {"miss": (nets.G(batch.source) - batch.real).square().mean()}

    def generate(nets, batch, config):
        return nets.G(batch.source)

    this = game([minimize(miss, over="G", by=STEP)], space=space, sources=halves, steps=300, generate=generate)
    batch = this.batch(this.seats[0], 0, 0)
    assert torch.allclose(2 * batch.source, batch.real)
    played(this, 300)
    given = torch.tensor([[1.0, -3.0]])
    assert torch.allclose(sampler(this)(torch.zeros(1, 2), source=given), 2 * given, atol=0.1)
    with pytest.raises(ganzoo.GanzooError, match="translates what it is given, it draws none from noise"):
        sampler(this).sample(2)


def test_an_unpaired_translation_reads_sources_in_an_order_of_their_own():
    space = dataclasses.replace(POINTS, source=POINTS)  # without other sources, the samples themselves
    together, apart = (
        game([maximize(value, over="D", by=ADAM)], space=space, source=source) for source in ("paired", "unpaired")
    )
    batches = [this.batch(this.seats[0], 0, 0) for this in (together, apart)]
    assert [torch.equal(batch.source, batch.real) for batch in batches] == [True, False]
    assert torch.equal(batches[0].real, batches[1].real)


def test_a_batch_of_data_without_sources_has_none():
    this = game([maximize(value, over="D", by=ADAM)])
    with pytest.raises(AttributeError, match="this batch has no 'source'"):
        _ = this.batch(this.seats[0], 0, 0).source
