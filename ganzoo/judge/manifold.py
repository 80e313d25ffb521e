"""Precision and recall, density and coverage: fidelity and diversity apart, by nearest neighbours.

A set's manifold is the union of balls about its samples, each as large as the distance to its k-th neighbour.
Kynkaanniemi et al. 2019, Improved Precision and Recall Metric, arXiv:1904.06991, eq. 1 and 2
Naeem et al. 2020, Reliable Fidelity and Diversity Metrics, arXiv:2002.09797, eq. 3 and 4
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ganzoo.hookspecs import hookimpl
from ganzoo.judge.metric import Kept, Metric, Subject

__all__ = ["Manifold", "manifold"]

NEIGHBOURS = 5
_ROWS = 1024  # of a distance matrix, which are held at once
_LEAST, _MOST = 100, 10_000


@dataclass(frozen=True)
class Manifold:
    """precision: the share of generated samples within the reals' manifold. recall: of reals within the generated.

    density: how many real balls a generated sample lies in, over k; may exceed 1. coverage: the share of real
    balls that hold a generated sample.
    """

    precision: float
    recall: float
    density: float
    coverage: float


def manifold(real: Tensor, fake: Tensor, neighbours: int = NEIGHBOURS) -> Manifold:
    """The four shares for real samples (N, F) and generated ones (M, F), both more than `neighbours`.

    A ball's radius leaves out the sample itself, and a sample on its surface is outside.
    """
    real, fake = real.detach().double().cpu(), fake.detach().double().cpu()
    real_radius, fake_radius = _radii(real, neighbours), _radii(fake, neighbours)
    balls = torch.zeros(len(fake))  # how many real balls each generated sample is in
    recalled = covered = 0
    for rows, radius in zip(torch.split(real, _ROWS), torch.split(real_radius, _ROWS), strict=True):
        distance = torch.cdist(rows, fake)
        inside = distance < radius[:, None]
        balls += inside.sum(dim=0)
        covered += int(inside.any(dim=1).sum())
        recalled += int((distance < fake_radius).any(dim=1).sum())
    return Manifold(
        precision=float((balls > 0).double().mean()),
        recall=recalled / len(real),
        density=float(balls.double().mean()) / neighbours,
        coverage=covered / len(real),
    )


def _radii(samples: Tensor, neighbours: int) -> Tensor:
    """The distance of each sample (N, F) to its k-th nearest other: (N,)."""
    parts = torch.split(samples, _ROWS)
    nearest = [torch.cdist(rows, samples).topk(neighbours + 1, largest=False).values for rows in parts]
    return torch.cat(nearest).amax(dim=1)  # among them the sample itself, at distance 0


class _Tally(Kept):
    def __init__(self, subject: Subject) -> None:
        super().__init__()

    def values(self) -> dict[str, float]:
        return dict(vars(manifold(self.reals, self.fakes)))


@hookimpl
def ganzoo_metric() -> Metric:
    """`manifold`."""
    return Metric(
        tally=_Tally,
        protocol=f"k = {NEIGHBOURS} nearest neighbours, the sample itself left out, strictly inside",
        least=lambda subject: _LEAST,
        needs=("numbers",),
        most=_MOST,
    )
