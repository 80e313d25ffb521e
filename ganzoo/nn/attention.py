"""Self-attention over the places of a feature map. Shapes: N batch, C H W feature map, K = C / 8 or at least 1."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["SelfAttention"]


class SelfAttention(nn.Module):
    """y = gamma o + x: each place gathers from all others what fits it; gamma is learned from 0. (N, C, H, W) both.

    Zhang et al. 2019, eqs. 1 to 3, with keys, queries and values of C / 8 channels.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        inner = max(1, channels // 8)
        self.key, self.query, self.value = (nn.Conv2d(channels, inner, 1, bias=False) for _ in range(3))
        self.out = nn.Conv2d(inner, channels, 1, bias=False)
        self.gamma = nn.Parameter(torch.zeros(()))

    def forward(self, x: Tensor) -> Tensor:  # noqa: D102
        key, query, value = (layer(x).flatten(2).transpose(1, 2) for layer in (self.key, self.query, self.value))
        weights = F.softmax(query @ key.transpose(1, 2), dim=2)  # (N, H W, H W): each place's over all places
        gathered = (weights @ value).transpose(1, 2).unflatten(2, x.shape[2:])
        result: Tensor = x + self.gamma * self.out(gathered)
        return result
