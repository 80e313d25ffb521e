"""The inception score: whether a classifier is sure of each sample, and sees all classes over all of them.

    exp E_x KL(p(y|x) || p(y))

Salimans et al. 2016, Improved Techniques for Training GANs, arXiv:1606.03498, sec. 4. On another classifier than
Inception its numbers compare only with that classifier's own.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ganzoo.hookspecs import hookimpl
from ganzoo.judge.metric import Metric, Part, Subject

__all__ = ["InceptionScore", "inception_score"]

_LEAST = 500


class InceptionScore:
    """The score of logits that come in parts, in one split: sums over samples are all that is kept."""

    def __init__(self) -> None:
        self._count = 0
        self._shares = torch.zeros((), dtype=torch.float64)  # (K,), the sum of p(y|x)
        self._certainty = torch.zeros((), dtype=torch.float64)  # the sum of E_y log p(y|x)

    def add(self, logits: Tensor) -> None:
        """Take in logits (n, K)."""
        logarithms = logits.detach().double().cpu().log_softmax(dim=1)
        shares = logarithms.exp()
        self._count += len(logits)
        self._shares = self._shares + shares.sum(dim=0)
        self._certainty = self._certainty + torch.special.xlogy(shares, shares).sum()

    def value(self) -> float:
        """Between 1 and K."""
        marginal = self._shares / self._count
        return float((self._certainty / self._count - torch.special.xlogy(marginal, marginal).sum()).exp())


def inception_score(logits: Tensor) -> float:
    """The score of samples by their logits (N, K), in one split."""
    score = InceptionScore()
    score.add(logits)
    return score.value()


class _Tally:
    def __init__(self, subject: Subject) -> None:
        self._score = InceptionScore()

    def real(self, part: Part) -> None:
        pass

    def fake(self, part: Part) -> None:
        assert part.logits is not None
        self._score.add(part.logits)

    def values(self) -> dict[str, float]:
        return {"inception_score": self._score.value()}


@hookimpl
def ganzoo_metric() -> Metric:
    """`inception-score`."""
    return Metric(
        tally=_Tally,
        protocol="one split of all samples, on the extractor's logits",
        least=lambda subject: _LEAST,
        needs=("logits",),
        compares=False,
    )
