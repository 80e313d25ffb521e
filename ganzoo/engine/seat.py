"""One player at the table, the move that it weighs, and whose fault it is when its code raises or returns nonsense."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor, nn

from ganzoo.contract import Player
from ganzoo.data import Stream
from ganzoo.engine.guard import Guard
from ganzoo.engine.optimise import Mover
from ganzoo.engine.tally import Tally
from ganzoo.errors import PluginError

__all__ = ["Move", "Seat", "blamed", "terms_of", "total_norm"]


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

    @cached_property
    def row(self) -> Tensor:
        """Terms, objective, norm and whether all are finite, as the tally counts them: (terms + 3,)."""
        with torch.no_grad():
            return torch.stack([*self.terms.values(), self.objective, self.norm, self.ok])


@contextmanager
def blamed(player: Player, step: int | Tensor) -> Iterator[None]:
    """Inside, what the plugin's code raises becomes a PluginError that names the player and the step."""
    try:
        yield
    except torch.OutOfMemoryError:  # not its fault: the engine tries again with less at once
        raise
    except (Exception, SystemExit) as error:
        raise PluginError(f"player {player.name!r} raised {type(error).__name__} at step {int(step)}") from error


def terms_of(player: Player, returned: object) -> tuple[dict[str, Tensor], Tensor]:
    """The named terms that an objective returned, and the sum of those with a gradient, all 0-d.

    Raises PluginError if it returned anything else, or nothing that has a gradient.
    """
    terms = dict(returned) if isinstance(returned, Mapping) else {}
    wanted = [term for term in terms.values() if isinstance(term, Tensor) and term.requires_grad]
    wrong = [f"{k}: {_described(term)}" for k, term in terms.items() if not isinstance(term, Tensor) or term.dim()]
    if wrong or not wanted:
        wrong = wrong or ["no term with a gradient"] if isinstance(returned, Mapping) else [_described(returned)]
        raise PluginError(
            f"player {player.name!r}: an objective returns named 0-d tensors, at least one of which depends "
            f"on {' '.join(player.over)}; found {', '.join(wrong)}"
        )
    return terms, sum(wanted[1:], wanted[0])


def total_norm(gradients: list[Tensor | None], device: torch.device) -> Tensor:
    """The Euclidean norm of all gradients together, 0-d; not finite if any of them is not."""
    present = [gradient for gradient in gradients if gradient is not None]
    if not present:
        return torch.zeros((), device=device)
    norm: Tensor = torch.linalg.vector_norm(torch.stack(torch._foreach_norm(present)))
    return norm


def _described(value: object) -> str:
    """A value as an error names it: a tensor by its shape, anything else by its type."""
    return f"a tensor of shape {tuple(value.shape)}" if isinstance(value, Tensor) else type(value).__name__
