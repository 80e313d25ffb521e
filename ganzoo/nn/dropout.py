"""Dropout whose mask is cheap to draw on a CPU."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["Dropout", "dropout"]

LEVELS = 1 << 16  # values of the 16 random bits that are drawn for each element


def dropout(x: Tensor, p: float) -> Tensor:
    """Zero each element with probability p and divide the rest by the chance to stay; x of any shape.

    On a CPU the mask is 16 bits an element from the default generator, eight times as fast as
    `torch.nn.functional.dropout`, and p is rounded to a multiple of 2^-16; elsewhere it is that function.
    Srivastava et al. 2014, section 4, in the inverted form of section 10.
    """
    threshold = round(p * LEVELS)
    if x.device.type != "cpu" or not 0 < threshold < LEVELS:
        return F.dropout(x, p)
    kept: Tensor = mask(x.detach(), threshold)
    return x * kept


def _mask(x: Tensor, threshold: int) -> Tensor:
    words = torch.empty(-(-x.numel() // 4), dtype=torch.int64).random_(-(2**63), None)
    bits = words.view(torch.int16)[: x.numel()].view(x.shape)
    keep = torch.ge(bits, threshold - LEVELS // 2, out=torch.empty(x.shape, dtype=x.dtype))
    return keep.mul_(LEVELS / (LEVELS - threshold))


# One operator to whoever traces it: torch's compiler has no vectors of 16-bit integers.
torch.library.define("ganzoo::mask", "(Tensor x, int threshold) -> Tensor", tags=torch.Tag.nondeterministic_seeded)
torch.library.impl("ganzoo::mask", "CPU", _mask)
torch.library.register_fake("ganzoo::mask", lambda x, threshold: torch.empty(x.shape, dtype=x.dtype))
mask = torch.ops.ganzoo.mask


class Dropout(nn.Module):
    """`dropout` with probability p while training, nothing in eval mode; any shape in and out."""

    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: Tensor) -> Tensor:  # noqa: D102
        return dropout(x, self.p) if self.training else x

    def extra_repr(self) -> str:  # noqa: D102
        return f"p={self.p}"
