"""Generated images of earlier turns, shown again half of the time. Shapes: N batch, P pool, C H W image."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

__all__ = ["ImagePool"]


class ImagePool(nn.Module):
    """The last generated images as buffers, (P, C, H, W); written by a player's `after`, drawn from in its objective.

    Shrivastava et al. 2017, section 2.3, as used by Zhu et al. 2017, section 4, with P = 50.
    """

    images: Tensor
    count: Tensor

    def __init__(self, size: int, shape: Sequence[int]) -> None:
        super().__init__()
        self.register_buffer("images", torch.zeros(size, *shape))
        self.register_buffer("count", torch.zeros((), dtype=torch.int64))

    def shown(self, fresh: Tensor) -> tuple[Tensor, Tensor]:
        """What is shown for fresh images (N, C, H, W), and in which places of the pool they go, -1 for none: (N,).

        While the pool fills, all are shown and kept; then by the toss of a coin either the image itself is shown, or
        one of the pool, whose place it takes.
        """
        n, size = len(fresh), len(self.images)
        order = torch.arange(n, device=fresh.device)
        drawn = torch.randperm(max(n, size), device=fresh.device)[:n] % size  # each place once
        swapped = (torch.rand(n, device=fresh.device) < 0.5) & (self.count >= size)
        filling = self.count + order < size
        places = torch.where(filling, self.count + order, torch.where(swapped, drawn, -1))
        old = self.images[drawn].to(fresh.dtype)
        return torch.where(swapped[:, None, None, None], old, fresh), places

    @torch.no_grad()
    def keep(self, fresh: Tensor, places: Tensor) -> None:
        """Put fresh images (N, C, H, W) in their places (N,), those without one nowhere, the first of two in one."""
        rows = torch.arange(len(self.images), device=places.device)
        here = places[None, :] == rows[:, None]  # (P, N)
        chosen = fresh[here.int().argmax(1)].to(self.images.dtype)
        self.images.copy_(torch.where(here.any(1)[:, None, None, None], chosen, self.images))
        self.count.copy_(torch.maximum(self.count, places.max() + 1))  # it fills from the first place on
