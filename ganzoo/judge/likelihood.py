"""How likely texts are: under the oracle that the data are from, and under trigrams of the data, and back.

Low under the data's model is quality, low of the data under the texts' own model is diversity; a generator that
repeats one good sentence has the first alone. Shapes: N texts, T tokens, numbers in a vocabulary of V.

Yu et al. 2017, SeqGAN, arXiv:1609.05473, eq. 9; Witten and Bell 1991, method C, interpolated
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ganzoo.data.oracle import Oracle, oracle_of
from ganzoo.hookspecs import hookimpl
from ganzoo.tokens import END, vocabulary_of

if TYPE_CHECKING:
    from ganzoo.contract import Space
    from ganzoo.judge.metric import Metric, Part, Subject

__all__ = ["TextJudge", "Trigrams"]

Array = np.ndarray[Any, Any]


class Trigrams:
    """A language model of texts (N, T): each token by the two before it, by the one before it, and by itself.

    words: V. end: the token that ends a text and fills it up, which is looked at once; None where there is none.
    """

    def __init__(self, texts: Array, words: int, end: int | None = None) -> None:
        self._words, self._end = words, end
        self._counts = [_Counts(context, token) for context, token in self._grams(texts)]

    def nll(self, texts: Array) -> float:
        """The negative log-likelihood of texts (N, T) in nats, the mean over their tokens."""
        chance: Any = 1 / self._words
        for counts, (context, token) in zip(self._counts, self._grams(texts), strict=True):
            chance = counts.chance(context, token, chance)
        return float(-np.log(chance).mean())

    def _grams(self, texts: Array) -> list[tuple[Array, Array]]:
        """Contexts of no, one and two tokens as numbers, and the tokens after them; of every place, up to the end."""
        size = self._words + 1  # what is before the first token is one more
        texts = texts.astype(np.int64)
        past = np.pad(texts, ((0, 0), (2, 0)), constant_values=self._words)
        keep = np.ones(texts.shape, bool)
        if self._end is not None:
            keep[:, 1:] = (texts[:, :-1] != self._end).cumprod(1).astype(bool)
        near, far = past[:, 1:-1][keep], past[:, :-2][keep]
        return [(context, texts[keep]) for context in (np.zeros_like(near), near, far * size + near)]


class _Counts:
    """How often tokens follow contexts, each a number, and how many different ones do."""

    def __init__(self, context: Array, token: Array) -> None:
        self._size = int(token.max(initial=0)) + 1
        self._pairs, self._often = np.unique(context * self._size + token, return_counts=True)
        self._contexts, self._total = np.unique(context, return_counts=True)
        self._kinds = np.unique(self._pairs // self._size, return_counts=True)[1]

    def chance(self, context: Array, token: Array, else_chance: Any) -> Array:
        """P of tokens after contexts: (count + kinds P') / (total + kinds), P' where nothing is known."""
        pair = context * self._size + token
        often = _found(self._pairs, self._often, pair) * (token < self._size)
        total, kinds = (_found(self._contexts, values, context) for values in (self._total, self._kinds))
        known = total > 0
        chance: Array = np.where(known, (often + kinds * else_chance) / np.where(known, total + kinds, 1), else_chance)
        return chance


def _found(keys: Array, values: Array, asked: Array) -> Array:
    """The value of each key that is asked for, 0 where there is none. keys: sorted."""
    place = np.searchsorted(keys, asked).clip(max=max(0, len(keys) - 1))
    return np.where(keys[place] == asked, values[place], 0) if len(keys) else np.zeros(len(asked))


class TextJudge:
    """Real texts (N, T) that generated ones are compared with; half of them are held out. nll_real: of that half."""

    def __init__(self, space: Space, real: Array) -> None:
        vocabulary = vocabulary_of(space)
        self._words, self._end = len(vocabulary), vocabulary.index(END) if END in vocabulary else None
        self.oracle: Oracle | None = oracle_of(space)
        self.title = "oracle NLL" if self.oracle else "trigram NLL"
        self._held = real[1::2]
        self._model = Trigrams(real[::2], self._words, self._end)
        self.nll_real = self.nll(self._held)

    def nll(self, texts: Array) -> float:
        """Nats per token under the oracle where there is one, else under trigrams of half of the data."""
        return float(self.oracle.nll(texts.astype(np.int64)).mean()) if self.oracle else self._model.nll(texts)

    def values(self, texts: Array) -> dict[str, float]:
        """All that can be told of texts (N, T), beside the same of the half that is held out."""
        back = Trigrams(texts[: len(self._held)], self._words, self._end)
        found = {
            "trigram_nll": self._model.nll(texts),
            "trigram_nll_real": self._model.nll(self._held),
            "trigram_nll_back": back.nll(self._held),
        }
        return {"oracle_nll": self.nll(texts), "oracle_nll_real": self.nll_real, **found} if self.oracle else found


class _Tally:
    def __init__(self, subject: Subject) -> None:
        self._space = subject.space
        self._reals: list[Array] = []
        self._fakes: list[Array] = []

    def real(self, part: Part) -> None:
        self._reals.append(part.samples.numpy())

    def fake(self, part: Part) -> None:
        self._fakes.append(part.samples.numpy())

    def values(self) -> dict[str, float]:
        return TextJudge(self._space, np.concatenate(self._reals)).values(np.concatenate(self._fakes))


@hookimpl
def ganzoo_metric() -> Metric:
    """`likelihood`, of texts."""
    from ganzoo.judge.metric import Metric

    return Metric(
        tally=_Tally,
        protocol="nats per token: under the oracle; under trigrams (Witten-Bell) of half of the data, of generated and "
        "of the other half; back: of that half under trigrams of as many generated texts",
        least=lambda subject: 100,
        needs=("tokens",),
        most=20_000,
    )
