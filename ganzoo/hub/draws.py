"""What a generator draws beside its latents, as inputs: a graph for programs without torch has no random state.

Shapes: N samples.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

__all__ = ["Draws"]

_KINDS: Mapping[Callable[..., Tensor], str] = {
    torch.rand: "uniform",
    torch.rand_like: "uniform",
    torch.randn: "normal",
    torch.randn_like: "normal",
}


class Draws(TorchFunctionMode):
    """Inside, standard normal and uniform draws are noted; with `given`, those are returned in their places."""

    def __init__(self, given: Sequence[Tensor] | None = None) -> None:
        super().__init__()
        self._given = None if given is None else iter(given)
        self._kinds: list[str] = []
        self._made: list[Tensor] = []

    def __torch_function__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        kind = _KINDS.get(func)
        if kind and self._given is not None:
            return next(self._given)
        made = func(*args, **(kwargs or {}))
        if kind:
            self._kinds.append(kind)
            self._made.append(made)
        return made

    def named(self) -> dict[str, Tensor]:
        """What was drawn, in order: `uniform` or `normal`, with numbers from 1 on where there are several."""
        numbers = [""] if len(self._kinds) == 1 else [f"_{number + 1}" for number in range(len(self._kinds))]
        return {kind + number: made for kind, number, made in zip(self._kinds, numbers, self._made, strict=True)}
