"""Who is winning: the area under the discriminator's ROC curve."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["auc"]


def auc(real: Tensor, fake: Tensor) -> float:
    """The probability that a real sample's score (N,) is above a fake one's (M,), ties counting half.

    .5: the discriminator cannot tell them apart; 1: it has won. Exact, from ranks (Mann and Whitney 1947).
    """
    import torch

    ranked = fake.double().sort().values
    real = real.double().contiguous()
    below = torch.searchsorted(ranked, real, right=False)
    not_above = torch.searchsorted(ranked, real, right=True)
    return float((below + not_above).double().mean() / (2 * len(fake)))
