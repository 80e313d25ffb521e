"""The kernel distance: the maximum mean discrepancy under a cubic kernel, without bias at any number of samples.

    k(x, y) = (x.y / F + 1)^3

Binkowski et al. 2018, Demystifying MMD GANs, arXiv:1801.01401, sec. 4.1 (KID, on Inception's features); the
estimator is Gretton et al. 2012, A Kernel Two-Sample Test, eq. 3.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ganzoo.counted import counted
from ganzoo.hookspecs import hookimpl
from ganzoo.judge.metric import Kept, Metric, Subject

__all__ = ["kernel_distance", "kernel_distance_in_blocks"]

_ROWS = 1024  # of a kernel matrix, which are held at once
_LEAST, _MOST = 100, 10_000
_BLOCKS, _BLOCK = 50, 1000


def kernel_distance(x: Tensor, y: Tensor) -> float:
    """The unbiased squared discrepancy between samples (N, F) and (M, F) in one block; may be just below 0."""
    x, y = x.detach().double().cpu(), y.detach().double().cpu()
    n, m = len(x), len(y)
    within_x = (_pairs(x, x) - _own(x)) / (n * (n - 1))
    within_y = (_pairs(y, y) - _own(y)) / (m * (m - 1))
    return float(within_x + within_y - 2 * _pairs(x, y) / (n * m))


def kernel_distance_in_blocks(
    x: Tensor, y: Tensor, *, blocks: int = _BLOCKS, size: int = _BLOCK, seed: int = 0
) -> tuple[float, float]:
    """Mean and standard deviation of the distance over `blocks` random choices of `size` from (N, F) and (M, F).

    A block is not larger than either set. This is the protocol that published KIDs follow.
    """
    generator = torch.Generator().manual_seed(seed)
    size = min(size, len(x), len(y))
    found = []
    for _ in range(blocks):
        these, those = (torch.randperm(len(z), generator=generator)[:size] for z in (x, y))
        found.append(kernel_distance(x[these], y[those]))
    values = torch.tensor(found, dtype=torch.float64)
    return float(values.mean()), float(values.std(correction=0))


def _pairs(x: Tensor, y: Tensor) -> Tensor:
    """The sum of k over all pairs of rows of x (n, F) and y (m, F), some rows at a time."""
    sums = [_cubed(rows @ y.T / x.shape[1] + 1).sum() for rows in torch.split(x, _ROWS)]
    return torch.stack(sums).sum()


def _own(x: Tensor) -> Tensor:
    """The sum of k of each row of x (n, F) with itself."""
    return _cubed(x.square().sum(dim=1) / x.shape[1] + 1).sum()


def _cubed(values: Tensor) -> Tensor:
    return values * values * values  # faster than ** 3


class _Tally(Kept):
    def __init__(self, subject: Subject) -> None:
        super().__init__()
        self._seed = counted(subject.seed, "kernel blocks")

    def values(self) -> dict[str, float]:
        mean, deviation = kernel_distance_in_blocks(self.reals, self.fakes, seed=self._seed)
        return {
            "kernel_distance": kernel_distance(self.reals, self.fakes),
            "kernel_distance_blocks": mean,
            "kernel_distance_deviation": deviation,
        }


@hookimpl
def ganzoo_metric() -> Metric:
    """`kid`."""
    return Metric(
        tally=_Tally,
        protocol=f"(x.y/F + 1)^3, unbiased; one block of all, and {_BLOCKS} random blocks of up to {_BLOCK:,}",
        least=lambda subject: _LEAST,
        needs=("numbers",),
        most=_MOST,
    )
