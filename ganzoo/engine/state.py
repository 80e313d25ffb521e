"""Everything that a game carries from step to step: networks, their moving average, optimisers. Nothing else."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from types import SimpleNamespace

import torch
from torch import Tensor, nn

from ganzoo.contract import Player
from ganzoo.engine.optimise import Mover
from ganzoo.errors import CheckpointError

__all__ = ["State", "named_pairs", "named_parameters", "tensors_of"]


def named_parameters(modules: Mapping[str, nn.Module], names: Sequence[str]) -> dict[str, nn.Parameter]:
    """The parameters of some networks as `<network>.<parameter>`, tied ones once, those frozen at build left out."""
    found: dict[str, nn.Parameter] = {}
    seen: set[int] = set()
    for name in names:
        for inner, parameter in modules[name].named_parameters():
            if parameter.requires_grad and id(parameter) not in seen:
                seen.add(id(parameter))
                found[f"{name}.{inner}"] = parameter
    return found


def tensors_of(modules: Mapping[str, nn.Module]) -> dict[str, Tensor]:
    """Parameters and persistent buffers as `<network>.<name>`; a tied tensor appears under each of its names."""
    return {
        f"{name}.{inner}": value
        for name, module in modules.items()
        for inner, value in module.state_dict(keep_vars=True).items()
    }


def named_pairs(average: Mapping[str, nn.Module], modules: Mapping[str, nn.Module]) -> list[tuple[Tensor, Tensor]]:
    """The parameters of a moving average with those that they follow, tied ones once."""
    pairs: dict[int, tuple[Tensor, Tensor]] = {}
    for name, module in average.items():
        for mine, live in zip(module.parameters(), modules[name].parameters(), strict=True):
            pairs[id(mine)] = (mine.detach(), live.detach())
    return list(pairs.values())


class State:
    """Networks, the generator's moving average, and one optimiser per distinct (networks, optimiser) of the players.

    modules: every network by name. average: copies of the generator's networks, empty without averaging.
    movers: by player's name; players that move the same networks by equal optimisers share one.
    """

    def __init__(
        self,
        modules: Mapping[str, nn.Module],
        players: Sequence[Player],
        generator: Sequence[str],
        *,
        average: bool,
        schedule: str = "constant",
    ) -> None:
        self.modules = dict(modules)
        self.generator = tuple(generator)
        self.average: dict[str, nn.Module] = {}
        self.extra: dict[str, Tensor] = {}
        if average:
            self.average = copy.deepcopy({name: self.modules[name] for name in self.generator})
        moved = {name for player in players for name in player.over}
        for name, module in self.modules.items():
            module.train(name in moved)
        for module in self.average.values():
            module.eval().requires_grad_(False)
        shared: dict[tuple[frozenset[str], object], Mover] = {}
        self.movers: dict[str, Mover] = {}
        for player in players:
            key = (frozenset(player.over), player.by)
            if key not in shared:
                shared[key] = Mover(player.by, named_parameters(self.modules, player.over), schedule)
            self.movers[player.name] = shared[key]

    @property
    def nets(self) -> SimpleNamespace:
        """The networks as objectives see them: nets.G, nets.D."""
        return SimpleNamespace(**self.modules)

    def shown(self) -> dict[str, nn.Module]:
        """The generator's networks that samples are drawn from: the average where there is one."""
        return self.average or {name: self.modules[name] for name in self.generator}

    def buffers(self) -> list[Tensor]:
        """Every buffer of every network, tied ones once: what a forward pass may write."""
        found = {id(buffer): buffer for module in self.modules.values() for buffer in module.buffers()}
        return list(found.values())

    def tensors(self) -> dict[str, Tensor]:
        """All state by name, as a checkpoint stores it: nets.*, average.*, optimiser.<player>.*, dynamics.*."""
        found = {f"nets.{name}": value.detach() for name, value in tensors_of(self.modules).items()}
        found |= {f"average.{name}": value.detach() for name, value in tensors_of(self.average).items()}
        written: set[int] = set()
        for player, mover in self.movers.items():
            if id(mover) not in written:
                written.add(id(mover))
                found |= {f"optimiser.{player}.{name}": value for name, value in mover.state().items()}
        return found | {f"dynamics.{name}": value for name, value in self.extra.items()}

    def load(self, tensors: Mapping[str, Tensor]) -> None:
        """Write a checkpoint's tensors into this state, in place. Raises CheckpointError if names or shapes differ."""
        mine = self.tensors()
        missing, extra = mine.keys() - tensors.keys(), tensors.keys() - mine.keys()
        other = [name for name in mine.keys() & tensors.keys() if mine[name].shape != tensors[name].shape]
        if missing or extra or other:
            example = sorted([*missing, *extra, *other])[0]
            raise CheckpointError(
                f"the checkpoint is of other networks: {len(missing)} tensors are missing, {len(extra)} are unknown, "
                f"{len(other)} have another shape (first: {example}); use the options that it was trained with"
            )
        with torch.no_grad():
            for name, value in mine.items():
                value.copy_(tensors[name])
