"""DiscoGAN: finds which pictures of two domains belong together.

    L_G = -E log D_B(G_AB(x_A)) + E |G_BA(G_AB(x_A)) - x_A|^2
          -E log D_A(G_BA(x_B)) + E |G_AB(G_BA(x_B)) - x_B|^2                        eqs. 3 to 7
    L_D = -E log D_B(x_B) - E log(1 - D_B(G_AB(x_A)))
          -E log D_A(x_A) - E log(1 - D_A(G_BA(x_B)))                                eqs. 8 and 9

A is the source's domain, B the target's; no pair is ever seen. The squared distances are means over pixels. The fewer
the halvings, the more does a translation keep its places: with codes of 4x4 any pairing of digits will do as well.

Paper: Kim et al. 2017, Learning to Discover Cross-Domain Relations with Generative Adversarial Networks,
  arXiv:1703.05192
Tasks: translation, style-transfer, domain-adaptation
"""
# Shapes: N batch, C H W image; x_A and x_B have the same H and W.

from dataclasses import dataclass
from typing import Annotated

from torch import Tensor, nn

import ganzoo
from ganzoo.nn import PatchDiscriminator, UNet, encoder_depth, minimax, non_saturating, source_of


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.AdamConfig):
    """Section 3; the networks are smaller, for a CPU."""

    weight: Annotated[float, "of the way there and back (the paper's)", ganzoo.Range(0, 1e4)] = 1.0
    decay: Annotated[float, "weight decay (the paper's)", ganzoo.Range(0, 1)] = 1e-4
    width: Annotated[int, "channels at half the size (the paper's are 64)", ganzoo.Range(1, 512)] = 16
    depth: Annotated[int, "halvings (the paper's are 4)", ganzoo.Range(1, 5)] = 2


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """AB, BA: encoder-decoders, in [-1, 1].  DA, DB: (N, C, H, W) -> (N,) logits."""
    a, b = source_of(space).shape[0], space.shape[0]
    depth = encoder_depth(space, config.depth)
    return {
        "AB": UNet(a, b, config.width, depth, skips=False),
        "BA": UNet(b, a, config.width, depth, skips=False),
        "DA": PatchDiscriminator(a, config.width, 2, pooled=True),
        "DB": PatchDiscriminator(b, config.width, 2, pooled=True),
    }


def value(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """DA and DB climb it: -L_D."""
    a, b = batch.source, batch.real
    of_b, of_a = minimax(nets.DB(b), nets.DB(nets.AB(a))), minimax(nets.DA(a), nets.DA(nets.BA(b)))
    return {f"{name}B": term for name, term in of_b.items()} | {f"{name}A": term for name, term in of_a.items()}


def discovering(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """AB and BA climb it: -L_G."""
    a, b = batch.source, batch.real
    there, back = nets.AB(a), nets.BA(b)
    return {
        "fooledB": non_saturating(nets.DB(there))["fooled"],
        "fooledA": non_saturating(nets.DA(back))["fooled"],
        "cycleA": -config.weight * (nets.BA(there) - a).square().mean(),
        "cycleB": -config.weight * (nets.AB(back) - b).square().mean(),
    }


def players(config: Config) -> list[ganzoo.Player]:
    """Both discriminators, then both translators."""
    by = ganzoo.Adam(lr=config.lr, betas=(config.beta1, config.beta2), weight_decay=config.decay)
    return [
        ganzoo.maximize(value, over=("DA", "DB"), by=by),
        ganzoo.maximize(discovering, over=("AB", "BA"), by=by),
    ]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The hook: called when this GAN is chosen by name."""
    return ganzoo.Architecture(
        Config, networks, players, generator=("AB",), discriminator=("DB",), source="unpaired", degrade="edges",
        multiple=32, batch=16, steps=2000,
    )  # fmt: skip
