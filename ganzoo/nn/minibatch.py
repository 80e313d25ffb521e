"""Layers through which a discriminator sees how samples of a batch differ. Shapes: N batch, A B C features, H W places.

They say `mixes_samples`, so that `together` shows reals and fakes apart.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ganzoo.nn.precision import full

__all__ = ["MinibatchDeviation", "MinibatchDiscrimination"]


class MinibatchDiscrimination(nn.Module):
    """Each sample's features, and how near it is to the batch in `rows` learned ways: (N, A) -> (N, A + rows).

    o(x_i)_b = sum_j exp(-|M_ib - M_jb|_1), where M_i = f(x_i) T is (rows, columns). Salimans et al. 2016, section 3.2.
    """

    mixes_samples = True

    def __init__(self, features: int, rows: int = 50, columns: int = 5) -> None:
        super().__init__()
        self.rows = rows
        self.tensor = nn.Parameter(torch.randn(features, rows * columns) / features**0.5)

    def forward(self, x: Tensor) -> Tensor:  # noqa: D102
        points = (full(x) @ self.tensor).view(len(x), self.rows, -1)  # (N, rows, columns)
        near = torch.exp(-(points[:, None] - points).abs().sum(3)).sum(1)
        return torch.cat([x, near.to(x.dtype)], 1)


class MinibatchDeviation(nn.Module):
    """One more channel, alike everywhere: how much the features differ over the batch; (N, C, ...) -> (N, C + 1, ...).

    The standard deviation of each feature at each place over the N samples, averaged. Karras et al. 2018, section 3.
    """

    mixes_samples = True

    def forward(self, x: Tensor) -> Tensor:  # noqa: D102
        deviation = (full(x).var(0, correction=0) + 1e-8).sqrt().mean()
        return torch.cat([x, deviation.to(x.dtype).expand(len(x), 1, *x.shape[2:])], 1)
