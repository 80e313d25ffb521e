"""Conditional GAN: both players are told the label.

    min_G max_D  V(D, G) = E log D(x | y) + E log(1 - D(G(z | y) | y))      eq. 2

Paper: Mirza and Osindero 2014, Conditional Generative Adversarial Nets, arXiv:1411.1784
Tasks: images, vectors, labels
"""
# Shapes: N batch, Z latent, K classes, S the shape of a sample.

import math
from dataclasses import dataclass
from typing import Annotated

from torch import Tensor, nn

import ganzoo
from ganzoo.nn import Concatenated, JointDiscriminator, Labelled, class_count, generator_for, minimax, non_saturating


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.PlainConfig, ganzoo.AdamConfig):
    """The game, Z and dropout are the paper's; sizes are common for MNIST."""

    dropout: Annotated[float, "share of D's joint units dropped; .5 in the paper", ganzoo.Range(0, 0.95)] = 0.3


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G: (N, Z), labels (N,) -> (N, *S).  D: (N, *S), labels (N,) -> (N,), the logit of being real."""
    classes = class_count(space)
    generator = generator_for(space, config.latent_dim + classes, config.width, config.units)
    discriminator = JointDiscriminator(space, classes, config.width, config.units, config.dropout)
    return {"G": Labelled(Concatenated(generator), classes), "D": Labelled(discriminator, classes)}


def generate(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> Tensor:
    """G(z | y) for the batch's labels."""
    samples: Tensor = nets.G(batch.z, batch.label)
    return samples


def score(nets: ganzoo.Nets, samples: Tensor, batch: ganzoo.Batch, config: Config) -> Tensor:
    """D(x | y) for the batch's labels."""
    logits: Tensor = nets.D(samples, batch.label)
    return logits


def value(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """V(D, G), eq. 2; the fakes have the labels of the reals."""
    return minimax(score(nets, batch.real, batch, config), score(nets, generate(nets, batch, config), batch, config))


def fooling(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """E log D(G(z | y) | y)."""
    return non_saturating(score(nets, generate(nets, batch, config), batch, config))


def players(config: Config) -> list[ganzoo.Player]:
    """D climbs V, then G climbs E log D(G(z | y) | y)."""
    return [
        ganzoo.maximize(value, over="D", by=config.adam, equilibrium=-math.log(4)),
        ganzoo.maximize(fooling, over="G", by=config.adam),
    ]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for labelled images of any size and for labelled vectors; 28 x 28 unless asked otherwise."""
    return ganzoo.Architecture(
        Config, networks, players, generate=generate, score=score, spaces=("image", "vector"), size=28, steps=8000,
        ema=0.998,
    )  # fmt: skip
