"""A picture translated in tiles that overlap and are blended, in memory for its bytes and one row of tiles.

Shapes: C H W picture, h w tile.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from ganzoo.engine.pictures import levels

__all__ = ["TILE", "in_tiles", "tell_of_tiles"]

TILE, OVERLAP = 512, 32  # pixels of the source
_SILENT = 5.0  # seconds before it is said how far a picture is


def in_tiles(
    source: Tensor,
    tile: int,
    scale: int,
    channels: int,
    translate: Callable[[Tensor], Tensor],
    told: Callable[[int, int], None] | None,
) -> Tensor:
    """What becomes of the tiles (1, C, h, w) of a picture (1, C, H, W), blended: (channels, H scale, W scale) uint8.

    translate: of a tile, (channels, h scale, w scale). told: is given how many tiles are done, and of how many, after
    each. Numbers are held of one row of tiles at a time.
    """
    height, width = source.shape[2:]
    down, across = _weights(height, tile, scale), _weights(width, tile, scale)
    whole = torch.empty(channels, height * scale, width * scale, dtype=torch.uint8)
    band = torch.zeros(channels, min(tile, height) * scale, width * scale)
    ends = [*list(down)[1:], height]
    for row, (top, end) in enumerate(zip(down, ends, strict=True)):
        for column, left in enumerate(across, 1):
            part = source[:, :, top : top + tile, left : left + tile]
            place = slice(left * scale, (left + part.shape[3]) * scale)
            band[:, :, place] += translate(part) * (down[top][:, None] * across[left])
            if told:
                told(row * len(across) + column, len(down) * len(across))
        done = (end - top) * scale
        whole[:, top * scale : end * scale] = levels(band[:, :done])
        band = F.pad(band[:, done:], (0, 0, 0, done))
    return whole


def tell_of_tiles(tell: Callable[[str], None], name: str, begun: float, done: int, of: int) -> None:
    """Say how far a picture is, in a line for each tenth of its tiles, from a while on."""
    passed = time.monotonic() - begun
    if passed > _SILENT and done < of and done * 10 // of > (done - 1) * 10 // of:
        tell(f"{name}: {done:,} of {of:,} tiles, about {passed * (of - done) / done:,.0f} s left")


def _starts(length: int, tile: int) -> list[int]:
    """Where tiles begin, the last one ending with the picture."""
    step = max(1, tile - OVERLAP)
    return [*range(0, max(1, length - tile), step), length - tile] if length > tile else [0]


def _weights(length: int, tile: int, scale: int) -> dict[int, Tensor]:
    """The weights of each tile along one side, by where it begins: they rise over the overlap, and sum to 1."""
    near = torch.arange(1, min(tile, length) * scale + 1)
    ramp = torch.minimum(near, near.flip(0)).clamp(max=OVERLAP * scale).float()
    places = {start: slice(start * scale, start * scale + len(ramp)) for start in _starts(length, tile)}
    total = torch.zeros(length * scale)
    for place in places.values():
        total[place] += ramp
    return {start: ramp / total[place] for start, place in places.items()}
