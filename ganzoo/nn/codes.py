"""Codes that a generator is fed with and that a network reads back. Shapes: N batch, K categories, C numbers."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from ganzoo.nn.conditional import one_hot
from ganzoo.nn.precision import full

__all__ = ["categorical_likelihood", "draw_category", "gaussian_likelihood"]


def draw_category(n: int, categories: int, device: torch.device) -> Tensor:
    """One of K equally likely categories each, as ones among zeros: (n, K) float."""
    return one_hot(torch.randint(categories, (n,), device=device), categories)


def categorical_likelihood(logits: Tensor, category: Tensor) -> Tensor:
    """E log q(c | x) of the categories (N, K), one-hot, under softmax(logits) (N, K); 0-d, at most 0.

    Chen et al. 2016, eq. 5 less the constant H(c).
    """
    return -F.cross_entropy(full(logits), full(category))


def gaussian_likelihood(mean: Tensor, code: Tensor) -> Tensor:
    """E log N(c; mean, I) of the codes (N, C), summed over C; 0-d. Chen et al. 2016, section 6, fixed variance."""
    return -((full(code) - full(mean)).square() + math.log(2 * math.pi)).sum(1).mean() / 2
