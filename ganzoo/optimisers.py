"""Optimisers and schedules as frozen values: what a player is moved by, said without doing it.

Equal values are equal optimisers: players that move the same networks by equal values share one state.
Importable without torch. A `Number` may be a schedule, a value that depends on the run's progress; a momentum is
plain, since it decides whether the optimiser has a state.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

from ganzoo.errors import PluginError

__all__ = ["SGD", "Adam", "AdamW", "Cosine", "Linear", "Number", "Optimiser", "RMSprop", "number_at"]


@dataclass(frozen=True, kw_only=True)
class Linear:
    """A straight line from `first` to `last` between two points of the run's progress in [0, 1].

    Raises PluginError if `begin` is not before `end`.
    """

    first: float
    last: float
    begin: float = 0.0
    end: float = 1.0

    def __post_init__(self) -> None:
        if not self.begin < self.end:
            raise PluginError(f"Linear: begin={self.begin} should be before end={self.end}")

    def at(self, progress: float) -> float:
        """The number at a progress in [0, 1]; constant before `begin` and after `end`."""
        share = (progress - self.begin) / (self.end - self.begin)
        return self.first + (self.last - self.first) * min(1.0, max(0.0, share))


@dataclass(frozen=True, kw_only=True)
class Cosine:
    """Half a cosine wave from `first` to `last` over the run (Loshchilov and Hutter 2017, eq. 5, one period)."""

    first: float
    last: float

    def at(self, progress: float) -> float:
        """The number at a progress in [0, 1]."""
        return self.last + (self.first - self.last) * (1 + math.cos(math.pi * min(1.0, progress))) / 2


Number: TypeAlias = float | Linear | Cosine


def number_at(number: Number, progress: float) -> float:
    """A plain number as it is; a schedule at the run's progress in [0, 1]."""
    return number if isinstance(number, float | int) else number.at(progress)


@dataclass(frozen=True, kw_only=True)
class Adam:
    """Kingma and Ba 2015, Algorithm 1."""

    lr: Number = 1e-3
    betas: tuple[Number, Number] = (0.9, 0.999)
    eps: Number = 1e-8
    weight_decay: Number = 0.0


@dataclass(frozen=True, kw_only=True)
class AdamW:
    """Loshchilov and Hutter 2019, Algorithm 2: Adam with decoupled weight decay."""

    lr: Number = 1e-3
    betas: tuple[Number, Number] = (0.9, 0.999)
    eps: Number = 1e-8
    weight_decay: Number = 0.01


@dataclass(frozen=True, kw_only=True)
class RMSprop:
    """Tieleman and Hinton 2012, lecture 6.5."""

    lr: Number = 1e-2
    alpha: Number = 0.99
    eps: Number = 1e-8
    weight_decay: Number = 0.0
    momentum: float = 0.0


@dataclass(frozen=True, kw_only=True)
class SGD:
    """Stochastic gradient descent, with momentum as in Sutskever et al. 2013."""

    lr: Number
    momentum: float = 0.0
    nesterov: bool = False
    weight_decay: Number = 0.0


Optimiser: TypeAlias = Adam | AdamW | RMSprop | SGD
