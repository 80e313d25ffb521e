"""What enlarges images, and what judges it. Shapes: N batch, C H W image, f the factor."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from ganzoo.contract import Batch, Nets, Space
from ganzoo.errors import UsageError
from ganzoo.nn.blocks import SLOPE
from ganzoo.nn.translation import PatchDiscriminator, source_of

__all__ = ["Enlarger", "dense_block", "enlarged", "enlargement", "enlarging_networks", "plain_block"]

FACTORS = (1, 2, 4, 8)


def enlargement(space: Space) -> int:
    """How much larger the targets are than their sources. Raises UsageError unless 1, 2, 4 or 8 along both sides."""
    source = source_of(space, alike=False)
    for factor in FACTORS:
        if tuple(factor * side for side in source.shape[1:]) == tuple(space.shape[1:]):
            return factor
    raise UsageError(
        f"sources of {source} and targets of {space}: these networks enlarge by {', '.join(map(str, FACTORS))}; "
        "type --degrade downscale:4"
    )


class PlainBlock(nn.Module):
    """Two 3x3 convolutions with batch norm beside the identity: (N, C, H, W) both. Ledig et al. 2017, figure 4."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1),
            nn.BatchNorm2d(channels),
            nn.PReLU(),
            nn.Conv2d(channels, channels, 3, padding=1),
            nn.BatchNorm2d(channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        total: Tensor = x + self.layers(x)
        return total


class Dense(nn.Module):
    """Five 3x3 convolutions, each of all maps before it, times .2 beside the identity: (N, C, H, W) both."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        grown = max(1, channels // 2)
        sizes = [*[grown] * 4, channels]
        self.convs = nn.ModuleList(
            nn.Conv2d(channels + level * grown, size, 3, padding=1) for level, size in enumerate(sizes)
        )

    def forward(self, x: Tensor) -> Tensor:
        maps = [x]
        for conv in list(self.convs)[:-1]:
            maps.append(nn.functional.leaky_relu(conv(torch.cat(maps, 1)), SLOPE))
        total: Tensor = x + 0.2 * self.convs[-1](torch.cat(maps, 1))
        return total


class DenseBlock(nn.Module):
    """Three dense blocks in a row, times .2 beside the identity: (N, C, H, W) both. Wang et al. 2018, figure 4."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(*(Dense(channels) for _ in range(3)))

    def forward(self, x: Tensor) -> Tensor:
        total: Tensor = x + 0.2 * self.layers(x)
        return total


def plain_block(channels: int) -> nn.Module:
    """SRGAN's residual block, with batch norm: (N, C, H, W) both."""
    return PlainBlock(channels)


def dense_block(channels: int) -> nn.Module:
    """ESRGAN's residual-in-residual dense block, without a norm: (N, C, H, W) both."""
    return DenseBlock(channels)


class Enlarger(nn.Module):
    """Residual blocks at the source's size, then doublings by pixel shuffle: (N, inward, H, W) -> (N, outward, fH, fW).

    Unbounded. width: channels. factor: 1, 2, 4 or 8. Ledig et al. 2017, figure 4, with smaller convolutions; and what
    they make is added to the source, enlarged linearly, so that no training goes into keeping its colours (ours).
    """

    def __init__(
        self, inward: int, outward: int, width: int, blocks: int, factor: int, block: Callable[[int], nn.Module]
    ) -> None:
        super().__init__()
        self.first = nn.Sequential(nn.Conv2d(inward, width, 5, padding=2), nn.PReLU())
        self.body = nn.Sequential(*(block(width) for _ in range(blocks)), nn.Conv2d(width, width, 3, padding=1))
        grow: list[nn.Module] = []
        for _ in range(int(math.log2(factor))):
            grow += [nn.Conv2d(width, 4 * width, 3, padding=1), nn.PixelShuffle(2), nn.PReLU()]
        self.last = nn.Sequential(*grow, nn.Conv2d(width, outward, 5, padding=2))

    def forward(self, x: Tensor) -> Tensor:  # noqa: D102
        maps = self.first(x)
        missing = self.last(maps + self.body(maps))
        if x.shape[1] not in (1, missing.shape[1]):
            x = x.mean(1, keepdim=True)
        enlarged: Tensor = missing + nn.functional.interpolate(x, missing.shape[2:], mode="bilinear")
        return enlarged


def enlarging_networks(
    space: Space, width: int, blocks: int, block: Callable[[int], nn.Module], phi: nn.Module
) -> dict[str, nn.Module]:
    """G: (N, C, h, w) -> (N, C, fh, fw), unbounded.  D: (N, C, H, W) -> (N,) logits.  phi: what is compared.

    G is an `Enlarger` by the factor that the space's source asks for. Raises UsageError.
    """
    inward, outward = source_of(space, alike=False).shape[0], space.shape[0]
    return {
        "G": Enlarger(inward, outward, width, blocks, enlargement(space), block),
        "D": PatchDiscriminator(outward, width, 2, pooled=True),
        "phi": phi,
    }


def enlarged(nets: Nets, batch: Batch, config: Any) -> Tensor:
    """G(source) in [-1, 1]: what `Architecture(generate=...)` is where G is unbounded."""
    made: Tensor = nets.G(batch.source).clamp(-1, 1)
    return made
