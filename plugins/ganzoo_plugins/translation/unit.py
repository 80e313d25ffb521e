"""UNIT: two domains share one space of codes and translate through it.

    min_{E1,G1,E2,G2} max_{D1,D2}  L_VAE1 + L_GAN1 + L_CC1 + L_VAE2 + L_GAN2 + L_CC2                  eq. 2
    L_VAE1 = lambda_1 KL(q1(z1|x1) || N(0, I)) + lambda_2 E |G1(z1) - x1|                             eq. 3
    L_GAN1 = lambda_0 (E log D1(x1) + E log(1 - D1(G1(z2))))                                          eq. 5
    L_CC1  = lambda_3 (KL(q1(z1|x1) || N(0, I)) + KL(q2(z2|x1>2) || N(0, I))) + lambda_4 E |G1(z2) - x1|,  z2 ~ q2(x1>2)
                                                                                                      eq. 7
qi(zi|xi) = N(Ei(xi), I), x1>2 = G2(z1) the translation; eqs. 4, 6 and 8 have 1 and 2 exchanged. The encoders share
their last block and the generators their first. Distances are means over pixels and divergences over a code's numbers,
|E(x)|^2 / 2; E and G climb log D in place of descending log(1 - D). A picture is translated by its code's mean.

Paper: Liu et al. 2017, Unsupervised Image-to-Image Translation Networks, arXiv:1703.00848
Tasks: translation, style-transfer, domain-adaptation
"""
# Shapes: N batch, C H W image; x1 of the source's domain and x2 of the target's have the same H and W.

from dataclasses import dataclass
from typing import Annotated

import torch
from torch import Tensor, nn

import ganzoo
from ganzoo.nn import (
    PatchDiscriminator,
    encoder_depth,
    minimax,
    non_saturating,
    residual_decoder,
    residual_encoder,
    source_of,
)


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.AdamConfig):
    """Section 4; the networks are smaller, for a CPU."""

    adversarial: Annotated[float, "lambda_0: weight of the game (the paper's)", ganzoo.Range(0, 1e4)] = 10.0
    divergence: Annotated[float, "lambda_1, lambda_3: of codes from N(0, I) (the paper's)", ganzoo.Range(0, 1e4)] = 0.1
    distance: Annotated[float, "lambda_2, lambda_4: of finding a picture again (the paper's)", ganzoo.Range(0, 1e4)] = (
        100.0
    )
    lr: Annotated[float, "Adam's step size (ours; the paper's is 1e-4)", ganzoo.Range(0, 1)] = 5e-4
    width: Annotated[int, "channels at the full size (the paper's are 64)", ganzoo.Range(1, 256)] = 8
    blocks: Annotated[int, "residual blocks of an E and of a G (the paper's are 4)", ganzoo.Range(1, 32)] = 1
    layers: Annotated[int, "halvings by D: patches of 16, 34, 70 pixels (the paper's is 4)", ganzoo.Range(1, 4)] = 2


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """E: x -> a code's mean, (N, 4 width, H/4, W/4).  G: z -> x in [-1, 1].  D: x -> (N, 1, H', W') logits."""
    encoder_depth(space, 2, least=2)
    channels, width = (source_of(space).shape[0], space.shape[0]), config.width
    e1, e2 = (residual_encoder(inward, width, config.blocks) for inward in channels)
    g1, g2 = (residual_decoder(outward, width, config.blocks) for outward in channels)
    d1, d2 = (PatchDiscriminator(seen, 2 * width, config.layers, norm=nn.InstanceNorm2d) for seen in channels)
    e2[-1], g2[0] = e1[-1], g1[0]
    return {"E1": e1, "E2": e2, "G1": g1, "G2": g2, "D1": d1, "D2": d2}


def drawn(mean: Tensor) -> Tensor:
    """A code from N(mean, I)."""
    return mean + torch.randn_like(mean)


def judging(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """D1 and D2 climb it."""
    x1, x2 = batch.source, batch.real
    of_1 = minimax(nets.D1(x1), nets.D1(nets.G1(drawn(nets.E2(x2)))))
    of_2 = minimax(nets.D2(x2), nets.D2(nets.G2(drawn(nets.E1(x1)))))
    named = {f"{name}{i}": term for i, terms in enumerate((of_1, of_2), 1) for name, term in terms.items()}
    return {name: config.adversarial * term for name, term in named.items()}


def translating(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """Both E and G descend it."""
    terms: dict[str, Tensor] = {}
    ways = [(batch.source, nets.E1, nets.G1, nets.E2, nets.G2, nets.D2)]
    ways += [(batch.real, nets.E2, nets.G2, nets.E1, nets.G1, nets.D1)]
    for i, (x, encode, decode, encode_other, decode_other, judge) in enumerate(ways, 1):
        mean = encode(x)
        z = drawn(mean)
        there = decode_other(z)
        mean_there = encode_other(there)
        divergence = (2 * mean.square().mean() + mean_there.square().mean()) / 2  # the first is in L_VAE and in L_CC
        terms |= {
            f"fooled{3 - i}": -config.adversarial * non_saturating(judge(there))["fooled"],
            f"divergence{i}": config.divergence * divergence,
            f"again{i}": config.distance * (decode(z) - x).abs().mean(),
            f"cycle{i}": config.distance * (decode(drawn(mean_there)) - x).abs().mean(),
        }
    return terms


def players(config: Config) -> list[ganzoo.Player]:
    """Both discriminators, then all encoders and generators."""
    return [
        ganzoo.maximize(judging, over=("D1", "D2"), by=config.adam),
        ganzoo.minimize(translating, over=("E1", "G1", "E2", "G2"), by=config.adam),
    ]


def generate(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> Tensor:
    """The translation of x1 by its code's mean."""
    made: Tensor = nets.G2(nets.E1(batch.source))
    return made


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for two domains of pictures of one size, whose translation takes pictures of any."""
    return ganzoo.Architecture(
        Config, networks, players, generate=generate, generator=("E1", "G2"), discriminator=("D2",), source="unpaired",
        degrade="edges", multiple=4, batch=8, steps=800,
    )  # fmt: skip
