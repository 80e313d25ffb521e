"""Packing: a discriminator that judges several samples of one kind at once.

Lin et al. 2018, PacGAN: The power of two samples in generative adversarial networks, section 3
Shapes: N batch, m samples in a pack, C channels or features.
"""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor, nn

from ganzoo.contract import Space
from ganzoo.errors import UsageError

__all__ = ["Packed", "in_packs", "packed_space"]


def packed_space(space: Space, pack: int) -> Space:
    """The space of `pack` samples joined along their first dimension: m C channels, or m F features."""
    return replace(space, shape=(pack * space.shape[0], *space.shape[1:]))


class Packed(nn.Module):
    """A discriminator of packs, fed with single samples: (N, C, ...) -> (N // m,) logits, one for each pack.

    net: (N // m, m C, ...) -> (N // m,). Neighbours form a pack; what is left over after the last whole one is not
    judged. Raises UsageError for fewer than m samples.
    """

    mixes_samples = True  # reals and fakes pass apart in `together`

    def __init__(self, net: nn.Module, pack: int) -> None:
        super().__init__()
        self.net, self.pack = net, pack

    def forward(self, x: Tensor) -> Tensor:  # noqa: D102
        packs = len(x) // self.pack
        if not packs:
            raise UsageError(f"{len(x)} samples make no pack of {self.pack}; try --batch {self.pack}")
        logits: Tensor = self.net(x[: packs * self.pack].reshape(packs, self.pack * x.shape[1], *x.shape[2:]))
        return logits


def in_packs(x: Tensor, pack: int) -> Tensor:
    """Neighbours joined into packs: (N, F) -> (ceil(N / m), m F). The last pack is filled up from the first samples."""
    packs = -(-len(x) // pack)
    return x[torch.arange(packs * pack, device=x.device) % len(x)].reshape(packs, -1)
