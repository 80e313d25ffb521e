"""A turn is a transaction: what it may change is copied before it and put back if the turn is not accepted."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

__all__ = ["Guard"]


class Guard:
    """Copies of the tensors that one player's turn may change, and their return without asking the host."""

    def __init__(self, tensors: Sequence[Tensor]) -> None:
        self._tensors = [tensor.detach() for tensor in tensors]
        self._copies = [torch.empty_like(tensor) for tensor in self._tensors]

    def keep(self) -> None:
        """Copy the tensors as they are now."""
        if self._tensors:
            torch._foreach_copy_(self._copies, self._tensors)

    def settle(self, ok: Tensor) -> None:
        """Leave the tensors as they are where `ok` (0-d bool, on the device) holds, else put the copies back."""
        for tensor, copy in zip(self._tensors, self._copies, strict=True):
            torch.where(ok.to(tensor.device), tensor, copy, out=tensor)

    def restore(self) -> None:
        """Put the copies back."""
        if self._tensors:
            torch._foreach_copy_(self._tensors, self._copies)
