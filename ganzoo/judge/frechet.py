"""The Frechet distance between two sets of samples, each taken for a Gaussian.

    d^2 = |m_x - m_y|^2 + tr(S_x) + tr(S_y) - 2 tr((S_x^1/2 S_y S_x^1/2)^1/2)

Dowson and Landau 1982, The Frechet distance between multivariate normal distributions; as a measure of GANs
Heusel et al. 2017, arXiv:1706.08500, eq. 6, where the samples are Inception's features.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ganzoo.hookspecs import hookimpl
from ganzoo.judge.metric import Metric, Part, Subject

__all__ = ["Moments", "frechet_distance", "gaussian_distance"]

_LEAST = 500


class Moments:
    """Mean and covariance of samples that come in parts, in float64; memory does not grow with their number.

    Parts are merged about their means, so that no digits cancel (Chan et al. 1979, eq. 2.1).
    """

    def __init__(self) -> None:
        self.count = 0
        self.mean = torch.zeros((), dtype=torch.float64)  # (F,)
        self._scatter = torch.zeros((), dtype=torch.float64)  # (F, F), about the mean

    def add(self, samples: Tensor) -> None:
        """Take in samples (n, F)."""
        samples = samples.detach().double().cpu()
        mean, total = samples.mean(dim=0), self.count + len(samples)
        centred, gap = samples - mean, mean - self.mean
        self._scatter = self._scatter + centred.T @ centred + torch.outer(gap, gap) * self.count * len(samples) / total
        self.mean = self.mean + gap * len(samples) / total
        self.count = total

    @property
    def covariance(self) -> Tensor:
        """(F, F), unbiased: divided by N - 1."""
        return self._scatter / (self.count - 1)


def frechet_distance(x: Tensor, y: Tensor) -> float:
    """The squared Frechet distance between samples (N, F) and (M, F), what is called FID on Inception's features."""
    moments = Moments(), Moments()
    for found, samples in zip(moments, (x, y), strict=True):
        found.add(samples)
    return gaussian_distance(moments[0].mean, moments[0].covariance, moments[1].mean, moments[1].covariance)


def gaussian_distance(mean_x: Tensor, covariance_x: Tensor, mean_y: Tensor, covariance_y: Tensor) -> float:
    """The squared Frechet distance between two Gaussians with means (F,) and covariances (F, F).

    Only symmetric matrices are decomposed and their eigenvalues kept from falling below 0, so that singular
    covariances, of as many samples as features, give a number too.
    """
    values, vectors = torch.linalg.eigh(covariance_x.double())
    root = (vectors * values.clamp(min=0).sqrt()) @ vectors.T
    product = root @ covariance_y.double() @ root
    overlap = torch.linalg.eigvalsh((product + product.T) / 2).clamp(min=0).sqrt().sum()
    gap = (mean_x.double() - mean_y.double()).square().sum()
    distance = gap + covariance_x.double().trace() + covariance_y.double().trace() - 2 * overlap
    return max(0.0, float(distance))


class _Tally:
    def __init__(self, subject: Subject) -> None:
        self._real, self._fake = Moments(), Moments()

    def real(self, part: Part) -> None:
        self._real.add(part.features)

    def fake(self, part: Part) -> None:
        self._fake.add(part.features)

    def values(self) -> dict[str, float]:
        real, fake = self._real, self._fake
        return {"frechet_distance": gaussian_distance(real.mean, real.covariance, fake.mean, fake.covariance)}


@hookimpl
def ganzoo_metric() -> Metric:
    """`frechet`: more samples than features, else a covariance is singular."""
    return Metric(
        tally=_Tally,
        protocol="Gaussians of all features, covariances over N - 1, squared distance",
        least=lambda subject: max(_LEAST, subject.width + 1),
        needs=("numbers",),
    )
