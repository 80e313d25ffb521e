"""RelGAN: a writer with a relational memory, whose tokens D sees softened.

    max_G  E log G(x)                                                       first, maximum likelihood
    y_t = softmax(b (o_t + g_t)),  g_t Gumbel,  b = b_max^(n / N) at step n of N                eqs. 4 and 5
    max_D  E log sigmoid(D(x) - D(y))      max_G  E log sigmoid(D(y) - D(x))                    section 2.3

o_t are G's logits; the token that G reads next is the greatest of o_t + g_t. D reads each text in several embeddings,
of which the mean is taken. The memory has one slot. In place of y_t D is shown that token, with the gradient of y_t
(straight through, Jang et al. 2017): shares would tell what is written by its softness, and teach G to be sure alone.

Paper: Nie et al. 2019, RelGAN: Relational Generative Adversarial Networks for Text Generation, ICLR
Tasks: text
"""
# Shapes: B batch, T tokens of a text, V vocabulary, S embeddings of D.

import math
from dataclasses import dataclass
from typing import Annotated

import torch
from torch import Tensor, nn

import ganzoo
from ganzoo.nn import Reader, RelationalMemory, Writer, likelihood, relativistic


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.AdamConfig):
    """Heads are the paper's; sizes and phases are smaller, for a CPU."""

    embedding: Annotated[int, "numbers that stand for a token", ganzoo.Range(1, 4096)] = 32
    heads: Annotated[int, "heads of the memory's attention", ganzoo.Range(1, 64)] = 2
    head_size: Annotated[int, "numbers of a head (the paper's are 256)", ganzoo.Range(1, 4096)] = 32
    views: Annotated[int, "S, embeddings that D reads in (the paper's are 64)", ganzoo.Range(1, 1024)] = 2
    width: Annotated[int, "D's channels for each size of window", ganzoo.Range(1, 1024)] = 32
    windows: Annotated[int, "the largest window that D reads, in tokens", ganzoo.Range(1, 64)] = 5
    sharpness: Annotated[float, "b_max, inverse temperature at the end (ours)", ganzoo.Range(1, 1e4)] = 3.0
    straight: Annotated[bool, "whether D is shown tokens in place of y_t (ours; not in the paper)"] = True
    pretrain: Annotated[int, "steps of maximum likelihood alone", ganzoo.Range(1)] = 1000
    reading: Annotated[int, "steps of D alone after these (ours; none in the paper)", ganzoo.Range(0)] = 400
    turns: Annotated[int, "turns of D per turn of G (the paper's are 5)", ganzoo.Range(1, 100)] = 2
    lr: Annotated[float, "Adam's step size for maximum likelihood and D (ours)", ganzoo.Range(0, 1)] = 5e-3
    play_lr: Annotated[float, "Adam's step size for G in the game (ours; the paper's is 1e-4)", ganzoo.Range(0, 1)] = (
        2e-4
    )
    beta1: Annotated[float, "Adam's decay of the mean gradient", ganzoo.Range(0, 0.9999)] = 0.9


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G: texts (B, T) -> logits (B, T, V), or writes them.  D: texts, or shares (B, T, V) -> logits (B, S)."""
    words, length = len(space.details["vocabulary"]), space.shape[0]
    memory = RelationalMemory(config.embedding, config.heads, config.head_size)
    return {
        "G": Writer(words, config.embedding, memory, (config.heads * config.head_size,)),
        "D": Reader(words, length, config.embedding, config.width, config.windows, config.views),
    }


def prior(n: int, config: Config, space: ganzoo.Space, device: torch.device) -> Tensor:
    """Gumbel noise (B, T, V), from uniform numbers."""
    share = torch.rand(n, *space.shape, len(space.details["vocabulary"]), device=device)
    return -torch.log(-torch.log(share.clamp(1e-12, 1 - 1e-7)))


def greatest(logits: Tensor, gumbel: Tensor) -> Tensor:
    """The token (B,) that logits (B, V) and Gumbel noise draw: as likely as softmax(logits) has it."""
    return (logits.float() + gumbel).argmax(1)


def generate(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> Tensor:
    """What G writes, (B, T)."""
    texts: Tensor = nets.G.write(batch.z, greatest)[0]
    return texts


def softened(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> Tensor:
    """The same texts as shares of tokens (B, T, V), through which gradients flow: eq. 4, or straight through it."""
    texts, logits = nets.G.write(batch.z, greatest)
    shares = torch.softmax(config.sharpness**batch.progress * (logits.float() + batch.z), 2)
    written = torch.zeros_like(shares).scatter(2, texts[:, :, None], 1.0)
    return written + shares - shares.detach() if config.straight else shares


def rank(nets: ganzoo.Nets, texts: Tensor, batch: ganzoo.Batch, config: Config) -> Tensor:
    """D's logit of whole texts, the mean over its embeddings."""
    logit: Tensor = nets.D(texts).mean(1)
    return logit


def maximum_likelihood(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """E log G(x), of whole texts."""
    return {"likelihood": likelihood(nets.G(batch.real), batch.real).sum(1).mean()}


def telling(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """E log sigmoid(D(x) - D(y)), the mean over D's embeddings."""
    return relativistic(nets.D(batch.real), nets.D(softened(nets, batch, config)))


def fooling(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """E log sigmoid(D(y) - D(x)), the mean over D's embeddings."""
    return relativistic(nets.D(softened(nets, batch, config)), nets.D(batch.real))


def players(config: Config) -> list[ganzoo.Player]:
    """G climbs its likelihood; then D tells reals from what G writes, alone at first; then both in turns."""
    play, first = ganzoo.Adam(lr=config.play_lr, betas=(config.beta1, config.beta2)), config.pretrain
    return [
        ganzoo.maximize(maximum_likelihood, over="G", by=config.adam, stop=first),
        ganzoo.maximize(telling, over="D", by=config.adam, turns=config.turns, start=first, equilibrium=-math.log(2)),
        ganzoo.maximize(fooling, over="G", by=play, start=first + config.reading),
    ]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for texts; its noise is as large as the vocabulary for each token."""
    return ganzoo.Architecture(
        Config, networks, players, prior=prior, generate=generate, score=rank, spaces=("tokens",), data="oracle",
        size=10, batch=256, steps=1600,
    )  # fmt: skip
