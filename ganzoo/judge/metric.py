"""What a metric is: the value that `ganzoo_metric` returns, and what it is shown.

Shapes: n samples of a part, F features, K classes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

import torch
from torch import Tensor

from ganzoo.contract import Space

__all__ = ["Kept", "Metric", "Need", "Part", "Subject", "Tally"]

Need: TypeAlias = Literal["modes", "logits", "classes", "labels", "images", "pairs", "numbers", "tokens"]


@dataclass(frozen=True)
class Part:
    """Some samples as every metric sees them, on the CPU.

    samples: (n, *shape) in the space's range. features: (n, F) float32 of the extractor. logits: (n, K) where it
    gives them. label: (n,) int64, of a real sample its own, of a generated one what was asked for; None without.
    Of a translation, source: (n, *source shape), what each was made from; target: (n, *shape), what each should be.
    """

    samples: Tensor
    features: Tensor
    logits: Tensor | None = None
    label: Tensor | None = None
    source: Tensor | None = None
    target: Tensor | None = None

    def first(self, count: int) -> Part:
        """The first samples of it only."""
        parts = (self.samples, self.features, self.logits, self.label, self.source, self.target)
        return Part(*(None if part is None else part[:count] for part in parts))  # type: ignore[arg-type]


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What is judged. width: F. shares: (K,) float64, how common each class is in the data; None without labels.

    gives: what can be asked of it. "modes": the space's details name the data's modes and their deviation.
    "logits": the extractor is a classifier, "classes": of the data's own classes. "labels": the generator
    makes the class that it is asked for. "images": samples are. "pairs": each is a translation whose target is known.
    "numbers": samples have distances, "tokens": they are texts, which have none.
    seed: of every draw.
    """

    space: Space
    width: int
    shares: Tensor | None
    gives: frozenset[Need]
    seed: int


class Tally(Protocol):
    """Takes samples in, part by part, and keeps sums of them, not the samples."""

    def real(self, part: Part) -> None:
        """Take real samples in."""

    def fake(self, part: Part) -> None:
        """Take generated samples in."""

    def values(self) -> Mapping[str, float]:
        """The numbers by name, once everything was taken in. What is undefined is infinite."""


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One way to judge a generator.

    tally(subject) begins a judgement. protocol: in a line, what its numbers mean beside others'. least(subject):
    the samples below which they mean nothing. needs: of Subject.gives. compares: whether real samples are looked
    at. most: the samples it looks at, of either kind, where it must keep them; None for all.
    """

    tally: Callable[[Subject], Tally]
    protocol: str
    least: Callable[[Subject], int]
    needs: tuple[Need, ...] = ()
    compares: bool = True
    most: int | None = None


class Kept:
    """The features of a tally that needs them all at once: bounded by its metric's `most`."""

    def __init__(self) -> None:
        self._reals: list[Tensor] = []
        self._fakes: list[Tensor] = []

    def real(self, part: Part) -> None:
        """Keep real features."""
        self._reals.append(part.features)

    def fake(self, part: Part) -> None:
        """Keep generated features."""
        self._fakes.append(part.features)

    @property
    def reals(self) -> Tensor:
        """(N, F)."""
        return torch.cat(self._reals)

    @property
    def fakes(self) -> Tensor:
        """(M, F)."""
        return torch.cat(self._fakes)
