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
from ganzoo.nn import conv_discriminator, conv_generator, minimax, non_saturating, normal_init


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.AdamConfig):
    """Z and the tasks are the paper's (section 4, digits); the networks are DCGAN's, for a CPU."""

    second: Annotated[Literal["negative", "edges"], "what the second domain is, the paper's tasks B and A"] = "negative"
    shown: Annotated[Literal["first", "pairs"], "samples are of G1, or of G1 and G2 in turn, two to each z"] = "first"
    latent_dim: Annotated[int, "Z, length of the noise vector", ganzoo.Range(1, 4096)] = 100
    width: Annotated[int, "channels at half the full size", ganzoo.Range(1, 512)] = 32


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G1, G2: (N, Z) -> (N, C, H, W), all but the last layer tied.  D1, D2: (N, C, H, W) -> (N,), all but the first."""
    first, second = (conv_generator(config.latent_dim, space.shape, config.width) for _ in range(2))
    judge, other = (conv_discriminator(space.shape, config.width, norm=None) for _ in range(2))
    nets: dict[str, nn.Module] = {
        "G1": first,
        "G2": nn.Sequential(*first[:-2], *second[-2:]),  # its own convolution and tanh at the end
        "D1": judge,
        "D2": nn.Sequential(*other[:1], *judge[1:]),
    }
    return {name: normal_init(net) for name, net in nets.items()}


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
    return [
        ganzoo.maximize(value, over=("D1", "D2"), by=config.adam, equilibrium=-2 * math.log(4)),
        ganzoo.maximize(fooling, over=("G1", "G2"), by=config.adam),
    ]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for square images of 16 to 256 pixels."""
    return ganzoo.Architecture(
        Config, networks, players, generate=generate, generator=("G1", "G2"), discriminator=("D1", "D2"), size=16,
        steps=1500,
    )  # fmt: skip
