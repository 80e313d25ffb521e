"""Residual networks of the spectrally normalised GANs. Shapes: N batch, Z latent, C H W image or feature map.

Miyato et al. 2018, table 4 (CIFAR-10), for square images of 16 to 256 pixels.
"""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn
from torch.nn import functional as F

from ganzoo.nn.attention import SelfAttention
from ganzoo.nn.blocks import halvings

__all__ = ["DownBlock", "UpBlock", "residual_discriminator", "residual_generator"]


class UpBlock(nn.Module):
    """Batch norm, ReLU, 3x3 convolution, twice, beside a 1x1 one; doubles the size: (N, C, H, W) -> (N, C, 2H, 2W)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first_norm, self.second_norm = nn.BatchNorm2d(channels), nn.BatchNorm2d(channels)
        self.first = nn.Conv2d(channels, channels, 3, padding=1)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)
        self.beside = nn.Conv2d(channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:  # noqa: D102
        y = self.first(F.interpolate(F.relu(self.first_norm(x)), scale_factor=2.0))
        y = self.second(F.relu(self.second_norm(y)))
        beside = F.interpolate(self.beside(x), scale_factor=2.0)  # a 1x1 convolution commutes with repeating pixels
        total: Tensor = y + beside
        return total


class DownBlock(nn.Module):
    """ReLU and 3x3 convolution twice, beside a 1x1 one where shapes change: (N, C, H, W) -> (N, C', H', W').

    halve: averages 2x2 pixels at the end, so that H' = H / 2. first: takes the image, so that no ReLU comes before.
    """

    def __init__(self, inward: int, outward: int, *, halve: bool, first: bool = False) -> None:
        super().__init__()
        self.first = nn.Conv2d(inward, outward, 3, padding=1)
        self.second = nn.Conv2d(outward, outward, 3, padding=1)
        self.beside = nn.Conv2d(inward, outward, 1) if halve or inward != outward else nn.Identity()
        self.shrink = nn.AvgPool2d(2) if halve else nn.Identity()
        self.takes_image = first

    def forward(self, x: Tensor) -> Tensor:  # noqa: D102
        y = self.second(F.relu(self.first(x if self.takes_image else F.relu(x))))
        total: Tensor = self.shrink(y) + self.beside(self.shrink(x))
        return total


def residual_generator(latent_dim: int, shape: Sequence[int], width: int, *, attention: bool = False) -> nn.Sequential:
    """Linear to 4x4, then `UpBlock`s of `width` channels to the full size and tanh: (N, Z) -> (N, C, H, W).

    attention: `SelfAttention` at half the full size. Raises UsageError for other sizes.
    """
    count = halvings(shape)
    layers: list[nn.Module] = [nn.Linear(latent_dim, width * 16), nn.Unflatten(1, (width, 4, 4))]
    for level in range(count):
        if attention and level == count - 1:
            layers.append(SelfAttention(width))
        layers.append(UpBlock(width))
    head = [nn.BatchNorm2d(width), nn.ReLU(inplace=True), nn.Conv2d(width, shape[0], 3, padding=1), nn.Tanh()]
    return nn.Sequential(*layers, *head)


def residual_discriminator(shape: Sequence[int], width: int, *, attention: bool = False) -> nn.Sequential:
    """`DownBlock`s of `width` channels to 8x8, two more, sum over places, linear: (N, C, H, W) -> (N,).

    attention: `SelfAttention` at half the full size. Raises UsageError for other sizes.
    """
    layers: list[nn.Module] = [DownBlock(shape[0], width, halve=True, first=True)]
    if attention:
        layers.append(SelfAttention(width))
    layers += [DownBlock(width, width, halve=True) for _ in range(halvings(shape) - 2)]
    layers += [DownBlock(width, width, halve=False) for _ in range(2)]
    return nn.Sequential(*layers, nn.ReLU(), SumPool(), nn.Linear(width, 1), nn.Flatten(0))


class SumPool(nn.Module):
    """The sum over all places of a feature map: (N, C, H, W) -> (N, C)."""

    def forward(self, x: Tensor) -> Tensor:
        return x.sum((2, 3))
