"""Whether a conditional generator obeys: the share of samples that show the class which was asked for.

Shmelkov et al. 2018, How good is my GAN?, arXiv:1807.09499, sec. 3 (there GAN-test, by a classifier of the data).
"""

from __future__ import annotations

from ganzoo.hookspecs import hookimpl
from ganzoo.judge.metric import Metric, Part, Subject

__all__: list[str] = []

_LEAST_PER_CLASS = 10


class _Tally:
    def __init__(self, subject: Subject) -> None:
        self._right = self._seen = 0

    def real(self, part: Part) -> None:
        pass

    def fake(self, part: Part) -> None:
        assert part.logits is not None
        assert part.label is not None
        self._right += int((part.logits.argmax(dim=1) == part.label).sum())
        self._seen += len(part.label)

    def values(self) -> dict[str, float]:
        return {"label_agreement": self._right / self._seen}


@hookimpl
def ganzoo_metric() -> Metric:
    """`agreement`."""
    return Metric(
        tally=_Tally,
        protocol="labels asked for as often as in the data; the classifier's own errors count against the generator",
        least=lambda subject: _LEAST_PER_CLASS * len(subject.space.classes),
        needs=("classes", "labels"),
        compares=False,
    )
