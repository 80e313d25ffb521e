"""From settings to a game that is ready to play: everything is built and tried before a folder is made."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import nn

from ganzoo import catalogue
from ganzoo.contract import Architecture, Config, Player, Space
from ganzoo.data import Dataset
from ganzoo.engine import device as devices
from ganzoo.engine.checkpoint import newest, read
from ganzoo.engine.folder import find
from ganzoo.engine.game import Game
from ganzoo.engine.given import data_of, put_lens
from ganzoo.engine.observers import Observers
from ganzoo.engine.parts import check_players, networks_of, players_of
from ganzoo.engine.processes import Processes, join
from ganzoo.engine.room import fitting
from ganzoo.engine.shards import Shards
from ganzoo.engine.splitting import how_it_splits
from ganzoo.engine.state import State, tensors_of
from ganzoo.engine.trial import play_step, seconds_per_step, try_turns
from ganzoo.engine.ways import Way, compiled, cuda_graph
from ganzoo.entry import Entry
from ganzoo.errors import CheckpointError, UsageError
from ganzoo.nn.whole import whole_batch_norm
from ganzoo.places import lasting
from ganzoo.settings import Resolved, Settings, completed

__all__ = ["Setup", "data_of", "prepare"]


@dataclass(kw_only=True)
class Setup:
    """A game ready to play, and what was found out while building it.

    seconds: of one step, measured. processes: this one and the others that play. split: for a player's name, how its
    batch splits (splitting.py). notes: sentences for the user.
    """

    resolved: Resolved
    entry: Entry
    title: str
    architecture: Architecture
    config: Config
    space: Space
    dataset: Dataset | None
    device: torch.device
    game: Game
    seconds: float
    processes: Processes
    split: Callable[[str], str]
    notes: list[str]
    observers: Observers

    @property
    def settings(self) -> Settings:
        """The settings, every one of them resolved."""
        return self.resolved.settings

    @property
    def identity(self) -> dict[str, Any]:
        """What a checkpoint says of itself, as JSON values: the GAN, its options, the space and the data."""
        return {
            "plugin": {**self.entry.identity, "revision": self.architecture.revision},
            "config": self.config.to_dict(),
            "space": self.space.to_dict(),
            "generator": list(self.architecture.generator),
            "data": {
                "name": self.dataset.name if self.dataset else "",
                "fingerprint": self.dataset.fingerprint if self.dataset else "",
            },
            "seed": self.settings.seed,
            "threads": self.settings.threads,
            "shards": self.settings.shards,
            "micro": self.game.shards.micro,
        }


def prepare(resolved: Resolved, processes: Processes | None = None) -> Setup:
    """Load the GAN, open the data, build the networks, and try one turn of each player on copies of them.

    processes: this one and the others, if they have met already.
    Raises UsageError, DataError or PluginError; nothing has been written then.
    """
    processes = processes or join()
    with processes.leader_first():  # a mistake ends the leader, and is told once
        entry = catalogue.typed(resolved.settings.gan)
        architecture = catalogue.load(entry)
        general = completed(resolved, architecture)  # mistakes are told before the data are opened
        device = devices.choose(general.settings.device)
        dataset, space, notes = data_of(entry.name, general.settings, architecture)
        resolved = completed(resolved, architecture, space.kind)
        settings = resolved.settings
        config = architecture.config.parse(settings.options)
        players = players_of(entry.name, architecture, config)
        what = f"{entry.name} on samples of {space}, {settings.batch} at once,"
        advice = f"type a smaller --size or --batch, or make its networks smaller (ganzoo show {entry.name})"
        with fitting(what, device, advice):
            modules = networks_of(entry.name, settings.seed, architecture, config, space)
        check_players(entry.name, players, modules, architecture)
        if settings.start_from:
            notes.append(_start_from(settings.start_from, modules))
        whole = settings.statistics == "whole"
        shards = Shards(settings.batch or 1, settings.shards or processes.count, processes, whole=whole)
    if whole:
        modules = {name: whole_batch_norm(module) for name, module in modules.items()}
    augmented = put_lens(settings, architecture, dataset, modules, notes)
    precision = devices.precision(settings.precision, device)
    if device.type == "cuda":
        torch.set_float32_matmul_precision("high")  # TF32 for products too, as torch has it for convolutions
    for module in modules.values():
        module.to(device)
        if any(parameter.dim() == 4 for parameter in module.parameters()):
            module.to(memory_format=torch.channels_last)
    on_device = dataset and dataset.to(device)

    def play_with(these: Mapping[str, nn.Module], steps: int, shards: Shards, ways: Sequence[Way] = ()) -> Game:
        state = State(these, players, architecture.generator, average=bool(settings.ema), schedule=settings.schedule)
        return Game(
            architecture, config, space, players, state, on_device,
            device=device, seed=settings.seed, batch=shards.batch, steps=steps, precision=precision,
            ema=settings.ema or 0.0, clip=settings.clip, dynamics=settings.dynamics, shards=shards, ways=ways,
        )  # fmt: skip

    def split(player: str) -> str:
        game = play_with(copy.deepcopy(modules), 1, Shards(min(4, shards.batch)))
        return how_it_splits(game, next(seat for seat in game.seats if seat.player.name == player))

    with processes.leader_first(), fitting(what, device, advice):
        trial = play_with(copy.deepcopy(modules), 1, Shards(shards.size))
        reads = try_turns(trial)
    threads = settings.threads
    if threads is None:
        threads = (
            devices.fastest_thread_count(lambda: play_step(trial)) if device.type == "cpu" else torch.get_num_threads()
        )
    threads = int(processes.text_from_leader(str(threads)))
    torch.set_num_threads(threads)
    shards.micro |= trial.shards.micro
    if shards.count > 1 and not whole:
        notes += _of_each_shard(shards, [player.name for player in players if split(player.name) == "objective"])
    seconds = seconds_per_step(trial)
    steps = settings.steps or _steps(entry.name, settings, players, reads, dataset)
    settings = replace(
        lasting(settings),
        gan=entry.word,
        steps=steps,
        epochs=None,
        threads=threads,
        device=str(device) if processes.count == 1 else device.type,
        precision=precision,
        augment=augmented,
        degrade=str(dataset.degradation) if dataset and dataset.degradation else None,
        shards=shards.count,
    )
    with processes.leader_first():
        game = play_with(modules, steps, shards, _ways(settings, device, shards, notes))
    paper = entry.outline.citation
    return Setup(
        resolved=replace(resolved, settings=settings),
        entry=entry,
        title=f"{entry.name} ({paper})" if paper else entry.name,
        architecture=architecture,
        config=config,
        space=space,
        dataset=on_device or None,
        device=device,
        game=game,
        seconds=seconds,
        processes=processes,
        split=split,
        notes=notes,
        observers=Observers(settings),
    )


def _of_each_shard(shards: Shards, players: list[str]) -> list[str]:
    """A sentence where shards play another game than the whole batch would."""
    if not players:
        return []
    return [
        f"{shards.count} shards of {max(shards.sizes)}: batch norm and batch-wide losses of {', '.join(players)} "
        f"see one shard, not all {shards.batch} samples"
    ]


def _ways(settings: Settings, device: torch.device, shards: Shards, notes: list[str]) -> list[Way]:
    """The ways to play turns from recordings that are asked for, the best first; none, and a note, if none can be."""
    graph = partial(cuda_graph, device=device) if device.type == "cuda" and settings.graphs else None
    ways = [Way("one graph", graph)] if graph else []
    if settings.compile and graph:
        ways.insert(0, Way("compiled, and one graph", lambda play: graph(compiled(play)), exact=False))
    elif settings.compile:
        ways.append(Way("compiled", compiled, exact=False))
    if ways and (settings.dynamics != "alternating" or shards.count > 1):
        why = f"--dynamics {settings.dynamics}" if settings.dynamics != "alternating" else f"{shards.count} shards"
        notes.append(f"turns are played operator by operator, they are not {ways[0].name}: {why}")
        return []
    return ways


def _start_from(target: str, modules: Mapping[str, nn.Module]) -> str:
    """Copy a run's networks into these. Raises CheckpointError if they are other networks."""

    def nets(values: Mapping[str, Any], names: Collection[str]) -> list[str]:
        return [name for name in names if name.startswith("nets.")]

    path = Path(target)
    checkpoint = read(path, nets) if path.suffix == ".safetensors" else newest(find(target).checkpoints, nets)[0]
    mine = tensors_of(modules)
    theirs = {name.removeprefix("nets."): value for name, value in checkpoint.tensors.items()}
    wrong = sorted(mine.keys() ^ theirs.keys())
    wrong += [name for name in mine.keys() & theirs.keys() if mine[name].shape != theirs[name].shape]
    if wrong:
        raise CheckpointError(
            f"--from {target}: its networks are others ({checkpoint.values['plugin']['name']}, {wrong[0]!r} differs); "
            "use the same GAN, options, size and channels"
        )
    with torch.no_grad():
        for name, value in mine.items():
            value.copy_(theirs[name])
    return f"starting from the weights of {checkpoint.path}, step {checkpoint.step}"


def _steps(gan: str, settings: Settings, players: list[Player], reads: list[str], dataset: Dataset | None) -> int:
    """How many steps the asked epochs are: an epoch ends when the first player that reads reals has seen them all."""
    if settings.epochs is None:
        return 10**9  # --minutes alone: until the time is over
    if not reads or dataset is None:
        raise UsageError(f"--epochs: no player of {gan} reads real samples; type --steps N")
    reader = next(player for player in players if player.name == reads[0])
    per_step = (settings.batch or 1) * reader.turns / reader.every
    return reader.start + math.ceil(settings.epochs * len(dataset) / per_step)
