"""Small games of one plugin on made-up data, built alike again and again."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from ganzoo import catalogue
from ganzoo.columns import Column, columns_of
from ganzoo.contract import Player, Space
from ganzoo.data import Dataset
from ganzoo.data.degrade import Degradation
from ganzoo.data.translation import preferred_space
from ganzoo.engine.game import Game
from ganzoo.engine.parts import check_players, networks_of, players_of
from ganzoo.engine.shards import Shards
from ganzoo.engine.state import State
from ganzoo.engine.ways import Way
from ganzoo.errors import DataError, UsageError
from ganzoo.testing.report import Failed
from ganzoo.tokens import text_space, vocabulary_of

__all__ = ["CPU", "TABLES", "Case", "equal", "made_up"]

CPU = torch.device("cpu")


def _table(*columns: Column) -> Space:
    placed: list[Column] = []
    for column in columns:
        placed.append(dataclasses.replace(column, start=placed[-1].stop if placed else 0))
    details = {"columns": [column.to_dict() for column in placed]}
    return Space(kind="table", shape=(placed[-1].stop,), details=details)


TABLES = (
    _table(
        Column(name="size", kind="continuous", modes=((0.0, 1.0), (9.0, 2.0)), absent=True, shares=(0.5, 0.3, 0.2)),
        Column(name="class", kind="category", values=("a", "b", "c"), shares=(0.6, 0.3, 0.1)),
        Column(name="open", kind="category", values=("no", "yes"), shares=(0.5, 0.5)),
    ),
    _table(Column(name="count", kind="integer", modes=((5.0, 2.0),), shares=(1.0,), greatest=10.0)),
    _table(
        Column(name="colour", kind="category", values=("red", "blue"), shares=(0.9, 0.1)),
        Column(name="day", kind="date", modes=((738000.0, 50.0),), shares=(1.0,), least=737000.0, greatest=739000.0),
    ),
)
_SPACES = [
    Space(kind="image", shape=(1, 16, 16)),
    Space(kind="image", shape=(1, 28, 28)),
    Space(kind="image", shape=(3, 32, 32)),
    Space(kind="image", shape=(2, 33, 29)),
    Space(kind="vector", shape=(2,), range=None),
    Space(kind="audio", shape=(1, 512), details={"rate": 8000}),
    Space(kind="audio", shape=(1, 2048), details={"rate": 8000}),
    Space(kind="audio", shape=(1, 4096), details={"rate": 8000}),
    Space(kind="game", shape=()),
    text_space(("", "a", "b", "c"), "characters", 5),
    text_space(tuple("uvwxyz"), "words", 8),
    *TABLES,
]


def made_up(space: Space, n: int = 32) -> Dataset:
    """N random samples of a space, the same each time: uint8 images, int64 tokens, float32 for the rest; labels where
    it has any.

    Where the space has a source that says how it was degraded, so are these; else they are their own sources.
    """
    generator = torch.Generator().manual_seed(1)
    if space.kind == "image":
        samples = torch.randint(0, 256, (n, *space.shape), generator=generator, dtype=torch.uint8)
    elif space.kind == "tokens":
        samples = torch.randint(0, len(vocabulary_of(space)), (n, *space.shape), generator=generator)
    elif space.kind == "table":
        samples = torch.rand(n, *space.shape, generator=generator) * 2 - 1
        for column in columns_of(space):
            entries = samples[:, column.entries.start : column.entries.stop]
            entries.copy_(entries == entries.amax(1, keepdim=True))
    else:
        samples = torch.randn(n, *space.shape, generator=generator)
    labels = torch.arange(n) % len(space.classes) if space.classes else None
    degraded = space.source.details.get("degraded") if space.source else None
    degradation = Degradation.read(degraded) if degraded else None
    return Dataset(
        "made-up", space, samples, labels, fingerprint="made-up", degradation=degradation, source_labels=labels
    )


class Case:
    """One plugin under test. `spaces` are those that its networks could be built for, `refused` why others not."""

    def __init__(self, gan: str) -> None:
        self.entry = catalogue.typed(gan)
        self.name = self.entry.name
        self.architecture = catalogue.load(self.entry)
        self.config = self.architecture.config()
        self.spaces: list[Space] = []
        self.refused: list[str] = []
        for space in _SPACES:
            if space.kind in self.architecture.spaces:
                if space.kind not in ("game", "table", "tokens"):
                    space = dataclasses.replace(space, classes=("a", "b", "c"))
                try:
                    space = self.with_source(space)
                    self.networks(space)
                except (DataError, UsageError) as error:
                    self.refused.append(f"{space} ({error})")
                else:
                    self.spaces.append(space)
        if not self.spaces:
            raise Failed(f"networks could be built for none of the spaces tried: {'; '.join(self.refused)}")

    def with_source(self, space: Space) -> Space:
        """The space with what the plugin prefers to translate from, if it translates."""
        return preferred_space(space, self.architecture)

    def networks(self, space: Space, seed: int = 0) -> dict[str, nn.Module]:
        """The plugin's networks with its default options."""
        return networks_of(self.name, seed, self.architecture, self.config, space)

    def players(self) -> list[Player]:
        """The plugin's players with its default options."""
        return players_of(self.name, self.architecture, self.config)

    def game(
        self,
        space: Space | None = None,
        *,
        batch: int = 4,
        seed: int = 0,
        players: list[Player] | None = None,
        shards: Shards | None = None,
        device: torch.device = CPU,
        ways: Sequence[Way] = (),
    ) -> Game:
        """A game on made-up data, with a moving average; the same for the same arguments."""
        space = space or self.spaces[0]
        players = players or self.players()
        modules = self.networks(space, seed)
        check_players(self.name, players, modules, self.architecture)
        for module in modules.values():
            module.to(device)
        state = State(modules, players, self.architecture.generator, average=True)
        data = None if space.kind == "game" else made_up(space).to(device)
        return Game(
            self.architecture, self.config, space, players, state, data,
            device=device, seed=seed, batch=batch, steps=100, ema=0.9, shards=shards, ways=ways,
        )  # fmt: skip


def equal(these: Mapping[str, Tensor], those: Mapping[str, Tensor]) -> list[str]:
    """The names whose tensors differ in any bit."""
    return [name for name in these if not torch.equal(these[name], those[name])]
