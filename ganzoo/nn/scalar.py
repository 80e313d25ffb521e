"""A number that a method carries from turn to turn."""

from __future__ import annotations

import torch
from torch import Tensor, nn

__all__ = ["Scalar"]


class Scalar(nn.Module):
    """One number as a buffer, `value`, 0-d: saved and restored with the networks, written by a player's `after`."""

    value: Tensor

    def __init__(self, first: float = 0.0) -> None:
        super().__init__()
        self.register_buffer("value", torch.tensor(first))
