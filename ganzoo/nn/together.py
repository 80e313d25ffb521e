"""One pass of a discriminator over reals and fakes."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

__all__ = ["together"]


def together(net: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor]:
    """(net(real), net(fake)) in one pass, which is faster than two.

    real: (N, ...), fake: (M, ...) -> (N,), (M,). The same game only where no layer mixes the samples of a
    batch: not with batch norm. A network with a layer that says `mixes_samples = True` sees them in two passes.
    Where fakes have less precision (autocast), reals are brought to it.
    """
    layers = net.modules() if isinstance(net, nn.Module) else [net]
    if any(getattr(layer, "mixes_samples", False) for layer in layers):
        return net(real), net(fake)
    logits = net(torch.cat([real.to(fake.dtype), fake]))
    return logits[: len(real)], logits[len(real) :]
