"""Residual networks without normalisation, kept calm by their initialisation. Shapes: N batch, Z latent, C H W image.

Huang et al. 2024, section 4 (Config E), arXiv:2501.05441; Zhang et al. 2019, Fixup Initialization, arXiv:1901.09321.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ganzoo.nn.blocks import SLOPE, halvings

__all__ = ["BasisGenerator", "CalmBlock", "calm_discriminator", "calm_generator"]

Layer = TypeVar("Layer", nn.Conv2d, nn.Linear)
GAIN = math.sqrt(2 / (1 + SLOPE**2))  # He et al. 2015, eq. 14: keeps the variance through LeakyReLU
EXPANSION = 2  # the inner width of a block, in widths; the paper's
GROUP = 16  # channels of each group of the 3x3 convolution; the paper's


class CalmBlock(nn.Module):
    """1x1 to twice the width, grouped 3x3 and 1x1 back with LeakyReLU between, added to x: (N, C, H, W) both.

    blocks: L, how many there are in the network. The last convolution starts at 0 and the others are scaled by
    L^(-1/4), so that the network starts as the identity and its updates do not grow with its depth.
    """

    def __init__(self, channels: int, blocks: int) -> None:
        super().__init__()
        inner = EXPANSION * channels
        self.expand = nn.Conv2d(channels, inner, 1)
        self.mix = nn.Conv2d(inner, inner, 3, padding=1, groups=max(1, inner // GROUP))
        self.shrink = nn.Conv2d(inner, channels, 1, bias=False)
        drawn(self.expand, GAIN * blocks**-0.25)
        drawn(self.mix, GAIN * blocks**-0.25)
        nn.init.zeros_(self.shrink.weight)

    def forward(self, x: Tensor) -> Tensor:  # noqa: D102
        y = self.mix(F.leaky_relu(self.expand(x), SLOPE))
        result: Tensor = x + self.shrink(F.leaky_relu(y, SLOPE))
        return result


class BasisGenerator(nn.Module):
    """A learned 4x4 map per channel, weighed by a linear function of the latent: (N, Z) -> (N, C, 4, 4)."""

    def __init__(self, latent_dim: int, channels: int) -> None:
        super().__init__()
        self.basis = nn.Parameter(torch.randn(channels, 4, 4))
        self.weigh = drawn(nn.Linear(latent_dim, channels, bias=False), 1.0)

    def forward(self, z: Tensor) -> Tensor:  # noqa: D102
        weights: Tensor = self.weigh(z)
        return self.basis * weights[:, :, None, None]


def calm_generator(latent_dim: int, shape: Sequence[int], width: int, blocks: int) -> nn.Sequential:
    """`BasisGenerator`, then `blocks` `CalmBlock`s per size, doubled bilinearly, 1x1 and tanh: (N, Z) -> (N, C, H, W).

    width: channels at the full size; they double with each halving, up to 8 times. The tanh is not the paper's; it
    keeps samples in the data's range. Raises UsageError for other sizes than those of `halvings`.
    """
    widths = _widths(shape, width)[::-1]
    layers: list[nn.Module] = [BasisGenerator(latent_dim, widths[0])]
    for before, after in pairwise([widths[0], *widths]):
        if len(layers) > 1:
            layers += [
                nn.Upsample(scale_factor=2, mode="bilinear"),
                drawn(nn.Conv2d(before, after, 1, bias=False), 1.0),
            ]
        layers += [CalmBlock(after, len(widths) * blocks) for _ in range(blocks)]
    return nn.Sequential(*layers, drawn(nn.Conv2d(width, shape[0], 1), 1.0), nn.Tanh())


def calm_discriminator(shape: Sequence[int], width: int, blocks: int) -> nn.Sequential:
    """The generator's mirror, halving by averages to 4x4, one number a channel, linear: (N, C, H, W) -> (N,).

    width: as in `calm_generator`. Raises UsageError for other sizes than those of `halvings`.
    """
    widths = _widths(shape, width)
    layers: list[nn.Module] = [drawn(nn.Conv2d(shape[0], width, 1), 1.0)]
    for before, after in pairwise([width, *widths]):
        if len(layers) > 1:
            layers += [nn.AvgPool2d(2), drawn(nn.Conv2d(before, after, 1, bias=False), 1.0)]
        layers += [CalmBlock(after, len(widths) * blocks) for _ in range(blocks)]
    last = widths[-1]
    basis = drawn(nn.Conv2d(last, last, 4, groups=last, bias=False), 1.0)
    return nn.Sequential(*layers, basis, nn.Flatten(1), drawn(nn.Linear(last, 1, bias=False), 1.0), nn.Flatten(0))


def drawn(layer: Layer, gain: float) -> Layer:
    """Draw a layer's weights from N(0, gain^2 / fan-in), its biases 0; the same layer back."""
    nn.init.normal_(layer.weight, 0.0, gain / math.sqrt(layer.weight[0].numel()))
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer


def _widths(shape: Sequence[int], width: int) -> list[int]:
    """Channels from the full size down to 4x4: width, 2 width, 4 width, 8 width, 8 width, ..."""
    return [width * min(2**level, 8) for level in range(halvings(shape) + 1)]
