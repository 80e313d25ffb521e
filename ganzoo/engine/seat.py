"""One player at the table, the move that it weighs, and whose fault it is when its code raises."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ganzoo.contract import Player
from ganzoo.data import Stream
from ganzoo.engine.guard import Guard
from ganzoo.engine.optimise import Mover
from ganzoo.engine.tally import Tally
from ganzoo.errors import PluginError

__all__ = ["Move", "Seat", "blamed"]


@dataclass
class Seat:
    """One player at the table: what the engine has made ready for its turns."""

    player: Player
    mover: Mover
    on: list[nn.Parameter]  # every parameter that it moves
    off: list[nn.Parameter]  # every other trainable one
    guard: Guard
    tally: Tally
    stream: Stream | None
    averaged: tuple[list[Tensor], list[Tensor]]  # the moving average's tensors, and those they follow
    direction: Tensor  # the objective's sign in the loss that autograd descends: -1 to maximize


@dataclass
class Move:
    """What a player would do in a turn: terms, objective (0-d), gradients, their norm, and whether all are finite."""

    seat: Seat
    terms: dict[str, Tensor]
    objective: Tensor
    gradients: list[Tensor | None]
    norm: Tensor
    ok: Tensor


@contextmanager
def blamed(player: Player, step: int | Tensor) -> Iterator[None]:
    """Inside, what the plugin's code raises becomes a PluginError that names the player and the step."""
    try:
        yield
    except torch.OutOfMemoryError:  # not its fault: the engine tries again with less at once
        raise
    except (Exception, SystemExit) as error:
        raise PluginError(f"player {player.name!r} raised {type(error).__name__} at step {int(step)}") from error
