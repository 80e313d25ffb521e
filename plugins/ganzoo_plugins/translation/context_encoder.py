"""Context encoder: paints what belongs into a hole from what surrounds it.

    L = lambda_rec L_rec + lambda_adv L_adv                                          eq. 3
    L_rec = |M (x - F((1 - M) x))|_2^2,   L_adv = max_D E log D(x) + log(1 - D(F((1 - M) x)))      eqs. 1 and 2

M is the centre square of half the side; D sees the pixels in it alone. F descends L_rec as a mean over them, and climbs
log D in place of descending log(1 - D). A sample is its source with the hole filled. The channel-wise layer knows the
size, so pictures of other sizes are resized to it.

Paper: Pathak et al. 2016, Context Encoders: Feature Learning by Inpainting, arXiv:1604.07379
Tasks: inpainting, editing, translation
"""
# Shapes: N batch, C H W image, whose hole has H/2 and W/2.

from dataclasses import dataclass
from typing import Annotated

import torch
from torch import Tensor, nn

import ganzoo
from ganzoo.nn import PatchDiscriminator, encoder_depth, minimax, non_saturating, normal_init, source_of


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.AdamConfig):
    """Section 3 and 5; the networks are smaller, for a CPU."""

    reconstruction: Annotated[
        float, "lambda_rec: weight of the squared distance (the paper's)", ganzoo.Range(0, 1e4)
    ] = 0.999
    adversarial: Annotated[float, "lambda_adv: weight of fooling D (the paper's)", ganzoo.Range(0, 1e4)] = 0.001
    slower: Annotated[float, "D's step size as a share of F's (the paper's)", ganzoo.Range(1e-6, 10)] = 0.1
    lr: Annotated[float, "Adam's step size for F (ours)", ganzoo.Range(0, 1)] = 1e-3
    width: Annotated[int, "channels at half the size", ganzoo.Range(1, 512)] = 16
    depth: Annotated[int, "halvings by the encoder, as many as the size allows", ganzoo.Range(2, 6)] = 3


class ChannelWise(nn.Module):
    """A linear layer within each channel, over all its places: (N, C, H, W) both. Section 3.1."""

    def __init__(self, channels: int, places: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(channels, places, places) / places**0.5)

    def forward(self, x: Tensor) -> Tensor:  # noqa: D102
        return torch.einsum("ncp,cpq->ncq", x.flatten(2), self.weight).view_as(x)


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """F: (N, C, H, W) with a hole -> (N, C, H/2, W/2) in [-1, 1], the hole.  D: the hole -> (N,) logits."""
    source = source_of(space)
    degraded = source.details.get("degraded", "mask:centre")
    if degraded != "mask:centre":
        raise ganzoo.GanzooError(f"--degrade {degraded}: a context encoder fills the centre; type --degrade mask")
    depth = encoder_depth(space, config.depth, least=2)
    widths = [config.width * min(2**level, 8) for level in range(depth)]
    layers: list[nn.Module] = []
    before = source.shape[0]
    for level, after in enumerate(widths):
        layers += [nn.Conv2d(before, after, 4, 2, 1), *[nn.BatchNorm2d(after)] * (level > 0), nn.LeakyReLU(0.2)]
        before = after
    places = (space.shape[1] >> depth) * (space.shape[2] >> depth)
    layers += [ChannelWise(before, places), nn.Conv2d(before, before, 1), nn.BatchNorm2d(before), nn.ReLU()]
    for after in widths[-2:0:-1]:
        layers += [nn.ConvTranspose2d(before, after, 4, 2, 1), nn.BatchNorm2d(after), nn.ReLU()]
        before = after
    layers += [nn.ConvTranspose2d(before, space.shape[0], 4, 2, 1), nn.Tanh()]
    judge = PatchDiscriminator(space.shape[0], config.width, 1, pooled=True)
    return {"F": normal_init(nn.Sequential(*layers)), "D": judge}


def hole(images: Tensor) -> Tensor:
    """The pixels in the hole of images (N, C, H, W): a view, (N, C, H/2, W/2)."""
    height, width = images.shape[2:]
    top, left = (height - height // 2) // 2, (width - width // 2) // 2
    return images[:, :, top : top + height // 2, left : left + width // 2]


def value(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """D climbs it."""
    return minimax(nets.D(hole(batch.real)), nets.D(nets.F(batch.source)))


def filling(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """F climbs it: the negative of L."""
    filled = nets.F(batch.source)
    distance = (hole(batch.real) - filled).square().mean()
    fooled = non_saturating(nets.D(filled))["fooled"]
    return {"distance": -config.reconstruction * distance, "fooled": config.adversarial * fooled}


def players(config: Config) -> list[ganzoo.Player]:
    """D, then F."""
    beta = (config.beta1, config.beta2)
    return [
        ganzoo.maximize(value, over="D", by=ganzoo.Adam(lr=config.slower * config.lr, betas=beta)),
        ganzoo.maximize(filling, over="F", by=config.adam),
    ]


def generate(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> Tensor:
    """The source with its hole filled."""
    whole = batch.source.clone()
    hole(whole).copy_(nets.F(batch.source))
    return whole


def score(nets: ganzoo.Nets, samples: Tensor, batch: ganzoo.Batch, config: Config) -> Tensor:
    """D's logits of what is in the hole: (N,)."""
    made: Tensor = nets.D(hole(samples))
    return made


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The hook: called when this GAN is chosen by name."""
    return ganzoo.Architecture(
        Config, networks, players, generate=generate, generator=("F",), discriminator=(), score=score,
        source="paired", degrade="mask", batch=32, steps=2000,
    )  # fmt: skip
