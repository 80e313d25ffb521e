"""Brightness of colours. Shapes: N batch, C H W image."""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["LUMA", "luma"]

LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601, as Pillow's conversion to grey


def luma(images: Tensor) -> Tensor:
    """The brightness of images (N, C, H, W) with 1 or 3 channels, the mean of any others: (N, 1, H, W) float."""
    if images.shape[1] == 3:
        return (images * torch.tensor(LUMA, device=images.device).view(1, 3, 1, 1)).sum(1, keepdim=True)
    return images.float().mean(1, keepdim=True)
