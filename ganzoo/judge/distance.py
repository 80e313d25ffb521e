"""Distances between two sets of samples: of numbers, and of texts."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

__all__ = ["neighbours_distance", "sliced_wasserstein"]


def sliced_wasserstein(these: Tensor, those: Tensor, *, directions: int = 128, seed: int = 0) -> float:
    """The mean over random directions of the distance W1 between the projections of (N, F) and (N, F) samples.

    Bonneel et al. 2015, Sliced and Radon Wasserstein Barycenters of Measures, sec. 2.3.
    """
    generator = torch.Generator().manual_seed(seed)
    rays = torch.randn(these.shape[1], directions, generator=generator)
    rays /= rays.norm(dim=0)
    gaps = (these @ rays).sort(dim=0).values - (those @ rays).sort(dim=0).values
    return float(gaps.abs().mean())


def neighbours_distance(these: Tensor, those: Tensor) -> float:
    """The total variation between the shares of neighbouring tokens in texts (N, T) and (M, T) int64: from 0 to 1.

    The first token of a text has its beginning for a neighbour. Small sets differ by chance: two of the same kind are
    at no distance only as they grow.
    """
    size = int(max(these.max(), those.max())) + 2

    def pairs(texts: Tensor) -> Tensor:
        before = F.pad(texts[:, :-1] + 1, (1, 0))
        return (before * size + texts).flatten()

    both = pairs(these), pairs(those)
    known, place = torch.unique(torch.cat(both), return_inverse=True)
    shares = [part.bincount(minlength=len(known)) / len(part) for part in place.split([len(one) for one in both])]
    return float((shares[0] - shares[1]).abs().sum() / 2)
