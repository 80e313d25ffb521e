"""CycleGAN: two translations that undo each other, learned without pairs.

    min_{G,F} max_{DX,DY}  L(G, DY) + L(F, DX) + lambda (E |F(G(x)) - x|_1 + E |G(F(y)) - y|_1)       eqs. 2 and 3

G: X -> Y and F: Y -> X. L is least squares: G descends E (DY(G(x)) - 1)^2, DY descends the half of
E (DY(y) - 1)^2 + E DY(G(x))^2 (section 4). Discriminators see a history of 50 images; the step size falls to 0 over
the run's second half. identity weighs E |G(y) - y|_1 + E |F(x) - x|_1, which keeps colours (section 5.2).

Paper: Zhu et al. 2017, Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks,
  arXiv:1703.10593
Tasks: translation, style-transfer, domain-adaptation
"""
# Shapes: N batch, C H W image; x of the source's domain and y of the target's have the same H and W.

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated

from torch import Tensor, nn

import ganzoo
from ganzoo.nn import (
    ImagePool,
    PatchDiscriminator,
    encoder_depth,
    least_squares_discriminator,
    least_squares_generator,
    residual_translator,
    source_of,
)


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.AdamConfig):
    """Section 4 and appendix 7; the networks are smaller, for a CPU."""

    cycle: Annotated[float, "lambda: weight of the way there and back (the paper's)", ganzoo.Range(0, 1e4)] = 10.0
    identity: Annotated[float, "weight of keeping the target's domain (the paper's: 0, or 5)", ganzoo.Range(0, 1e4)] = (
        0.0
    )
    pool: Annotated[int, "generated images that are remembered (the paper's)", ganzoo.Range(1, 10000)] = 50
    lr: Annotated[float, "Adam's step size (ours; the paper's is 2e-4)", ganzoo.Range(0, 1)] = 5e-4
    width: Annotated[int, "channels at the full size (the paper's is 64)", ganzoo.Range(1, 256)] = 8
    blocks: Annotated[int, "residual blocks (the paper's are 6 or 9)", ganzoo.Range(0, 32)] = 2
    layers: Annotated[int, "halvings by D: patches of 16, 34, 70 pixels (the paper's is 3)", ganzoo.Range(1, 4)] = 2


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G: x -> y, F: y -> x, in [-1, 1].  DX, DY: (N, C, H, W) -> (N, 1, H', W').  poolX, poolY: of G's and F's."""
    source = source_of(space)
    encoder_depth(space, 2, least=2)
    x, y = source.shape[0], space.shape[0]
    if config.identity and x != y:
        raise ganzoo.GanzooError(f"-o identity={config.identity:g}: sources have {x} channels and targets {y}; type 0")

    def judge(channels: int) -> nn.Module:
        return PatchDiscriminator(channels, 2 * config.width, config.layers, norm=nn.InstanceNorm2d)

    return {
        "G": residual_translator(x, y, config.width, config.blocks),
        "F": residual_translator(y, x, config.width, config.blocks),
        "DX": judge(x),
        "DY": judge(y),
        "poolX": ImagePool(config.pool, source.shape),
        "poolY": ImagePool(config.pool, space.shape),
    }


def translating(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """G and F descend it."""
    x, y = batch.source, batch.real
    there, back = nets.G(x), nets.F(y)
    fooled = least_squares_generator(nets.DY(there))["fooled"] + least_squares_generator(nets.DX(back))["fooled"]
    terms = {
        "fooled": 2 * fooled,  # which has the paper's objective halved
        "cycle": config.cycle * ((nets.F(there) - x).abs().mean() + (nets.G(back) - y).abs().mean()),
    }
    if config.identity:
        terms["identity"] = config.identity * ((nets.G(y) - y).abs().mean() + (nets.F(x) - x).abs().mean())
    return terms


def judging(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """DX and DY descend it."""
    terms: dict[str, Tensor] = {}
    sides = [("Y", nets.DY, batch.real, nets.G(batch.source), nets.poolY)]
    sides += [("X", nets.DX, batch.source, nets.F(batch.real), nets.poolX)]
    for side, judge, real, fresh, pool in sides:
        shown, places = pool.shown(fresh)
        batch.keep(f"fresh{side}", fresh, per_sample=True)
        batch.keep(f"places{side}", places, per_sample=True)
        found = least_squares_discriminator(judge(real), judge(shown))
        terms |= {f"{name}{side}": term for name, term in found.items()}
    return terms


def remember(nets: ganzoo.Nets, terms: Mapping[str, Tensor], kept: Mapping[str, Tensor], config: Config) -> None:
    """The pools take what the discriminators were to see."""
    nets.poolX.keep(kept["freshX"], kept["placesX"])
    nets.poolY.keep(kept["freshY"], kept["placesY"])


def players(config: Config) -> list[ganzoo.Player]:
    """G with F, then both discriminators."""
    by = replace(config.adam, lr=ganzoo.Linear(first=config.lr, last=0.0, begin=0.5))
    return [
        ganzoo.minimize(translating, over=("G", "F"), by=by),
        ganzoo.minimize(judging, over=("DX", "DY"), by=by, after=remember),
    ]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The hook: called when this GAN is chosen by name."""
    return ganzoo.Architecture(
        Config, networks, players, discriminator=("DY",), source="unpaired", degrade="edges", multiple=4, batch=8,
        steps=1200,
    )  # fmt: skip
