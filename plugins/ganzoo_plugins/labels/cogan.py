"""CoGAN: two GANs with tied weights learn pairs across two domains.

    min_{G1,G2} max_{D1,D2}  V(D1, G1) + V(D2, G2), with weights shared

The second domain is made from the data, so that one data set will do: their negatives or their edges. Each
player reads other samples for it than for the first domain: no pair of pictures is ever seen.

Paper: Liu and Tuzel 2016, Coupled Generative Adversarial Networks, arXiv:1606.07536
Tasks: images, pairs
"""
# Shapes: N batch, Z latent, F features, C H W image.

import math
from dataclasses import dataclass
from typing import Annotated, Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

import ganzoo
from ganzoo.nn import Dropout, encoder_for, generator_for, minimax, mlp, non_saturating

SLOPE = 0.2  # of LeakyReLU


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.Config):
    """Z and the tasks are the paper's (section 4, digits); sizes are common for MNIST, Adam's numbers DCGAN's."""

    second: Annotated[Literal["negative", "edges"], "what the second domain is, the paper's tasks B and A"] = "negative"
    shown: Annotated[Literal["first", "pairs"], "samples are of G1, or of G1 and G2 in turn, two to each z"] = "first"
    latent_dim: Annotated[int, "Z, length of the noise vector", ganzoo.Range(1, 4096)] = 100
    units: Annotated[int, "units of each hidden layer", ganzoo.Range(1, 8192)] = 256
    width: Annotated[int, "channels at half the full size, for images of 16, 32, ...", ganzoo.Range(1, 512)] = 32
    dropout: Annotated[float, "share of the shared features of D1 and D2 dropped", ganzoo.Range(0, 0.95)] = 0.3
    lr: Annotated[float, "Adam's step size for all players (the paper's)", ganzoo.Range(0, 1)] = 2e-4
    beta1: Annotated[float, "Adam's decay of the mean gradient (the paper's)", ganzoo.Range(0, 0.9999)] = 0.5
    beta2: Annotated[float, "Adam's decay of the mean square (the paper's)", ganzoo.Range(0, 0.999999)] = 0.999


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G1, G2: (N, Z) -> (N, C, H, W), first layers shared.  D1, D2: (N, C, H, W) -> (N,), last layers shared."""
    units, width = config.units, config.width
    meaning = nn.Sequential(mlp(config.latent_dim, units, units), nn.LeakyReLU(SLOPE))
    judgement = nn.Sequential(
        nn.LeakyReLU(SLOPE), Dropout(config.dropout), mlp(units, units, 1, dropout=config.dropout), nn.Flatten(0)
    )
    nets: dict[str, nn.Module] = {}
    for i in ("1", "2"):
        nets["G" + i] = nn.Sequential(meaning, generator_for(space, units, width, units, hidden=0))
        nets["D" + i] = nn.Sequential(encoder_for(space, units, width, units, hidden=0, norm=None), judgement)
    return nets


def second_domain(x: Tensor, config: Config) -> Tensor:
    """The pictures' negatives, or their edges: dilated less themselves. (N, C, H, W) in and out, in [-1, 1]."""
    if config.second == "negative":
        return -x
    return F.max_pool2d(x, 3, stride=1, padding=1) - x - 1


def generate(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> Tensor:
    """G1(z), or with `shown=pairs` G1(z), G2(z) side by side for every second z."""
    if config.shown == "first":
        samples: Tensor = nets.G1(batch.z)
        return samples
    half = batch.z[: (len(batch) + 1) // 2]
    return torch.stack([nets.G1(half), nets.G2(half)], 1).flatten(0, 1)[: len(batch)]


def value(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """V(D1, G1) + V(D2, G2), the first half of the reals in one domain and the second in the other."""
    first, second = batch.real.chunk(2)
    here, there = (
        minimax(nets.D1(first), nets.D1(nets.G1(batch.z))),
        minimax(nets.D2(second_domain(second, config)), nets.D2(nets.G2(batch.z))),
    )
    return {f"{name}_{i}": term for i, terms in enumerate((here, there), 1) for name, term in terms.items()}


def fooling(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """E log D1(G1(z)) + E log D2(G2(z)), on one z."""
    here, there = non_saturating(nets.D1(nets.G1(batch.z))), non_saturating(nets.D2(nets.G2(batch.z)))
    return {"fooled_1": here["fooled"], "fooled_2": there["fooled"]}


def players(config: Config) -> list[ganzoo.Player]:
    """D1 and D2 climb V, then G1 and G2 climb E log D; shared weights get both gradients. Algorithm 1."""
    adam = ganzoo.Adam(lr=config.lr, betas=(config.beta1, config.beta2))
    return [
        ganzoo.maximize(value, over=("D1", "D2"), by=adam, equilibrium=-2 * math.log(4)),
        ganzoo.maximize(fooling, over=("G1", "G2"), by=adam),
    ]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for images of any size; 28 x 28 unless asked otherwise."""
    return ganzoo.Architecture(
        Config, networks, players, generate=generate, generator=("G1", "G2"), discriminator=("D1", "D2"), size=28,
        steps=6000, ema=0.998,
    )  # fmt: skip
