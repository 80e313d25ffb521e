"""Pix2pix: a conditional GAN learns a translation from pairs.

    G* = arg min_G max_D  E log D(x, y) + E log(1 - D(x, G(x))) + lambda E |y - G(x)|_1       eqs. 1, 3 and 4

x is the source, y the target. D judges patches; its objective is halved; G climbs log D in place of descending
log(1 - D) (section 3.3). The paper's only noise is dropout; translating a picture here is without it, so that a
picture has one translation.

Paper: Isola et al. 2017, Image-to-Image Translation with Conditional Adversarial Networks, arXiv:1611.07004
Tasks: translation, editing, colouring, inpainting, denoising, deblurring
"""
# Shapes: N batch, C H W image; x source and y target have the same H and W.

from dataclasses import dataclass
from typing import Annotated

from torch import Tensor, nn

import ganzoo
from ganzoo.nn import PatchDiscriminator, UNet, encoder_depth, minimax, non_saturating, source_of


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.AdamConfig):
    """Section 3.3 and appendix 6; the networks are smaller, for a CPU."""

    weight: Annotated[float, "lambda: weight of the L1 distance (the paper's)", ganzoo.Range(0, 1e4)] = 100.0
    dropout: Annotated[float, "of the decoder's inner layers (the paper's)", ganzoo.Range(0, 0.95)] = 0.5
    width: Annotated[int, "channels at half the size (the paper's is 64)", ganzoo.Range(1, 512)] = 16
    depth: Annotated[int, "halvings by G, as many as the size allows", ganzoo.Range(1, 5)] = 4
    layers: Annotated[int, "halvings by D: patches of 16, 34, 70 pixels (the paper's is 3)", ganzoo.Range(1, 4)] = 1


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G: x -> y in [-1, 1].  D: (y, x) -> (N, 1, H', W') logits, one for each patch."""
    source = source_of(space)
    depth = encoder_depth(space, config.depth)
    return {
        "G": UNet(source.shape[0], space.shape[0], config.width, depth, dropout=config.dropout),
        "D": PatchDiscriminator(space.shape[0] + source.shape[0], config.width, config.layers),
    }


def value(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """D climbs it."""
    x, y = batch.source, batch.real
    terms = minimax(nets.D(y, x), nets.D(nets.G(x), x))
    return {name: term / 2 for name, term in terms.items()}


def translating(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """G climbs it."""
    x, y = batch.source, batch.real
    fake = nets.G(x)
    return {**non_saturating(nets.D(fake, x)), "distance": -config.weight * (y - fake).abs().mean()}


def players(config: Config) -> list[ganzoo.Player]:
    """D, then G."""
    return [
        ganzoo.maximize(value, over="D", by=config.adam),
        ganzoo.maximize(translating, over="G", by=config.adam),
    ]


def score(nets: ganzoo.Nets, samples: Tensor, batch: ganzoo.Batch, config: Config) -> Tensor:
    """D's logits, the mean over patches: (N,)."""
    made: Tensor = nets.D(samples, batch.source).mean((1, 2, 3))
    return made


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The hook: called when this GAN is chosen by name."""
    return ganzoo.Architecture(
        Config, networks, players, discriminator=(), score=score, source="paired",
        degrade="edges", multiple=32, batch=16, steps=2000,
    )  # fmt: skip
