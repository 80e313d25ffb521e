"""One optimiser, the parameters that it moves, and a step that a non-finite turn leaves without effect.

Built on the functional forms of torch's optimisers: their classes import torch's compiler, two seconds and
150 MB that a run without it has no use for.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.adam import adam
from torch.optim.adamw import adamw
from torch.optim.rmsprop import rmsprop
from torch.optim.sgd import sgd

from ganzoo.optimisers import SGD, Adam, AdamW, Cosine, Linear, Optimiser, RMSprop, number_at

__all__ = ["Mover", "laid_out"]

_SCHEDULES: dict[str, Linear | Cosine] = {
    "constant": Linear(first=1, last=1),
    "linear": Linear(first=1, last=0),
    "cosine": Cosine(first=1, last=0),
}
_FLOOR = 1e-24  # its root is a ten-thousandth of the usual eps


class Mover:
    """Moves named parameters by an optimiser of torch. Its state exists from the start and is keyed by name.

    Fused Adam skips a non-finite step on the device by itself (`settles_itself`); the others change weights and
    state, and the turn's guard puts both back. schedule: how the learning rate falls over the run. changes: whether
    the optimiser's numbers are others as the run progresses.
    """

    def __init__(self, by: Optimiser, named: Mapping[str, nn.Parameter], schedule: str = "constant") -> None:
        self.by = by
        self.names = list(named)
        self.parameters = list(named.values())
        self.settles_itself = isinstance(by, Adam | AdamW)
        self._schedule = _SCHEDULES[schedule]
        self._numbers = self._numbers_at(0.0)
        self.changes = any(self._numbers_at(progress) != self._numbers for progress in (0.25, 0.5, 1.0))
        self._dtypes = list(dict.fromkeys(p.dtype for p in self.parameters))  # a kernel takes one of them
        self._state: dict[str, list[Tensor]] = {}
        self._masks: dict[tuple[int, ...], Tensor] = {}
        if self.settles_itself:
            devices = {p.device for p in self.parameters} or {torch.device("cpu")}
            self._steps = torch.zeros(len(self.parameters), device=devices.pop())  # in one, to be counted in one go
            self._state["step"] = list(self._steps.unbind())
            self._state["exp_avg"] = [torch.zeros_like(p.detach()) for p in self.parameters]
            self._state["exp_avg_sq"] = [torch.zeros_like(p.detach()) for p in self.parameters]
        if isinstance(by, RMSprop):
            self._state["square_avg"] = [torch.zeros_like(p.detach()) for p in self.parameters]
        if isinstance(by, RMSprop | SGD) and by.momentum:
            self._state["momentum_buffer"] = [torch.zeros_like(p.detach()) for p in self.parameters]

    def _numbers_at(self, progress: float) -> dict[str, Any]:
        """The optimiser's numbers at a progress in [0, 1], by the names that torch gives them."""
        numbers: dict[str, Any] = {}
        for item in dataclasses.fields(self.by):
            value = getattr(self.by, item.name)
            if item.name == "betas":
                numbers["beta1"], numbers["beta2"] = (number_at(beta, progress) for beta in value)
            else:
                numbers[item.name] = value if isinstance(value, bool) else number_at(value, progress)
        numbers["lr"] *= self._schedule.at(progress)
        return numbers

    def state(self) -> dict[str, Tensor]:
        """The optimiser's tensors, as `<parameter name>.<state name>`; writing into them restores it."""
        return {
            f"{name}.{key}": tensor
            for key, tensors in self._state.items()
            for name, tensor in zip(self.names, tensors, strict=True)
        }

    def step(self, gradients: Sequence[Tensor | None], ok: Tensor, progress: float) -> None:
        """Move the parameters along their gradients; None leaves a parameter alone.

        ok: 0-d bool, False makes the step one without effect where `settles_itself`. progress in [0, 1].
        """
        if self.settles_itself:
            self._move_fused(gradients, ok, progress)
        else:
            self._move(self.parameters, gradients, self._state, progress)

    def copy_of_state(self) -> dict[str, list[Tensor]]:
        """The optimiser's tensors as they are now, for `imagine`.

        Mean squares have a floor far below eps, since the slope of their root at 0 is infinite.
        """
        floors = {"exp_avg_sq": _FLOOR, "square_avg": _FLOOR}
        return {
            key: [tensor.clamp(min=floors[key]) if key in floors else tensor.clone() for tensor in tensors]
            for key, tensors in self._state.items()
        }

    def imagine(
        self,
        parameters: Sequence[Tensor],
        gradients: Sequence[Tensor | None],
        state: Mapping[str, Sequence[Tensor]],
        progress: float,
    ) -> None:
        """The same step on copies of parameters and state, in place, through which gradients flow."""
        self._move(parameters, gradients, state, progress, differentiable=True)

    def _reached(self, gradients: Sequence[Tensor | None], progress: float) -> list[int]:
        """Which parameters have a gradient; and the optimiser's numbers are those of now."""
        if self.changes:
            self._numbers = self._numbers_at(progress)
        return [index for index, gradient in enumerate(gradients) if gradient is not None]

    def _among(self, reached: tuple[int, ...]) -> Tensor:
        """1 for each parameter that is reached, 0 for the others; made once, since it comes from the host."""
        if reached not in self._masks:
            mask = [float(index in reached) for index in range(len(self.parameters))]
            self._masks[reached] = torch.tensor(mask, device=self._steps.device)
        return self._masks[reached]

    def _move_fused(self, gradients: Sequence[Tensor | None], ok: Tensor, progress: float) -> None:
        """Adam's kernel without what torch wraps around it, which takes longer than the step of a small network."""
        reached = self._reached(gradients, progress)
        self._steps.add_(ok if len(reached) == len(gradients) else ok * self._among(tuple(reached)))
        kernel = torch._fused_adam_ if isinstance(self.by, Adam) else torch._fused_adamw_
        found_inf = (~ok).float()
        for dtype in self._dtypes:
            mine = [index for index in reached if self.parameters[index].dtype is dtype]
            moved: list[Tensor] = [self.parameters[index] for index in mine]
            given = laid_out([gradient for index in mine if (gradient := gradients[index]) is not None], moved)
            means, squares, steps = (
                [self._state[key][index] for index in mine] for key in ("exp_avg", "exp_avg_sq", "step")
            )
            if mine:
                kernel(
                    moved, given, means, squares, [], steps,
                    amsgrad=False, maximize=False, found_inf=found_inf, **self._numbers,
                )  # fmt: skip

    def _move(
        self,
        parameters: Sequence[Tensor],
        gradients: Sequence[Tensor | None],
        state: Mapping[str, Sequence[Tensor]],
        progress: float,
        *,
        differentiable: bool = False,
    ) -> None:
        reached = self._reached(gradients, progress)
        if not reached:
            return
        moved = [parameters[index] for index in reached]
        given = [gradient for gradient in gradients if gradient is not None]
        if not differentiable:
            given = laid_out(given, moved)
        kept = {key: [tensors[index] for index in reached] for key, tensors in state.items()}
        momentum = kept.get("momentum_buffer", [])
        how: dict[str, Any] = {"differentiable": differentiable, "foreach": not differentiable, "maximize": False}
        if self.settles_itself:
            move = adam if isinstance(self.by, Adam) else adamw
            move(
                moved, given, kept["exp_avg"], kept["exp_avg_sq"], [], kept["step"],
                amsgrad=False, **how, **self._numbers,
            )  # fmt: skip
        elif isinstance(self.by, RMSprop):
            steps = [torch.zeros(()) for _ in reached]  # torch counts in them and reads them nowhere
            rmsprop(moved, given, kept["square_avg"], [], momentum, steps, centered=False, **how, **self._numbers)
        else:
            buffers: list[Tensor | None] = [*momentum] if momentum else [None] * len(reached)
            del how["differentiable"]  # foreach or not says it all
            sgd(moved, given, buffers, dampening=0.0, **how, **self._numbers)


def laid_out(gradients: Sequence[Tensor], parameters: Sequence[Tensor]) -> list[Tensor]:
    """Each gradient with the strides of its parameter and in memory of its own; copied only where it is not so.

    Fused kernels read a gradient as if it lay in memory as its parameter does, which autograd does not promise:
    it hands out expanded tensors, other memory formats, and one tensor for two parameters.
    """
    seen: set[int] = set()
    found = []
    for gradient, parameter in zip(gradients, parameters, strict=True):
        own = gradient
        if gradient.stride() != parameter.stride() or gradient.data_ptr() in seen:
            own = torch.empty_like(parameter).copy_(gradient)
        seen.add(own.data_ptr())
        found.append(own)
    return found
