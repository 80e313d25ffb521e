"""Decoders whose normalised maps are scaled and shifted by a style. Shapes: N batch, S style, C H W maps.

Huang et al. 2018, Multimodal Unsupervised Image-to-Image Translation, arXiv:1804.04732, section 5.1 and appendix B.2.
"""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn
from torch.nn import functional as F

from ganzoo.nn.blocks import mlp

__all__ = ["AdaptiveDecoder", "adaptive_norm"]


def adaptive_norm(maps: Tensor, gain: Tensor, bias: Tensor) -> Tensor:
    """Adaptive instance norm: gain (x - mean) / deviation + bias over each map; (N, C, H, W), (N, C) twice. Eq. 7."""
    return gain[:, :, None, None] * F.instance_norm(maps) + bias[:, :, None, None]


class AdaptiveDecoder(nn.Module):
    """Content and style to an image: (N, 4 width, H/4, W/4), (N, S) -> (N, outward, H, W) in [-1, 1].

    Residual blocks with `adaptive_norm`, whose gains and biases an MLP of three layers makes of the style; then two
    doublings of the size with layer norm, which keeps what a style did to a map's size. width: channels at the full
    size. units: of the MLP's layers.
    """

    def __init__(self, outward: int, style_dim: int, width: int, blocks: int, units: int) -> None:
        super().__init__()
        channels = 4 * width
        self.convs = nn.ModuleList(
            nn.Conv2d(channels, channels, 3, padding=1, padding_mode="reflect") for _ in range(2 * blocks)
        )
        self.style = mlp(style_dim, units, units, 2 * blocks * 2 * channels)
        layers: list[nn.Module] = []
        for before, after in pairwise((channels, 2 * width, width)):
            layers += [nn.Upsample(scale_factor=2), nn.Conv2d(before, after, 5, padding=2, padding_mode="reflect")]
            layers += [nn.GroupNorm(1, after), nn.ReLU()]
        self.image = nn.Sequential(*layers, nn.Conv2d(width, outward, 7, padding=3, padding_mode="reflect"), nn.Tanh())

    def forward(self, content: Tensor, style: Tensor) -> Tensor:  # noqa: D102
        numbers = self.style(style).unflatten(1, (len(self.convs), 2, content.shape[1]))
        x = content
        for first in range(0, len(self.convs), 2):
            y = x
            for i in (first, first + 1):
                gain, bias = 1 + numbers[:, i, 0], numbers[:, i, 1]
                y = adaptive_norm(self.convs[i](y), gain, bias)
                y = F.relu(y) if i == first else y
            x = x + y
        made: Tensor = self.image(x)
        return made
