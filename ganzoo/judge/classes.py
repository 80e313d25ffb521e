"""Which classes a classifier of the data sees in generated samples, and how evenly.

Counted as the modes of stacked MNIST are in Lin et al. 2018, PacGAN, arXiv:1712.04086, sec. 4.2.
"""

from __future__ import annotations

from ganzoo.hookspecs import hookimpl
from ganzoo.judge.metric import Metric, Part, Subject
from ganzoo.judge.modes import reverse_kl

__all__: list[str] = []

_LEAST_PER_CLASS = 10


class _Tally:
    def __init__(self, subject: Subject) -> None:
        assert subject.shares is not None
        self._shares = subject.shares
        self._counts = subject.shares.new_zeros(len(subject.shares))

    def real(self, part: Part) -> None:
        pass

    def fake(self, part: Part) -> None:
        assert part.logits is not None
        self._counts += part.logits.argmax(dim=1).bincount(minlength=len(self._counts))

    def values(self) -> dict[str, float]:
        return {
            "classes": float((self._counts > 0).sum()),
            "class_reverse_kl": reverse_kl(self._counts, self._shares),
        }


@hookimpl
def ganzoo_metric() -> Metric:
    """`classes`."""
    return Metric(
        tally=_Tally,
        protocol="a class counts with one sample that the classifier puts there; reverse KL to the data's shares",
        least=lambda subject: _LEAST_PER_CLASS * len(subject.space.classes),
        needs=("classes",),
        compares=False,
    )
