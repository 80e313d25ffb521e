"""CC-GAN: fills holes for a classifier that few labels teach.

    min_G max_D  E log D(x) + E log(1 - D(x_I)) + lambda_c E log D_c(y | x)          section 3
    x_I = (1 - m) G(m x) + m x

m is 0 in the hole. The last expectation is over the samples that have a label: `--labelled N` keeps N labels. G climbs
log D(x_I) in place of descending log(1 - D(x_I)). Pixels of mid grey (128 of 255) are the hole, wherever it is.

Not here: CC-GAN^2, whose D sees all of G(m x) too; a smaller copy of x for G.

Paper: Denton et al. 2016, Semi-Supervised Learning with Context-Conditional Generative Adversarial Networks,
  arXiv:1611.06430
Tasks: inpainting, labels, editing, translation
"""
# Shapes: N batch, C H W image, K classes.

from dataclasses import dataclass
from typing import Annotated

import torch
from torch import Tensor, nn

import ganzoo
from ganzoo.nn import (
    Dropout,
    Headed,
    UNet,
    class_count,
    class_likelihood,
    encoder_depth,
    encoder_for,
    minimax,
    non_saturating,
    source_of,
)


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.AdamConfig):
    """Numbers are ours, for digits and a CPU, but Adam's decays."""

    labels: Annotated[float, "lambda_c: weight of the labels' likelihood", ganzoo.Range(0, 1e4)] = 1.0
    lr: Annotated[float, "Adam's step size for both players", ganzoo.Range(0, 1)] = 5e-4
    dropout: Annotated[float, "share of D's features dropped", ganzoo.Range(0, 0.95)] = 0.5
    width: Annotated[int, "channels at half the size", ganzoo.Range(1, 512)] = 16
    units: Annotated[int, "D's features", ganzoo.Range(1, 8192)] = 128
    depth: Annotated[int, "halvings by G, as many as the size allows", ganzoo.Range(1, 5)] = 3


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G: m x -> (N, C, H, W) in [-1, 1].  D: x -> logits of being real (N,) and of the classes (N, K)."""
    degraded = source_of(space).details.get("degraded", "mask")
    if not degraded.startswith("mask") or source_of(space).shape != space.shape:
        raise ganzoo.GanzooError(f"--degrade {degraded}: CC-GAN fills holes; type --degrade mask:random")
    channels, depth = space.shape[0], encoder_depth(space, config.depth)
    body = nn.Sequential(
        encoder_for(space, config.units, config.width, config.units, hidden=1, norm=None),
        nn.LeakyReLU(0.2),
        Dropout(config.dropout),
    )
    real = nn.Sequential(nn.Linear(config.units, 1), nn.Flatten(0))
    return {
        "G": UNet(channels, channels, config.width, depth, skips=False),
        "D": Headed(body, real, nn.Linear(config.units, class_count(space))),
    }


def generate(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> Tensor:
    """x_I, the source with its hole filled."""
    hole = (batch.source * 127.5 + 127.5).round().eq(128).all(1, keepdim=True)
    return torch.where(hole, nets.G(batch.source), batch.source)


def score(nets: ganzoo.Nets, samples: Tensor, batch: ganzoo.Batch, config: Config) -> Tensor:
    """D's logit of being real: (N,)."""
    real: Tensor = nets.D(samples)[0]
    return real


def telling(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """D climbs it."""
    real, classes = nets.D(batch.real)
    filled, _ = nets.D(generate(nets, batch, config))
    return {**minimax(real, filled), "class": config.labels * class_likelihood(classes, batch.label)}


def filling(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """G climbs E log D(x_I)."""
    return non_saturating(nets.D(generate(nets, batch, config))[0])


def players(config: Config) -> list[ganzoo.Player]:
    """D, then G."""
    return [
        ganzoo.maximize(telling, over="D", by=config.adam),
        ganzoo.maximize(filling, over="G", by=config.adam),
    ]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for pictures of classes, 100 of them labelled unless asked otherwise."""
    return ganzoo.Architecture(
        Config, networks, players, generate=generate, score=score, source="paired", degrade="mask:random", multiple=32,
        batch=32, steps=2000, labelled=100,
    )  # fmt: skip
