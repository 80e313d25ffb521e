"""One optimiser, the parameters that it moves, and a step that a non-finite turn leaves without effect."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from ganzoo.optimisers import SGD, Adam, AdamW, Cosine, Linear, Optimiser, RMSprop, number_at

__all__ = ["Mover", "laid_out"]

_CLASSES: dict[type, type[torch.optim.Optimizer]] = {
    Adam: torch.optim.Adam,
    AdamW: torch.optim.AdamW,
    RMSprop: torch.optim.RMSprop,
    SGD: torch.optim.SGD,
}
_SCHEDULES: dict[str, Linear | Cosine] = {
    "constant": Linear(first=1, last=1),
    "linear": Linear(first=1, last=0),
    "cosine": Cosine(first=1, last=0),
}


class Mover:
    """Moves named parameters by an optimiser of torch. Its state exists from the start and is keyed by name.

    Fused Adam skips a non-finite step on the device by itself (`settles_itself`); the others change weights and
    state, and the turn's guard puts both back. schedule: how the learning rate falls over the run.
    """

    def __init__(self, by: Optimiser, named: Mapping[str, nn.Parameter], schedule: str = "constant") -> None:
        self.by = by
        self.names = list(named)
        self.parameters = list(named.values())
        self.settles_itself = isinstance(by, Adam | AdamW)
        self._schedule = _SCHEDULES[schedule]
        extra: dict[str, Any] = {"fused": True} if self.settles_itself else {}
        if isinstance(by, RMSprop) and self.parameters[0].device.type in ("cuda", "xpu"):
            extra["capturable"] = True  # keeps the count of steps on the device, where the guard needs it
        self._torch = _CLASSES[type(by)](self.parameters, **self._numbers(0.0), **extra)
        self._changes = self._numbers(0.0) != self._numbers(0.5) or self._numbers(0.0) != self._numbers(1.0)
        self._create_state()

    def _numbers(self, progress: float) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for item in dataclasses.fields(self.by):
            value = getattr(self.by, item.name)
            if isinstance(value, tuple):
                values[item.name] = tuple(number_at(part, progress) for part in value)
            else:
                values[item.name] = value if isinstance(value, bool) else number_at(value, progress)
        values["lr"] *= self._schedule.at(progress)
        return values

    def _create_state(self) -> None:
        """Let torch make its state tensors by one step with zero gradients, then undo that step."""
        before = [parameter.detach().clone() for parameter in self.parameters]
        for parameter in self.parameters:
            parameter.grad = torch.zeros_like(parameter)
        self._torch.step()
        with torch.no_grad():
            for parameter, old in zip(self.parameters, before, strict=True):
                parameter.copy_(old)
                parameter.grad = None
            for value in self.state().values():
                value.zero_()

    def state(self) -> dict[str, Tensor]:
        """The optimiser's tensors, as `<parameter name>.<state name>`; writing into them restores it."""
        return {
            f"{name}.{key}": value
            for name, parameter in zip(self.names, self.parameters, strict=True)
            for key, value in self._torch.state[parameter].items()
            if isinstance(value, Tensor)
        }

    def step(self, gradients: Sequence[Tensor | None], ok: Tensor, progress: float) -> None:
        """Move the parameters along their gradients; None leaves a parameter alone.

        ok: 0-d bool, False makes the step one without effect where `settles_itself`. progress in [0, 1].
        """
        if self._changes:
            self._torch.param_groups[0].update(self._numbers(progress))
        for parameter, gradient in zip(self.parameters, laid_out(gradients, self.parameters), strict=True):
            parameter.grad = gradient
        if self.settles_itself:
            self._torch.found_inf = (~ok).float()  # type: ignore[attr-defined]  # read by torch's fused kernels
        self._torch.step()
        for parameter in self.parameters:
            parameter.grad = None


def laid_out(gradients: Sequence[Tensor | None], parameters: Sequence[Tensor]) -> list[Tensor | None]:
    """Each gradient with the strides of its parameter and in memory of its own; copied only where it is not so.

    Fused kernels read a gradient as if it lay in memory as its parameter does, which autograd does not promise:
    it hands out expanded tensors, other memory formats, and one tensor for two parameters.
    """
    seen: set[int] = set()
    found: list[Tensor | None] = []
    for gradient, parameter in zip(gradients, parameters, strict=True):
        if gradient is not None:
            if gradient.stride() != parameter.stride() or gradient.data_ptr() in seen:
                gradient = torch.empty_like(parameter).copy_(gradient)
            seen.add(gradient.data_ptr())
        found.append(gradient)
    return found
