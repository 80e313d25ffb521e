import pytest
import torch
from torch import nn

import ganzoo
from ganzoo.contract import Architecture, Space
from ganzoo.engine.parts import networks_of, parameter_count, players_of
from ganzoo.errors import PluginError, UsageError

SPACE = Space(kind="vector", shape=(2,), range=None)


def raising(error):
    def function(*arguments):
        raise error

    return function


def architecture(networks=None, players=None):
    return Architecture(ganzoo.Config, networks, players)


def test_networks_are_the_same_for_the_same_seed_and_leave_the_draws_as_they_were():
    these = architecture(lambda config, space: {"G": nn.Linear(3, 2)})
    before = torch.get_rng_state()
    one, same, other = (networks_of("a-gan", seed, these, None, SPACE)["G"].weight for seed in (1, 1, 2))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize(
    ("networks", "said"),
    [
        (raising(KeyError("x")), "a-gan: networks raised KeyError for 2"),
        (raising(SystemExit(0)), "a-gan: networks raised SystemExit for 2"),
        (lambda config, space: None, "a-gan: networks raised TypeError for 2"),
        (lambda config, space: {}, "a-gan: networks returns modules by name; found none"),
        (lambda config, space: {"G": 3}, r"a-gan: networks returns modules by name; found \['G'\]"),
        (lambda config, space: {"a b": nn.Identity()}, r"found \['a b'\]"),
        (
            lambda config, space: {"G": nn.Linear(3, 2, device="meta")},
            "a-gan: networks put 'G.weight' on meta; leave out device=, the engine moves networks",
        ),
    ],
)
def test_networks_that_are_none_are_the_plugins_mistake(networks, said):
    with pytest.raises(PluginError, match=said):
        networks_of("a-gan", 0, architecture(networks), None, SPACE)


@pytest.mark.parametrize(
    ("players", "said"),
    [
        (raising(KeyError("x")), "a-gan: players raised KeyError, or returned no list"),
        (raising(SystemExit(0)), "a-gan: players raised SystemExit"),
        (lambda config: None, "a-gan: players raised TypeError, or returned no list"),
        (lambda config: [print], "players returns what ganzoo.maximize and ganzoo.minimize make; found builtin_"),
    ],
)
def test_players_that_are_none_are_the_plugins_mistake(players, said):
    with pytest.raises(PluginError, match=said):
        players_of("a-gan", architecture(players=players), None)


def test_what_the_plugin_says_to_the_user_passes():
    said = raising(UsageError("sixteen pixels"))
    with pytest.raises(UsageError, match="sixteen"):
        networks_of("a-gan", 0, architecture(said), None, SPACE)
    with pytest.raises(UsageError, match="sixteen"):
        players_of("a-gan", architecture(players=said), None)


def test_parameters_are_counted_with_frozen_ones_and_tied_ones_once():
    net = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3, bias=False), nn.BatchNorm1d(3, affine=False))
    net[1].weight = net[0].weight
    net[0].bias.requires_grad_(False)
    assert parameter_count(net) == 12
