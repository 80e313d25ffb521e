"""The whole batch, where several processes share one: for losses and layers that do not add over samples.

A mean over samples needs none of this: the engine adds the processes' gradients. A loss that looks at all samples
at once (a mean inside a logarithm, a softmax over the batch, statistics of a minibatch) sees those of its own process,
unless it asks here and the run was started with `--statistics whole`; elsewhere these functions change nothing.
Gradients flow to every process, of any order.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["sharing", "whole_batch", "whole_batch_norm", "whole_sum"]

_processes = 1  # that share the batch which is being played


@contextmanager
def sharing(processes: int) -> Iterator[None]:
    """Inside, so many processes share one batch and evaluate one objective, each on as many samples."""
    global _processes
    before, _processes = _processes, processes
    try:
        yield
    finally:
        _processes = before


def whole_sum(x: Tensor) -> Tensor:
    """The sum of every process's x, in all of them: the same shape."""
    return x if _processes == 1 else _summed(x)


def whole_batch(x: Tensor) -> Tensor:
    """The rows (n, ...) of every process, one after another, in all of them: (N, ...). For small x: it is all sent."""
    if _processes == 1:
        return x
    before = dist.get_rank() * len(x)
    after = _processes * len(x) - before - len(x)
    return whole_sum(F.pad(x, (*[0, 0] * (x.dim() - 1), before, after)))


def whole_batch_norm(net: nn.Module) -> nn.Module:
    """Let every batch norm in a network take its statistics from the whole batch; the same network back."""
    for layer in net.modules():
        if isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d | nn.BatchNorm3d):
            layer.__class__ = _WHOLE[type(layer)]  # type: ignore[assignment]
    return net


def _summed(x: Tensor) -> Tensor:
    """The sum over all processes, whoever shares what."""
    total: Tensor = _Sum.apply(x)
    return total


class _Sum(torch.autograd.Function):
    """A sum over processes is its own adjoint: each one's x reaches all the sums."""

    @staticmethod
    def forward(context: Any, x: Tensor) -> Tensor:
        total = x.detach().clone(memory_format=torch.contiguous_format)
        dist.all_reduce(total)
        return total

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> Tensor:
        return _summed(gradient)


class _Whole(nn.modules.batchnorm._BatchNorm):
    """Batch norm whose means are over the samples of all processes. Ioffe and Szegedy 2015, Algorithm 1."""

    def forward(self, x: Tensor) -> Tensor:
        if _processes == 1 or not self.training:
            return super().forward(x)
        places = [0, *range(2, x.dim())]
        shape = (1, -1, *[1] * (x.dim() - 2))
        count = _processes * x.numel() // x.shape[1]
        values = x.float() if x.dtype in (torch.float16, torch.bfloat16) else x
        mean = whole_sum(values.sum(places)) / count
        centred = values - mean.view(shape)
        variance = whole_sum(centred.square().sum(places)) / count
        if self.running_mean is not None and self.running_var is not None and self.num_batches_tracked is not None:
            self.num_batches_tracked.add_(1)
            pace = 1 / float(self.num_batches_tracked) if self.momentum is None else self.momentum
            unbiased = variance.detach() * (count / max(count - 1, 1))
            self.running_mean.lerp_(mean.detach().to(self.running_mean.dtype), pace)
            self.running_var.lerp_(unbiased.to(self.running_var.dtype), pace)
        scaled = centred * torch.rsqrt(variance + self.eps).view(shape)
        if self.affine:
            scaled = scaled * self.weight.view(shape) + self.bias.view(shape)
        return scaled.to(x.dtype)


class _Whole1d(_Whole, nn.BatchNorm1d):
    pass


class _Whole2d(_Whole, nn.BatchNorm2d):
    pass


class _Whole3d(_Whole, nn.BatchNorm3d):
    pass


_WHOLE: dict[type[nn.Module], type[nn.Module]] = {
    nn.BatchNorm1d: _Whole1d,
    nn.BatchNorm2d: _Whole2d,
    nn.BatchNorm3d: _Whole3d,
    **{kind: kind for kind in (_Whole1d, _Whole2d, _Whole3d)},
}
