"""What is computed in full precision, whatever the surrounding autocast."""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["full"]


def full(x: Tensor) -> Tensor:
    """Raise x to float32 if it has less precision, else as it is; any shape, and gradients flow."""
    return x.to(torch.promote_types(x.dtype, torch.float32))
