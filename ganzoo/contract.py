"""The nouns that a plugin uses: Space, Batch, Config, Player, Architecture.

A plugin returns values made of these; the engine acts on them. Nothing here imports torch. `Config` is written in
config.py, `Player` in players.py.
Shapes: N batch, Z latent, C H W image.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from ganzoo.config import Config
from ganzoo.players import Player, When, maximize, minimize
from ganzoo.plurals import many

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

__all__ = [
    "API",
    "Architecture",
    "Batch",
    "Config",
    "Nets",
    "Origin",
    "Player",
    "Space",
    "When",
    "maximize",
    "minimize",
]

API = 1  # raised by a release in which a plugin may say something that the one before does not know

Kind: TypeAlias = Literal["image", "vector", "audio", "table", "tokens", "game"]
Origin: TypeAlias = Literal["paired", "unpaired", "itself"]
Nets: TypeAlias = Any  # a namespace of modules: nets.G, nets.D, as named by Architecture.networks
Prior: TypeAlias = "Callable[[int, Any, Space, torch.device], Any]"


@dataclass(frozen=True, kw_only=True)
class Space:
    """What one sample is. It serialises whole, so that a published model needs nothing else.

    shape: (C, H, W) of an image, (F,) of a vector, (T,) or (C, T) of audio; numbers lie in `range`
    (None: unbounded). classes: the names of the labels, empty if there are none. source: the space
    that a translation starts from. details: JSON values of the kind (columns, vocabulary, sample rate).
    A sample of kind tokens is (T,) whole numbers, of the tokens' places in the vocabulary.
    """

    kind: Kind
    shape: tuple[int, ...]
    classes: tuple[str, ...] = ()
    range: tuple[float, float] | None = (-1.0, 1.0)
    source: Space | None = None
    details: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def numbers(self) -> int:
        """How many numbers one sample has: the product of its shape."""
        return math.prod(self.shape)

    @property
    def plural(self) -> str:
        """What several samples are called: images, tables, sounds, texts."""
        return {"audio": "sounds", "tokens": "texts"}.get(self.kind, f"{self.kind}s")

    def __str__(self) -> str:
        if self.kind == "table":
            return many(len(self.details["columns"]), "column")
        if self.kind == "tokens":
            length = many(self.shape[0], str(self.details["unit"]).removesuffix("s"))
            return f"{length} of {len(self.details['vocabulary']):,}"
        return "x".join(map(str, self.shape))

    def to_dict(self) -> dict[str, Any]:
        """The space as JSON values; `from_dict` gives an equal space back."""
        return {
            "kind": self.kind,
            "shape": list(self.shape),
            "classes": list(self.classes),
            "range": None if self.range is None else list(self.range),
            "source": None if self.source is None else self.source.to_dict(),
            "details": dict(self.details),
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Space:
        """The space that `to_dict` wrote."""
        source, bounds = values.get("source"), values.get("range")
        return cls(
            kind=values["kind"],
            shape=tuple(values["shape"]),
            classes=tuple(values.get("classes", ())),
            range=None if bounds is None else (float(bounds[0]), float(bounds[1])),
            source=None if source is None else cls.from_dict(source),
            details=dict(values.get("details", {})),
        )


class Batch:
    """What one turn of one player is played on. Fields are fetched when they are first touched.

    real: (N, *shape) samples of the data in the space's range, tokens int64. z: the prior's draw, (N, Z) by default.
    label: (N,) int64, source: (N, *source shape) and source_label: (N,) int64, where the data have them.
    real_with(features): samples that hold an entry of a one-hot each, named by its feature (N,) int64, -1 for any.
    where: (N,) int64, the features that the user asks generated rows of a table to hold, absent if none are.
    step, progress: 0-d float tensors, the step's number and its share of the run, for annealing.
    """

    if TYPE_CHECKING:
        real: Tensor
        z: Any
        label: Tensor
        source: Tensor
        source_label: Tensor
        real_with: Callable[[Tensor], Tensor]
        where: Tensor

    def __init__(
        self,
        size: int,
        *,
        step: Tensor,
        progress: Tensor,
        device: torch.device,
        fetch: Mapping[str, Callable[[], Any]],
    ) -> None:
        self._size = size
        self._fetch = fetch
        self.step = step
        self.progress = progress
        self.device = device
        self.kept: dict[str, Tensor] = {}
        self.rows: set[str] = set()
        self.touched: list[str] = []

    def __len__(self) -> int:
        return self._size

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields that can be fetched."""
        return tuple(self._fetch)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._fetch:
            raise AttributeError(f"this batch has no {name!r}; it has {', '.join(sorted(self._fetch)) or 'no fields'}")
        value = self._fetch[name]()
        self.touched.append(name)
        setattr(self, name, value)
        return value

    def keep(self, name: str, value: Tensor, *, per_sample: bool = False) -> None:
        """Put a tensor aside for the player's `after`, which receives it detached.

        Where a batch is played in parts, `after` receives the mean over samples of what the parts put aside; or, of
        what has a row for each sample (`per_sample`), all rows.
        """
        self.kept[name] = value.detach()
        if per_sample:
            self.rows.add(name)


@dataclass(frozen=True)
class Architecture:
    """One GAN: its hyper-parameters, its networks, its players, and what it prefers where nothing is asked.

    networks(config, space) -> {name: module}; a method's own state is a module with buffers among them.
    players(config) -> the players in the order of play.
    prior(n, config, space, device) -> z; None is N(0, I) of shape (n, config.latent_dim).
    generate(nets, batch, config) -> (N, *shape) from batch.z (and label, source); None is the first network of
    `generator` at batch.z, of a translation at batch.source.
    generator: the networks that `generate` needs, which are averaged, published and loaded.
    discriminator: the networks whose first argument is a sample; differentiable augmentation acts there.
    score(nets, samples, batch, config) -> (N,) ranks samples by how real they look; None is the output of the
    first discriminator, its mean where it judges patches, and no score where there is none.
    source: what a translation starts from: "paired", the source of each sample; "unpaired", sources in an order of
    their own; "itself", other samples of the same data (whose labels are domains). None: the GAN translates nothing.
    degrade: the degradation, as --degrade, whose undoing is learned where the user names no source.
    multiple: `generate` takes sources of any height and width that are multiples of this; 0: of the data's size only.
    revision: to be raised when equal weights would give other outputs.
    spaces: the kinds of space that the networks can be built for.
    data, size, batch, steps, ema, labelled: what is used where the user says nothing; ema is the decay per turn
    of the generator's moving average, 0 for none; labelled is how many samples keep their label (None: all), the
    others have the label -1.
    on: what is preferred on samples of one kind instead, as keywords of `ganzoo.train`:
    {"vector": {"batch": 512, "schedule": "cosine", "options": {"gamma": 0.02}}}.
    """

    config: type[Config]
    networks: Callable[[Any, Space], Mapping[str, nn.Module]]
    players: Callable[[Any], Sequence[Player]]
    prior: Prior | None = None
    generate: Callable[[Nets, Batch, Any], Tensor] | None = None
    generator: tuple[str, ...] = ("G",)
    discriminator: tuple[str, ...] = ("D",)
    score: Callable[[Nets, Tensor, Batch, Any], Tensor] | None = None
    source: Origin | None = None
    degrade: str | None = None
    multiple: int = 0
    revision: int = 1
    spaces: tuple[Kind, ...] = ("image",)
    data: str = "digits"
    size: int = 32
    batch: int = 64
    steps: int = 3000
    ema: float = 0.0
    labelled: int | None = None
    on: Mapping[Kind, Mapping[str, Any]] = field(default_factory=dict, hash=False)
