"""Models that write text token by token, and one that reads it. Shapes: N texts, T tokens, V vocabulary, U units.

A token is drawn by a uniform number, from the cumulated probabilities: with the numbers as the latent, writing is a
function of it like any generator.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ganzoo.contract import Config, Space
from ganzoo.nn.precision import full

__all__ = ["Reader", "RelationalMemory", "Writer", "chosen", "likelihood", "token_noise"]

State: TypeAlias = tuple[Tensor, ...]


def token_noise(n: int, config: Config, space: Space, device: torch.device) -> Tensor:
    """A prior for text: a number of U(0, 1) for each token, (N, T)."""
    return torch.rand(n, *space.shape, device=device)


def chosen(logits: Tensor, share: Tensor) -> Tensor:
    """The token (N,) int64 of softmax(logits), (N, V), at whose place in the cumulated probabilities share (N,) is."""
    cumulated = torch.softmax(full(logits), 1).cumsum(1)
    return (cumulated <= share[:, None]).sum(1).clamp(max=logits.shape[1] - 1)


def likelihood(logits: Tensor, texts: Tensor) -> Tensor:
    """Log P of each token of texts (N, T) under softmax(logits), (N, T, V): (N, T)."""
    return torch.log_softmax(full(logits), 2).gather(2, texts[..., None])[..., 0]


class RelationalMemory(nn.Module):
    """A memory (N, H) of one slot that attends to itself and to what comes in, (N, E), and a gated step from there.

    size: of a head; H is heads times it. In and out as an LSTM cell's. Santoro et al. 2018, Relational Recurrent
    Neural Networks, eqs. 2 to 6, with one slot and one gate for each number.
    """

    def __init__(self, incoming: int, heads: int, size: int) -> None:
        super().__init__()
        self.heads, width = heads, heads * size
        self.enter = nn.Linear(incoming, width)
        self.ask, self.keys, self.values = (nn.Linear(width, width) for _ in range(3))
        self.bend = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, width))
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(2))
        self.gate_new, self.gate_old = nn.Linear(width, 2 * width), nn.Linear(width, 2 * width)

    def forward(self, x: Tensor, state: State) -> State:  # noqa: D102
        (old,) = state
        new = self.enter(x)
        both = torch.stack([old, new], 1)
        query, key, value = (
            part.unflatten(2, (self.heads, -1)).transpose(1, 2)
            for part in (self.ask(old)[:, None], self.keys(both), self.values(both))
        )  # (N, heads, 1 or 2, size)
        memory = self.norms[0](old + F.scaled_dot_product_attention(query, key, value).flatten(1))
        memory = self.norms[1](memory + self.bend(memory))
        enter, forget = (self.gate_new(new) + self.gate_old(torch.tanh(old))).chunk(2, 1)
        return (torch.sigmoid(enter) * torch.tanh(memory) + torch.sigmoid(forget + 1) * old,)


class Writer(nn.Module):
    """Says of texts (N, T) what each token may be, given those before it: logits (N, T, V).

    cell: what comes in, (N, embedding), and its state, a tuple -> its next state, whose first part the logits are
    told from. widths: of the state's parts, which begin as zeros. Tokens and logits begin as N(0, 0.1^2).
    """

    def __init__(self, words: int, embedding: int, cell: nn.Module, widths: tuple[int, ...]) -> None:
        super().__init__()
        self.words, self.widths = words, widths
        self.embedding = nn.Embedding(words + 1, embedding)  # the last one begins a text
        self.cell = cell
        self.out = nn.Linear(widths[0], words)
        for parameter in [*self.embedding.parameters(), *self.out.parameters()]:
            nn.init.normal_(parameter, 0.0, 0.1)

    def begin(self, n: int) -> tuple[Tensor, State]:
        """The token before the first, (N,), and the state there."""
        weight = self.out.weight
        state = tuple(torch.zeros(n, width, device=weight.device) for width in self.widths)
        return torch.full((n,), self.words, device=weight.device), state

    def step(self, token: Tensor, state: State) -> tuple[Tensor, State]:
        """Logits (N, V) of what comes after a token (N,), and the state after it."""
        state = self.cell(self.embedding(token), state)
        return self.out(state[0]), state

    def forward(self, texts: Tensor) -> Tensor:  # noqa: D102
        token, state = self.begin(texts.shape[0])
        logits = []
        for following in texts.unbind(1):
            after, state = self.step(token, state)
            logits.append(after)
            token = following
        return torch.stack(logits, 1)

    def write(self, noise: Tensor, choose: Callable[[Tensor, Tensor], Tensor] = chosen) -> tuple[Tensor, Tensor]:
        """Texts (N, T) int64 from noise (N, T, ...), and their logits (N, T, V); gradients flow through these alone.

        choose: logits (N, V) and the noise of one place -> tokens (N,).
        """
        token, state = self.begin(noise.shape[0])
        texts, told = [], []
        for part in noise.unbind(1):
            logits, state = self.step(token, state)
            token = choose(logits.detach(), part)
            texts.append(token)
            told.append(logits)
        return torch.stack(texts, 1), torch.stack(told, 1)


class Reader(nn.Module):
    """Convolutions over windows of 1 to `windows` tokens, the greatest answer of each, and a highway.

    Texts (N, T), or shares of tokens (N, T, V) in their place -> logits (N, views). views: ways in which tokens are
    embedded, all read by the same layers, as in RelGAN. Kim 2014, Convolutional Neural Networks for Sentence
    Classification; Srivastava et al. 2015, Highway Networks, eq. 3.
    """

    def __init__(self, words: int, length: int, embedding: int, width: int, windows: int, views: int = 1) -> None:
        super().__init__()
        sizes = range(1, min(windows, length) + 1)
        self.views, features = views, width * len(sizes)
        self.embedding = nn.Linear(words, views * embedding, bias=False)
        self.layers = nn.ModuleList(nn.Conv1d(embedding, width, size) for size in sizes)
        self.gate, self.bend = nn.Linear(features, features), nn.Linear(features, features)
        self.out = nn.Linear(features, 1)

    def forward(self, texts: Tensor) -> Tensor:  # noqa: D102
        shares = texts.dim() == 3
        words = self.embedding(texts) if shares else F.embedding(texts, self.embedding.weight.T)
        seen = words.unflatten(2, (self.views, -1)).permute(0, 2, 3, 1).flatten(0, 1)  # (N views, E, T)
        found = torch.cat([F.relu(layer(seen)).amax(2) for layer in self.layers], 1)
        gate = torch.sigmoid(self.gate(found))
        logits: Tensor = self.out(gate * F.relu(self.bend(found)) + (1 - gate) * found)
        return logits.view(-1, self.views)
