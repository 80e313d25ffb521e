"""A small style-based generator. Shapes: N batch, Z latent, S style, C H W image or feature map.

Karras et al. 2020, Analyzing and Improving the Image Quality of StyleGAN, arXiv:1912.04958, section 2 (the design with
skip connections); equalised learning rates from Karras et al. 2018, section 4.1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ganzoo.nn.blocks import SLOPE, halvings

__all__ = ["EqualLinear", "MappingNetwork", "ModulatedConv", "Synthesis", "path_lengths"]


class EqualLinear(nn.Module):
    """A linear layer whose weights are drawn from N(0, 1) and scaled when used, so that all learn at one pace.

    (N, inward) -> (N, outward). bias: its first value. pace: learns this much slower (the mapping's .01).
    """

    def __init__(self, inward: int, outward: int, *, bias: float = 0.0, pace: float = 1.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outward, inward) / pace)
        self.bias = nn.Parameter(torch.full((outward,), bias / pace))
        self.pace = pace

    def forward(self, x: Tensor) -> Tensor:  # noqa: D102
        return F.linear(x, self.weight * (self.pace / math.sqrt(x.shape[1])), self.bias * self.pace)


class MappingNetwork(nn.Module):
    """Latents on the sphere, through linear layers and LeakyReLU: (N, Z) -> styles (N, S)."""

    def __init__(self, latent_dim: int, style_dim: int, layers: int) -> None:
        super().__init__()
        sizes = pairwise([latent_dim, *[style_dim] * layers])
        self.layers = nn.ModuleList(EqualLinear(inward, outward, pace=0.01) for inward, outward in sizes)

    def forward(self, z: Tensor) -> Tensor:  # noqa: D102
        x = z * (z.square().mean(1, keepdim=True) + 1e-8).rsqrt()
        for layer in self.layers:
            x = math.sqrt(2) * F.leaky_relu(layer(x), SLOPE)
        return x


class ModulatedConv(nn.Module):
    """A convolution whose input channels are scaled by the style, and whose output is scaled back to variance 1.

    (N, inward, H, W), (N, S) -> (N, outward, H, W). Eqs. 1 to 3, with both scalings applied to the feature maps.
    """

    def __init__(self, inward: int, outward: int, kernel: int, style_dim: int, *, demodulate: bool = True) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outward, inward, kernel, kernel))
        self.scale = EqualLinear(style_dim, inward, bias=1.0)
        self.demodulate = demodulate

    def forward(self, x: Tensor, style: Tensor) -> Tensor:  # noqa: D102
        weight = self.weight / math.sqrt(self.weight[0].numel())
        scale = self.scale(style)
        y = F.conv2d(x * scale[:, :, None, None], weight, padding=self.weight.shape[-1] // 2)
        if self.demodulate:
            size = (scale.square() @ weight.square().sum((2, 3)).T + 1e-8).rsqrt()
            y = y * size[:, :, None, None]
        return y


class StyledConv(nn.Module):
    """`ModulatedConv` 3x3, noise of a learned strength, bias, LeakyReLU; (N, C, H, W), (N, S) -> (N, C', H, W)."""

    def __init__(self, inward: int, outward: int, style_dim: int) -> None:
        super().__init__()
        self.conv = ModulatedConv(inward, outward, 3, style_dim)
        self.strength = nn.Parameter(torch.zeros(()))
        self.bias = nn.Parameter(torch.zeros(outward, 1, 1))

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        y = self.conv(x, style)
        noise = torch.randn(y.shape[0], 1, *y.shape[2:], device=y.device, dtype=y.dtype)
        return math.sqrt(2) * F.leaky_relu(y + self.strength * noise + self.bias, SLOPE)


class Synthesis(nn.Module):
    """Styles to images, from a learned 4x4 map doubled to the full size: (N, S) -> (N, C, H, W) in [-1, 1].

    Each size adds its own image to the sum, which ends in tanh (not the paper's). width: channels at the full size;
    they double with each halving, up to 8 times. Raises UsageError for other sizes than those of `halvings`.
    """

    def __init__(self, shape: Sequence[int], style_dim: int, width: int) -> None:
        super().__init__()
        widths = [width * min(2**level, 8) for level in range(halvings(shape), -1, -1)]
        self.start = nn.Parameter(torch.randn(1, widths[0], 4, 4))
        self.convs = nn.ModuleList(
            StyledConv(before, after, style_dim) for before, after in pairwise([widths[0], *widths])
        )
        self.images = nn.ModuleList(
            ModulatedConv(channels, shape[0], 1, style_dim, demodulate=False) for channels in widths
        )
        self.bias = nn.Parameter(torch.zeros(shape[0], 1, 1))

    def forward(self, style: Tensor) -> Tensor:  # noqa: D102
        x = self.start.expand(style.shape[0], -1, -1, -1)
        image: Tensor = self.bias
        for level, (conv, to_image) in enumerate(zip(self.convs, self.images, strict=True)):
            if level:
                x, image = (F.interpolate(maps, scale_factor=2.0, mode="bilinear") for maps in (x, image))
            x = conv(x, style)
            image = image + to_image(x, style)
        return torch.tanh(image)


def path_lengths(images: Tensor, styles: Tensor) -> Tensor:
    """|J^T y| of each image, how far it moves with its style, y being noise of its shape: (N,), differentiable.

    images: (N, C, H, W), computed from styles (N, S), which require gradients. Eq. 4.
    """
    noise = torch.randn_like(images) / math.sqrt(images.shape[2] * images.shape[3])
    (slope,) = torch.autograd.grad((images * noise).sum(), styles, create_graph=True)
    return (slope.square().sum(1) + 1e-8).sqrt()
