"""The sliced Wasserstein distance between two sets of samples.

Bonneel et al. 2015, Sliced and Radon Wasserstein Barycenters of Measures, sec. 2.3.
"""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["sliced_wasserstein"]


def sliced_wasserstein(these: Tensor, those: Tensor, *, directions: int = 128, seed: int = 0) -> float:
    """The mean over random directions of the distance W1 between the projections of (N, F) and (N, F) samples."""
    generator = torch.Generator().manual_seed(seed)
    rays = torch.randn(these.shape[1], directions, generator=generator)
    rays /= rays.norm(dim=0)
    gaps = (these @ rays).sort(dim=0).values - (those @ rays).sort(dim=0).values
    return float(gaps.abs().mean())
