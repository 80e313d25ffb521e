"""How much of a mixture whose modes are known a generator has found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Coverage", "coverage"]


@dataclass(frozen=True)
class Coverage:
    """covered: modes with at least one good sample. high_quality: the share of samples that are good.

    True samples of a 2-D Gaussian mixture are good to 98.889 %: a higher share is collapse within modes.
    """

    covered: int
    high_quality: float


def coverage(samples: Tensor, modes: Sequence[Sequence[float]], std: float) -> Coverage:
    """How many of the modes (M, F) the samples (N, F) reach, and how many samples reach one.

    A sample is good within three standard deviations of the nearest mode (PacGAN, Lin et al. 2018, 4.1).
    """
    import torch

    centres = torch.tensor(modes, dtype=torch.float64)
    distance, nearest = torch.cdist(samples.detach().double().cpu(), centres).min(dim=1)
    good = distance <= 3 * std
    return Coverage(len(set(nearest[good].tolist())), float(good.double().mean()))
