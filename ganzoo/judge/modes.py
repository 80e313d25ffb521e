"""How much of a mixture whose modes are known a generator has found, and how evenly.

Lin et al. 2018, PacGAN: The power of two samples in generative adversarial networks, arXiv:1712.04086, sec. 4.1
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ganzoo.hookspecs import hookimpl

if TYPE_CHECKING:
    from torch import Tensor

    from ganzoo.judge.metric import Metric, Part, Subject

__all__ = ["Coverage", "count_modes", "coverage", "reverse_kl"]

_LEAST_PER_MODE = 10


@dataclass(frozen=True)
class Coverage:
    """covered: modes with at least one good sample. high_quality: the share of samples that are good.

    True samples of a 2-D Gaussian mixture are good to 98.889 %: a higher share is collapse within modes.
    """

    covered: int
    high_quality: float


def coverage(samples: Tensor, modes: Sequence[Sequence[float]], std: float) -> Coverage:
    """How many of the modes (M, F) the samples (N, F) reach, and how many samples reach one, as `count_modes`."""
    counts = count_modes(samples, modes, std)
    return Coverage(int((counts > 0).sum()), float(counts.sum()) / len(samples))


def count_modes(samples: Tensor, modes: Sequence[Sequence[float]], std: float) -> Tensor:
    """How many of the samples (N, F) are good for each of the modes (M, F): (M,) int64.

    A sample is good within three standard deviations of the nearest mode.
    """
    import torch

    centres = torch.tensor(modes, dtype=torch.float64)
    distance, nearest = torch.cdist(samples.detach().double().cpu(), centres).min(dim=1)
    return torch.bincount(nearest[distance <= 3 * std], minlength=len(centres))


def reverse_kl(counts: Tensor, shares: Tensor) -> float:
    """KL(generated || data) in nats, of counts (M,) of generated samples and the modes' true shares (M,).

    0: as the data. Infinite without a single count, or where the data have no share. A perfect sampler of N
    gives about (M - 1) / 2N, not 0.
    """
    import torch

    total = counts.sum()
    if not total:
        return math.inf
    found = counts.double() / total
    return float((torch.special.xlogy(found, found) - torch.special.xlogy(found, shares.double())).sum())


class _Tally:
    def __init__(self, subject: Subject) -> None:
        import torch

        self._modes, self._std = subject.space.details["modes"], subject.space.details["std"]
        self._counts = torch.zeros(len(self._modes), dtype=torch.int64)
        self._seen = 0

    def real(self, part: Part) -> None:
        pass

    def fake(self, part: Part) -> None:
        self._counts += count_modes(part.samples, self._modes, self._std)
        self._seen += len(part.samples)

    def values(self) -> dict[str, float]:
        counts = self._counts
        return {
            "modes": float((counts > 0).sum()),
            "high_quality": float(counts.sum()) / self._seen,
            "reverse_kl": reverse_kl(counts, counts.new_ones(len(counts)) / len(counts)),
        }


@hookimpl
def ganzoo_metric() -> Metric:
    """`modes`, of a mixture whose modes are equally likely."""
    from ganzoo.judge.metric import Metric

    return Metric(
        tally=_Tally,
        protocol="good within 3 standard deviations of the nearest mode; reverse KL of good samples to equal shares",
        least=lambda subject: _LEAST_PER_MODE * len(subject.space.details["modes"]),
        needs=("modes",),
        compares=False,
    )
