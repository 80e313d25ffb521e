"""A batch of given samples, and networks that pass them on: the samples are then the logits themselves."""

from types import SimpleNamespace

import pytest
import torch

import ganzoo


@pytest.fixture
def batch():
    def make(real, z, label=None):
        return ganzoo.Batch(
            len(real),
            step=torch.tensor(0.0),
            progress=torch.tensor(0.0),
            device=torch.device("cpu"),
            fetch={"real": lambda: real, "z": lambda: z, "label": lambda: label},
        )

    return make


@pytest.fixture
def passing():
    return SimpleNamespace(G=lambda z: z, D=lambda x: x.flatten())


@pytest.fixture
def moved(batch):
    """Which networks a player's objective has a gradient for, with all but those in `over` frozen."""

    def find(player, networks, config, space):
        nets = SimpleNamespace(**networks)
        for name, net in networks.items():
            net.requires_grad_(name in player.over)
        sample = batch(torch.rand(4, *space.shape) * 2 - 1, torch.randn(4, config.latent_dim))
        sum(player.objective(nets, sample, config).values()).backward()
        found = set()
        for name, net in networks.items():
            gradients = [parameter.grad for parameter in net.parameters()]
            if any(gradient is not None for gradient in gradients):
                assert all(gradient is not None for gradient in gradients), name
                assert all(gradient.abs().sum() > 0 for gradient in gradients if gradient.dim() > 1), name
                found.add(name)  # biases may stand still: a critic's last one shifts reals and fakes alike
            net.zero_grad()
        return found

    return find


@pytest.fixture
def pairs():
    """A batch of targets and sources, which for a translation is all that there is."""

    def make(real, source):
        real, source = (torch.as_tensor(part, dtype=torch.float64) for part in (real, source))
        return ganzoo.Batch(
            len(real),
            step=torch.tensor(0.0),
            progress=torch.tensor(0.0),
            device=torch.device("cpu"),
            fetch={"real": lambda: real, "source": lambda: source},
        )

    return make


@pytest.fixture
def reached():
    """Which networks of a translation get a gradient from each of its players, all of their weights; by its name."""

    def find(name, space, options=None):
        from ganzoo.testing.case import Case

        case = Case(name)
        case.config = case.architecture.config.parse(options or {})
        game = case.game(case.with_source(space))
        found = {}
        for seat in game.seats:
            start = seat.player.start
            _, objective = game.evaluate(seat, game.batch(seat, start, 0), start, 0)
            everything = {n: list(net.parameters()) for n, net in game.state.modules.items()}
            parameters = [p for net in everything.values() for p in net if p.requires_grad]
            gradients = torch.autograd.grad(objective, parameters, allow_unused=True)
            got = {id(p) for p, g in zip(parameters, gradients, strict=True) if g is not None}
            found[seat.player.name] = {n for n, net in everything.items() if net and all(id(p) in got for p in net)}
        return found

    return find
