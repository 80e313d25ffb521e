"""An oracle: a language model with random weights, whose samples are text that is judged by its true likelihood.

Yu et al. 2017, SeqGAN: Sequence Generative Adversarial Nets with Policy Gradient, section "Synthetic Data Experiments"
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ganzoo.counted import counted
from ganzoo.data.request import Request, Summary
from ganzoo.hookspecs import hookimpl

if TYPE_CHECKING:
    from ganzoo.contract import Space
    from ganzoo.data import Dataset

__all__ = ["Oracle", "oracle", "oracle_of"]

Array = np.ndarray[Any, Any]


class Oracle:
    """An LSTM over `words` tokens, all of whose weights are counted draws from N(0, 1).

    In float64 and without a library of networks, so that everybody draws the same texts. Shapes: N texts, T tokens.
    """

    def __init__(self, words: int, units: int = 32) -> None:
        rng = np.random.default_rng(counted(0, "oracle", words, units))
        self.words, self.units = words, units
        self.embedding = rng.standard_normal((words + 1, units))  # the last one begins a text
        self.input, self.recurrent = rng.standard_normal((2, units, 4 * units))
        self.bias = rng.standard_normal(4 * units)
        self.output = rng.standard_normal((units, words))
        self.shift = rng.standard_normal(words)

    def sample(self, n: int, length: int, seed: int = 0) -> Array:
        """N texts (N, T) int64."""
        rng = np.random.default_rng(counted(seed, "texts"))
        texts = np.empty((n, length), np.int64)
        token, state = np.full(n, self.words), self._start(n)
        for place in range(length):
            logs, state = self._step(token, state)
            token = (np.exp(logs).cumsum(1) < rng.random((n, 1))).sum(1).clip(max=self.words - 1)
            texts[:, place] = token
        return texts

    def nll(self, texts: Array) -> Array:
        """The negative log-likelihood of texts (N, T) in nats, the mean over their tokens: (N,)."""
        token, state = np.full(len(texts), self.words), self._start(len(texts))
        total = np.zeros(len(texts))
        for column in texts.T:
            logs, state = self._step(token, state)
            total -= np.take_along_axis(logs, column[:, None], 1)[:, 0]
            token = column
        nll: Array = total / texts.shape[1]
        return nll

    def _start(self, n: int) -> tuple[Array, Array]:
        return np.zeros((n, self.units)), np.zeros((n, self.units))

    def _step(self, token: Array, state: tuple[Array, Array]) -> tuple[Array, tuple[Array, Array]]:
        """Log-probabilities (N, words) of the next token after these (N,), and the state after them."""
        hidden, cell = state
        gates = self.embedding[token] @ self.input + hidden @ self.recurrent + self.bias
        enter, forget, leave, new = np.split(gates, 4, 1)
        cell = _sigmoid(forget) * cell + _sigmoid(enter) * np.tanh(new)
        hidden = _sigmoid(leave) * np.tanh(cell)
        logits = hidden @ self.output + self.shift
        logits -= logits.max(1, keepdims=True)
        return logits - np.log(np.exp(logits).sum(1, keepdims=True)), (hidden, cell)


def _sigmoid(x: Array) -> Array:
    half: Array = 0.5 * (1 + np.tanh(x / 2))
    return half


def oracle_of(space: Space) -> Oracle | None:
    """The oracle that texts of this space are from, None where there is none."""
    return Oracle(**space.details["oracle"]) if "oracle" in space.details else None


class OracleTexts:
    """10,000 texts of an oracle, as many as in the paper; their tokens are called by their numbers."""

    name, count, length = "oracle", 10_000, 20

    @hookimpl
    def ganzoo_dataset(self, request: Request) -> Dataset:
        """The texts; a token is a word whatever is asked for."""
        import torch

        from ganzoo.data.dataset import Dataset, fingerprint
        from ganzoo.tokens import text_space

        request.refuse_too_large(f"{self.count:,} texts", 8 * self.count * request.size)
        made = Oracle(WORDS)
        samples = made.sample(self.count, request.size)
        names = [f"w{number}" for number in range(WORDS)]
        space = text_space(names, "words", request.size, oracle={"words": made.words, "units": made.units})
        return Dataset(self.name, space, torch.from_numpy(samples), None, fingerprint(samples))

    @hookimpl
    def ganzoo_dataset_summary(self, root: Path) -> Summary:
        """The texts' line in `ganzoo datasets`."""
        return Summary(count=self.count, shape=(self.length,), classes=0, present=True, where="built in")


WORDS = 100
oracle = OracleTexts()
