"""Differentiable augmentation: the discriminator sees real and generated images through the same random lens.

Zhao et al. 2020, Differentiable Augmentation for Data-Efficient GAN Training, arXiv:2006.10738, sec. 3.
Shapes: N batch, C H W image.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

__all__ = ["augment", "colour", "cutout", "translate"]


def augment(images: Tensor) -> Tensor:
    """Colour, translation and cutout, drawn per image: (N, C, H, W) in and out, differentiable in the images."""
    return cutout(translate(colour(images)))


def colour(images: Tensor) -> Tensor:
    """Shift brightness by up to a half, scale saturation by 0 to 2 and contrast by a half to 3/2, per image."""
    draw = torch.rand(3, images.shape[0], 1, 1, 1, device=images.device, dtype=images.dtype)
    images = images + (draw[0] - 0.5)
    grey = images.mean(dim=1, keepdim=True)
    images = grey + (images - grey) * (draw[1] * 2)
    mean = images.mean(dim=(1, 2, 3), keepdim=True)
    return mean + (images - mean) * (draw[2] + 0.5)


def translate(images: Tensor, ratio: float = 1 / 8) -> Tensor:
    """Move each image by up to `ratio` of its side along both axes; what comes in is 0, mid grey."""
    n, _, height, width = images.shape
    reach = round(max(height, width) * ratio)
    padded = F.pad(images, (reach, reach, reach, reach))
    down, right = torch.randint(0, 2 * reach + 1, (2, n, 1), device=images.device)
    rows = (torch.arange(height, device=images.device) + down)[:, None, :, None]
    columns = (torch.arange(width, device=images.device) + right)[:, None, None, :]
    which = torch.arange(n, device=images.device)[:, None, None, None]
    channel = torch.arange(images.shape[1], device=images.device)[None, :, None, None]
    return padded[which, channel, rows, columns]


def cutout(images: Tensor, ratio: float = 1 / 2) -> Tensor:
    """Set one square of `ratio` of the side, at a random place, to 0 in each image; it may hang over the edge."""
    n, _, height, width = images.shape
    half_height, half_width = height * ratio / 2, width * ratio / 2
    centre = torch.rand(2, n, 1, device=images.device)
    rows = (torch.arange(height, device=images.device) + 0.5 - centre[0] * height).abs() < half_height
    columns = (torch.arange(width, device=images.device) + 0.5 - centre[1] * width).abs() < half_width
    hole = rows[:, None, :, None] & columns[:, None, None, :]
    return images.masked_fill(hole, 0.0)
