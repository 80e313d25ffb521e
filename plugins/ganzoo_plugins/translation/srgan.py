"""SRGAN: enlarges pictures with details that look real, not their mean.

    l_SR = l_content + 10^-3 l_Gen                                                   eq. 3
    l_content = mean (phi(y) - phi(G(x)))^2,   l_Gen = -log D(G(x))                  eqs. 4 to 6
    max_D  E log D(y) + E log(1 - D(G(x)))                                           eq. 2

x is the small picture, y the large. phi are the pixels (eq. 4), or with content=vgg the last features of VGG-19,
divided by 12.75 (section 3.2). G first learns the mean squared error alone (SRResNet), then plays. Where sources are
as large as targets it sharpens what is blurred. G adds to the enlarged x (ours): colours need no learning.

Paper: Ledig et al. 2017, Photo-Realistic Single Image Super-Resolution Using a Generative Adversarial Network,
  arXiv:1609.04802
Tasks: super-resolution, deblurring, editing, translation
"""
# Shapes: N batch, C h w the small picture, C H W the large, f = H / h.

from dataclasses import dataclass
from typing import Annotated, Literal

from torch import Tensor, nn

import ganzoo
from ganzoo.nn import content, enlarged, enlarging_networks, minimax, non_saturating, plain_block


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.AdamConfig):
    """Sections 2 and 3.2; the networks are smaller and phases shorter, for a CPU."""

    content: Annotated[Literal["pixels", "vgg"], "what l_content compares"] = "pixels"
    adversarial: Annotated[float, "weight of l_Gen (the paper's)", ganzoo.Range(0, 1e4)] = 1e-3
    pretrain: Annotated[int, "steps of mean squared error alone (the paper's are 10^6)", ganzoo.Range(1)] = 1000
    lr: Annotated[float, "Adam's step size (ours; the paper's is 1e-4)", ganzoo.Range(0, 1)] = 1e-3
    beta1: Annotated[float, "Adam's decay of the mean gradient (the paper's)", ganzoo.Range(0, 0.9999)] = 0.9
    width: Annotated[int, "channels (the paper's are 64)", ganzoo.Range(1, 512)] = 24
    blocks: Annotated[int, "residual blocks (the paper's are 16)", ganzoo.Range(0, 64)] = 3


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G: (N, C, h, w) -> (N, C, fh, fw), unbounded.  D: (N, C, H, W) -> (N,) logits.  phi: what is compared."""
    return enlarging_networks(space, config.width, config.blocks, plain_block, content(config.content))


def pretraining(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """G descends it."""
    return {"error": (batch.real - nets.G(batch.source)).square().mean()}


def value(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """D climbs it."""
    return minimax(nets.D(batch.real), nets.D(nets.G(batch.source)))


def perceptual(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """G descends l_SR."""
    fake = nets.G(batch.source)
    scale = 12.75 if config.content == "vgg" else 1.0
    distance = ((nets.phi(batch.real) - nets.phi(fake)) / scale).square().mean()
    return {"content": distance, "fooled": -config.adversarial * non_saturating(nets.D(fake))["fooled"]}


def players(config: Config) -> list[ganzoo.Player]:
    """G alone, then D and G."""
    return [
        ganzoo.minimize(pretraining, over="G", by=config.adam, stop=config.pretrain),
        ganzoo.maximize(value, over="D", by=config.adam, start=config.pretrain),
        ganzoo.minimize(perceptual, over="G", by=config.adam, start=config.pretrain),
    ]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The hook: called when this GAN is chosen by name."""
    return ganzoo.Architecture(
        Config, networks, players, generate=enlarged, source="paired", degrade="downscale:4", multiple=1, batch=16,
        steps=2000, revision=2,
    )  # fmt: skip
