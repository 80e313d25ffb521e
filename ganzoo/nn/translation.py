"""Networks that translate images. Shapes: N batch, C H W image; all are convolutional, so that H and W are free.

The U-Net and the patch discriminator are those of Isola et al. 2017 (appendix 6.1), the residual translator is that of
Zhu et al. 2017 (appendix 7.2), in sizes that the caller chooses.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import torch
from torch import Tensor, nn

from ganzoo.contract import Space
from ganzoo.errors import UsageError
from ganzoo.nn.blocks import SLOPE, normal_init
from ganzoo.nn.dropout import Dropout

__all__ = [
    "PatchDiscriminator", "UNet", "code_encoder", "encoder_depth", "residual_decoder", "residual_encoder",
    "residual_translator", "source_of",
]  # fmt: skip

Norm = Callable[[int], nn.Module]


def source_of(space: Space, *, alike: bool = True) -> Space:
    """The space that a translation starts from. Raises UsageError without one, or if alike and of another size."""
    if space.source is None:
        raise UsageError(
            "these networks translate, and the data have no sources; type --degrade edges, or --source PATH"
        )
    if alike and space.source.shape[1:] != space.shape[1:]:
        raise UsageError(
            f"sources of {space.source} and targets of {space}: these networks keep the size; see "
            "`ganzoo list --task super-resolution` for those that enlarge"
        )
    return space.source


def encoder_depth(space: Space, most: int, *, least: int = 1) -> int:
    """How often images can be halved to no less than 4 pixels, at most so often. Raises UsageError below `least`."""
    depth, (height, width) = 0, space.shape[1:]
    while depth < most and height % 2 == 0 and width % 2 == 0 and min(height, width) >= 8:
        depth, height, width = depth + 1, height // 2, width // 2
    if depth < least:
        near = max(4, round(max(space.shape[1:]) / 2**least)) * 2**least
        raise UsageError(f"images of {space}: these networks halve them {least} times; try --size {near}")
    return depth


class UNet(nn.Module):
    """Halves images `depth` times and doubles them back, with skips: (N, inward, H, W) -> (N, outward, H, W).

    H and W are multiples of 2^depth; the output is in [-1, 1]. width: channels at half the size; they double with each
    further halving, up to 8 times. dropout: of the innermost sizes but the first. skips: without them, an
    encoder-decoder. Weights from N(0, .02).
    """

    def __init__(
        self,
        inward: int,
        outward: int,
        width: int,
        depth: int,
        *,
        dropout: float = 0.0,
        norm: Norm = nn.BatchNorm2d,
        skips: bool = True,
    ) -> None:
        super().__init__()
        widths = [width * min(2**level, 8) for level in range(depth)]
        self.skips = skips
        self.down, self.up = nn.ModuleList(), nn.ModuleList()
        for level, after in enumerate(widths):
            before, last = (widths[level - 1] if level else inward), level == depth - 1
            down: list[nn.Module] = [nn.LeakyReLU(SLOPE)] if level else []
            down.append(nn.Conv2d(before, after, 4, 2, 1))
            down += [norm(after)] if level and not last else []
            joined = after * 2 if skips and not last else after
            up: list[nn.Module] = [nn.ReLU(), nn.ConvTranspose2d(joined, before if level else outward, 4, 2, 1)]
            up += [norm(before), *[Dropout(dropout)] * (dropout > 0 and level > 1)] if level else [nn.Tanh()]
            self.down.append(nn.Sequential(*down))
            self.up.append(nn.Sequential(*up))
        normal_init(self)

    def forward(self, x: Tensor) -> Tensor:  # noqa: D102
        kept = []
        for layer in self.down:
            x = layer(x)
            kept.append(x)
        x = self.up[-1](kept.pop())
        for layer in reversed(list(self.up)[:-1]):
            skip = kept.pop()
            x = layer(torch.cat([x, skip], 1) if self.skips else x)
        return x


class PatchDiscriminator(nn.Module):
    """Judges every patch of an image, or of several stacked: (N, C, H, W) each -> logits (N, 1, H', W').

    layers: strided convolutions, each of which doubles the patch: 16, 34, 70 pixels. pooled: (N,), the patches' mean.
    """

    def __init__(
        self, channels: int, width: int, layers: int, *, norm: Norm | None = nn.BatchNorm2d, pooled: bool = False
    ) -> None:
        super().__init__()
        parts: list[nn.Module] = []
        before = channels
        for level in range(layers + 1):
            after = width * min(2**level, 8)
            parts.append(nn.Conv2d(before, after, 4, 2 if level < layers else 1, 1))
            parts += [norm(after)] if norm and level else []
            parts.append(nn.LeakyReLU(SLOPE))
            before = after
        self.layers = normal_init(nn.Sequential(*parts, nn.Conv2d(before, 1, 4, 1, 1)))
        self.pooled = pooled

    def forward(self, *images: Tensor) -> Tensor:  # noqa: D102
        logits: Tensor = self.layers(torch.cat(images, 1))
        return logits.mean((1, 2, 3)) if self.pooled else logits


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions, each with a norm, beside the identity: (N, C, H, W) both."""

    def __init__(self, channels: int, norm: Norm = nn.InstanceNorm2d) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1, padding_mode="reflect"),
            norm(channels),
            nn.ReLU(),
            nn.Conv2d(channels, channels, 3, padding=1, padding_mode="reflect"),
            norm(channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        total: Tensor = x + self.layers(x)
        return total


def residual_translator(
    inward: int, outward: int, width: int, blocks: int, *, told: bool = False, norm: Norm = nn.InstanceNorm2d
) -> nn.Sequential:
    """c7s1, two halvings, residual blocks, two doublings, c7s1, tanh: (N, inward, H, W) -> (N, outward, H, W).

    H and W are multiples of 4, at least 8. width: channels at the full size. Reflecting borders. told: by channels that
    are the same in every pixel; without a norm after the first layer, which would take them away. norm: instance norm
    takes away how bright and of what colour a smooth picture is.
    """
    first = _halved(inward, width, norm)
    if told:
        del first[1]
    return normal_init(nn.Sequential(*first, *_residual(width, blocks, norm), *_doubled(outward, width, norm)))


def residual_encoder(inward: int, width: int, blocks: int) -> nn.Sequential:
    """The first part of `residual_translator`: (N, inward, H, W) -> (N, 4 width, H/4, W/4)."""
    return normal_init(nn.Sequential(*_halved(inward, width), *_residual(width, blocks)))


def residual_decoder(outward: int, width: int, blocks: int) -> nn.Sequential:
    """The last part of `residual_translator`: (N, 4 width, H/4, W/4) -> (N, outward, H, W) in [-1, 1]."""
    return normal_init(nn.Sequential(*_residual(width, blocks), *_doubled(outward, width)))


def code_encoder(channels: int, features: int, width: int) -> nn.Sequential:
    """Three halvings, the mean over places, linear: (N, C, H, W) -> (N, F), unbounded. No norm, which would hide style.

    Of the kind of Huang et al. 2018, appendix B.2. width: channels at half the size.
    """
    layers: list[nn.Module] = []
    for before, after in pairwise((channels, width, 2 * width, 4 * width)):
        layers += [nn.Conv2d(before, after, 4, 2, 1), nn.LeakyReLU(SLOPE)]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4 * width, features))


def _halved(inward: int, width: int, norm: Norm = nn.InstanceNorm2d) -> list[nn.Module]:
    layers: list[nn.Module] = [nn.Conv2d(inward, width, 7, padding=3, padding_mode="reflect")]
    layers += [norm(width), nn.ReLU()]
    for channels in (width, 2 * width):
        layers += [nn.Conv2d(channels, 2 * channels, 3, 2, 1), norm(2 * channels), nn.ReLU()]
    return layers


def _residual(width: int, blocks: int, norm: Norm = nn.InstanceNorm2d) -> list[nn.Module]:
    return [ResidualBlock(4 * width, norm) for _ in range(blocks)]


def _doubled(outward: int, width: int, norm: Norm = nn.InstanceNorm2d) -> list[nn.Module]:
    layers: list[nn.Module] = []
    for channels in (4 * width, 2 * width):
        up = nn.ConvTranspose2d(channels, channels // 2, 3, 2, 1, output_padding=1)
        layers += [up, norm(channels // 2), nn.ReLU()]
    return [*layers, nn.Conv2d(width, outward, 7, padding=3, padding_mode="reflect"), nn.Tanh()]
