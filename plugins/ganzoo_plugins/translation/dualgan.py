"""DualGAN: two translations that undo each other, judged by critics.

    l_A = D_A(G_A(u)) - D_A(v)        D_A descends it      eq. 1
    l_B = D_B(G_B(v)) - D_B(u)        D_B descends it      eq. 2
    l_g = lambda_U |u - G_B(G_A(u))| + lambda_V |v - G_A(G_B(v))| - D_B(G_B(v)) - D_A(G_A(u))       eq. 3

u is of the source's domain, v of the target's, without pairs; distances are means over pixels. Critics are kept
Lipschitz by clipping their weights. The noise is dropout, of which a translated picture here has none.

Paper: Yi et al. 2017, DualGAN: Unsupervised Dual Learning for Image-to-Image Translation, arXiv:1704.02510
Tasks: translation, style-transfer, domain-adaptation
"""
# Shapes: N batch, C H W image; u and v have the same H and W.

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from torch import Tensor, nn

import ganzoo
from ganzoo.nn import PatchDiscriminator, UNet, encoder_depth, source_of


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.Config):
    """Section 3; the networks are smaller, for a CPU."""

    weight: Annotated[float, "lambda_U, lambda_V (ours; the paper's are 100 to 1000)", ganzoo.Range(0, 1e5)] = 10.0
    clip: Annotated[float, "c: bound of the critics' weights (the paper's are .01 to .1)", ganzoo.Range(1e-6, 10)] = (
        0.03
    )
    critic_turns: Annotated[int, "turns of the critics for one of G (the paper's are 2 to 4)", ganzoo.Range(1, 100)] = 2
    dropout: Annotated[float, "of the decoders' inner layers", ganzoo.Range(0, 0.95)] = 0.5
    lr: Annotated[float, "RMSprop's step size for GA and GB (ours; the paper's is 5e-5)", ganzoo.Range(0, 1)] = 1e-3
    critic_lr: Annotated[float, "RMSprop's step size for DA and DB (the same)", ganzoo.Range(0, 1)] = 2e-4
    width: Annotated[int, "channels at half the size", ganzoo.Range(1, 512)] = 16
    depth: Annotated[int, "halvings, as many as the size allows", ganzoo.Range(1, 5)] = 4
    layers: Annotated[int, "halvings by D: patches of 16, 34, 70 pixels (the paper's is 3)", ganzoo.Range(1, 4)] = 2


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """GA: u -> v, GB: v -> u, in [-1, 1].  DA judges v, DB u: (N, C, H, W) -> (N, 1, H', W'), unbounded."""
    u, v = source_of(space).shape[0], space.shape[0]
    depth = encoder_depth(space, config.depth)
    encoder_depth(space, config.layers, least=config.layers)

    def critic(channels: int) -> nn.Module:
        return PatchDiscriminator(channels, config.width, config.layers, norm=nn.InstanceNorm2d)

    return {
        "GA": UNet(u, v, config.width, depth, dropout=config.dropout),
        "GB": UNet(v, u, config.width, depth, dropout=config.dropout),
        "DA": critic(v),
        "DB": critic(u),
    }


def judging(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """DA and DB descend it."""
    u, v = batch.source, batch.real
    return {
        "A": nets.DA(nets.GA(u)).mean() - nets.DA(v).mean(),
        "B": nets.DB(nets.GB(v)).mean() - nets.DB(u).mean(),
    }


def clip(nets: ganzoo.Nets, terms: Mapping[str, Tensor], kept: Mapping[str, Tensor], config: Config) -> None:
    """The critics' weights stay in [-c, c]."""
    for net in (nets.DA, nets.DB):
        for parameter in net.parameters():
            parameter.clamp_(-config.clip, config.clip)


def translating(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """GA and GB descend it."""
    u, v = batch.source, batch.real
    there, back = nets.GA(u), nets.GB(v)
    return {
        "cycleU": config.weight * (u - nets.GB(there)).abs().mean(),
        "cycleV": config.weight * (v - nets.GA(back)).abs().mean(),
        "scoreA": -nets.DA(there).mean(),
        "scoreB": -nets.DB(back).mean(),
    }


def players(config: Config) -> list[ganzoo.Player]:
    """The critics several times, then both translators."""
    slowly, by = ganzoo.RMSprop(lr=config.critic_lr), ganzoo.RMSprop(lr=config.lr)
    return [
        ganzoo.minimize(judging, over=("DA", "DB"), by=slowly, turns=config.critic_turns, after=clip),
        ganzoo.minimize(translating, over=("GA", "GB"), by=by),
    ]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for two domains of pictures of one size, whose translation takes pictures of any."""
    return ganzoo.Architecture(
        Config, networks, players, generator=("GA",), discriminator=("DA",), source="unpaired", degrade="edges",
        multiple=32, batch=16, steps=1200,
    )  # fmt: skip
