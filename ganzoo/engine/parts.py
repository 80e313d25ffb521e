"""What a plugin's functions give, its networks and its players, held to the contract before a game is made of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

from ganzoo.contract import Architecture, Player, Space
from ganzoo.counted import counted
from ganzoo.engine.device import drawing
from ganzoo.engine.state import named_parameters, tensors_of
from ganzoo.errors import GanzooError, PluginError, UsageError

__all__ = ["check_players", "networks_of", "parameter_count", "players_of"]

CPU = torch.device("cpu")


def networks_of(gan: str, seed: int, architecture: Architecture, config: Any, space: Space) -> dict[str, nn.Module]:
    """The networks, initialised on the CPU by counted draws, so that they are the same for every device.

    Raises UsageError, or another GanzooError, where the plugin does, for a space that it is not for; else PluginError.
    """
    with drawing(CPU, counted(seed, "networks")):
        try:
            modules = dict(architecture.networks(config, space))
        except GanzooError:
            raise
        except (Exception, SystemExit) as error:
            raise PluginError(f"{gan}: networks raised {type(error).__name__} for {space}") from error
    wrong = [name for name, module in modules.items() if not (name.isidentifier() and isinstance(module, nn.Module))]
    if wrong or not modules:
        raise PluginError(f"{gan}: networks returns modules by name; found {wrong or 'none'}")
    elsewhere = [(name, tensor.device) for name, tensor in tensors_of(modules).items() if tensor.device != CPU]
    if elsewhere:
        name, device = elsewhere[0]
        raise PluginError(f"{gan}: networks put {name!r} on {device}; leave out device=, the engine moves networks")
    return modules


def players_of(gan: str, architecture: Architecture, config: Any) -> list[Player]:
    """The players in the order of play. Raises PluginError if the plugin raises or gives anything else."""
    try:
        players = list(architecture.players(config))
    except UsageError:
        raise
    except (Exception, SystemExit) as error:
        raise PluginError(f"{gan}: players raised {type(error).__name__}, or returned no list") from error
    if odd := [player for player in players if not isinstance(player, Player)]:
        raise PluginError(
            f"{gan}: players returns what ganzoo.maximize and ganzoo.minimize make; found {type(odd[0]).__name__}"
        )
    return players


def check_players(gan: str, players: list[Player], modules: Mapping[str, nn.Module], arch: Architecture) -> None:
    """Raises PluginError if two players share a name, or a network is named that there is not."""
    names = [player.name for player in players]
    wrong = [f"two players are called {name!r}; give one a name=" for name in names if names.count(name) > 1][:1]
    named = {net for player in players for net in player.over} | set(arch.generator)
    wrong += [f"there is no network {net!r}; there are {', '.join(modules)}" for net in sorted(named - set(modules))]
    wrong += [
        f"player {player.name!r} moves {' '.join(player.over)}, which have no trainable parameters"
        for player in players
        if set(player.over) <= set(modules) and not named_parameters(modules, player.over)
    ]
    if wrong or not players:
        raise PluginError(f"{gan}: " + ("; ".join(wrong) or "players returned none"))


def parameter_count(net: nn.Module) -> int:
    """How many numbers a network's parameters are, tied ones counted once."""
    return sum(parameter.numel() for parameter in net.parameters())
