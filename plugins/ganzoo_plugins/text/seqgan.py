"""SeqGAN: a writer of text is rewarded by what D thinks of roll-outs.

    max_G  E log G(x)                                                       first, maximum likelihood
    max_D  E log D(x) + E log(1 - D(y))                                     y ~ G, eq. 5
    grad J = sum_t E[ Q(y_1..t) grad log G(y_t | y_1..t-1) ]                eq. 6, which G climbs

Q is the mean of D over texts that begin with y_1..t and that G itself has ended N times; of whole texts, D (eq. 4).
What G draws has no gradient; the objective is a surrogate that has the gradient of J, log G weighted by Q. From Q that
of the beginning before the token is taken, at first the batch's mean: it leaves the expected direction and calms it.

Paper: Yu et al. 2017, SeqGAN: Sequence Generative Adversarial Nets with Policy Gradient, arXiv:1609.05473
Tasks: text
"""
# Shapes: B batch, T tokens of a text, V vocabulary, N roll-outs.

import math
from dataclasses import dataclass
from typing import Annotated

import torch
from torch import Tensor, nn

import ganzoo
from ganzoo.nn import Reader, Writer, chosen, likelihood, minimax, token_noise, whole_batch


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.AdamConfig):
    """G's sizes are the paper's; phases, D and N are smaller, for a CPU."""

    embedding: Annotated[int, "numbers that stand for a token", ganzoo.Range(1, 4096)] = 32
    units: Annotated[int, "units of G's LSTM", ganzoo.Range(1, 4096)] = 32
    width: Annotated[int, "D's channels for each size of window", ganzoo.Range(1, 1024)] = 64
    windows: Annotated[int, "the largest window that D reads, in tokens", ganzoo.Range(1, 64)] = 4
    rollouts: Annotated[int, "N, ends of each beginning (the paper's are 16)", ganzoo.Range(1, 10**4)] = 2
    baseline: Annotated[bool, "whether Q of y_1..t-1 is taken from Q (ours; not in the paper)"] = True
    pretrain: Annotated[int, "steps of maximum likelihood alone", ganzoo.Range(1)] = 1000
    reading: Annotated[int, "steps of D alone after these", ganzoo.Range(0)] = 600
    turns: Annotated[int, "turns of D per turn of G", ganzoo.Range(1, 100)] = 2
    lr: Annotated[float, "Adam's step size for maximum likelihood and D (ours)", ganzoo.Range(0, 1)] = 5e-3
    policy_lr: Annotated[float, "Adam's step size for the policy gradient (ours)", ganzoo.Range(0, 1)] = 6e-4
    beta1: Annotated[float, "Adam's decay of the mean gradient", ganzoo.Range(0, 0.9999)] = 0.9


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G: texts (B, T) -> logits (B, T, V), or writes them.  D: (B, T) -> (B,) logits."""
    words, units = len(space.details["vocabulary"]), config.units
    return {
        "G": Writer(words, config.embedding, nn.LSTMCell(config.embedding, units), (units, units)),
        "D": nn.Sequential(
            Reader(words, space.shape[0], config.embedding, config.width, config.windows), nn.Flatten(0)
        ),
    }


def generate(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> Tensor:
    """What G writes, (B, T)."""
    texts: Tensor = nets.G.write(batch.z)[0]
    return texts


def ended(writer: Writer, texts: Tensor, count: int) -> Tensor:
    """The first t = 1..T-1 tokens of texts (B, T), each beginning ended N times by the writer: (T - 1, N, B, T)."""
    size, length = texts.shape
    token, state = writer.begin(size)
    rows, last, states = texts[:0], token[:0], tuple(part[:0] for part in state)
    for place in range(1, length):
        _, state = writer.step(token, state)
        token = texts[:, place - 1]
        rows, last = torch.cat([rows, texts.repeat(count, 1)]), torch.cat([last, token.repeat(count)])
        states = tuple(torch.cat([old, new.repeat(count, 1)]) for old, new in zip(states, state, strict=True))
        logits, states = writer.step(last, states)
        last = chosen(logits, torch.rand(len(last), device=texts.device))
        rows[:, place] = last
    return rows.view(length - 1, count, size, length)


def action_values(nets: ganzoo.Nets, texts: Tensor, config: Config) -> Tensor:
    """Q (B, T) of every token of texts (B, T), eq. 4."""
    with torch.no_grad():
        begun = ended(nets.G, texts, config.rollouts)
        real = torch.sigmoid(nets.D(torch.cat([begun.flatten(0, 2), texts])).float())
        whole = real[-len(texts) :]
        return torch.cat([real[: -len(texts)].view(begun.shape[:3]).mean(1), whole[None]]).T


def maximum_likelihood(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """E log G(x), of whole texts."""
    return {"likelihood": likelihood(nets.G(batch.real), batch.real).sum(1).mean()}


def value(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """E log D(x) + E log(1 - D(y)), eq. 5."""
    return minimax(nets.D(batch.real), nets.D(generate(nets, batch, config)))


def policy(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """A surrogate whose gradient is that of J, eq. 6; and the reward J itself."""
    texts, logits = nets.G.write(batch.z)
    q = action_values(nets, texts, config)
    before = torch.cat([whole_batch(q[:, :1]).mean(0).expand(len(q), 1), q[:, :-1]], 1)
    gained = q - before if config.baseline else q
    surrogate = (likelihood(logits, texts) * gained).sum(1).mean()
    return {"surrogate": surrogate, "reward": q[:, -1].mean()}


def players(config: Config) -> list[ganzoo.Player]:
    """G climbs its likelihood; then D its value, alone at first; then both in turns."""
    policy_adam = ganzoo.Adam(lr=config.policy_lr, betas=(config.beta1, config.beta2))
    first = config.pretrain
    return [
        ganzoo.maximize(maximum_likelihood, over="G", by=config.adam, stop=first),
        ganzoo.maximize(value, over="D", by=config.adam, turns=config.turns, start=first, equilibrium=-math.log(4)),
        ganzoo.maximize(policy, over="G", by=policy_adam, start=first + config.reading),
    ]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for texts of any vocabulary."""
    return ganzoo.Architecture(
        Config, networks, players, prior=token_noise, generate=generate, spaces=("tokens",), data="oracle", size=10,
        batch=256, steps=1720,
    )  # fmt: skip
