"""AC-GAN: D also names the class, and both players want it named right.

    L_S = E log P(S = real | x) + E log P(S = fake | G(c, z))               eq. 2
    L_C = E log P(C = c | x) + E log P(C = c | G(c, z))                     eq. 3
    max_D  L_S + L_C        max_G  L_C - L_S, here L_C + E log P(S = real | G(c, z))

Paper: Odena et al. 2017, Conditional Image Synthesis with Auxiliary Classifier GANs, arXiv:1610.09585
Tasks: images, vectors, labels
"""
# Shapes: N batch, Z latent, K classes, F features, S the shape of a sample.

from dataclasses import dataclass
from typing import Annotated

from torch import Tensor, nn

import ganzoo
from ganzoo.nn import (
    Concatenated,
    Dropout,
    Headed,
    Labelled,
    class_count,
    class_likelihood,
    encoder_for,
    generator_for,
    minimax,
    non_saturating,
)


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.PlainConfig, ganzoo.AdamConfig):
    """Adam's numbers are those of tables 1 and 2, where Z is 110; sizes are common for MNIST."""

    dropout: Annotated[float, "share of D's features dropped; .5 in table 1", ganzoo.Range(0, 0.95)] = 0.3


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G: (N, Z), labels (N,) -> (N, *S).  D: (N, *S) -> logits of being real (N,) and of the classes (N, K)."""
    classes, features = class_count(space), config.units
    generator = generator_for(space, config.latent_dim + classes, config.width, config.units)
    encoder = encoder_for(space, features, config.width, config.units, hidden=1, norm=None)
    body = nn.Sequential(encoder, nn.LeakyReLU(0.2), Dropout(config.dropout))
    source = nn.Sequential(nn.Linear(features, 1), nn.Flatten(0))
    return {
        "G": Labelled(Concatenated(generator), classes),
        "D": Headed(body, source, nn.Linear(features, classes)),
    }


def generate(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> Tensor:
    """G(c, z) for the batch's labels."""
    samples: Tensor = nets.G(batch.z, batch.label)
    return samples


def score(nets: ganzoo.Nets, samples: Tensor, batch: ganzoo.Batch, config: Config) -> Tensor:
    """The logit of P(S = real | x)."""
    source: Tensor = nets.D(samples)[0]
    return source


def telling(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """L_S + L_C, eq. 2 and 3; the classes of the fakes are drawn as the data's."""
    real, real_class = nets.D(batch.real)
    fake, fake_class = nets.D(generate(nets, batch, config))
    return {
        **minimax(real, fake),
        "real_class": class_likelihood(real_class, batch.label),
        "fake_class": class_likelihood(fake_class, batch.label),
    }


def fooling(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """E log P(S = real | G(c, z)) in place of -L_S, and the part of L_C that G can move."""
    source, named = nets.D(generate(nets, batch, config))
    return {**non_saturating(source), "fake_class": class_likelihood(named, batch.label)}


def players(config: Config) -> list[ganzoo.Player]:
    """D climbs L_S + L_C, then G fools it about the source and helps it with the class."""
    return [
        ganzoo.maximize(telling, over="D", by=config.adam),
        ganzoo.maximize(fooling, over="G", by=config.adam),
    ]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for labelled images of any size and for labelled vectors; 28 x 28 unless asked otherwise."""
    return ganzoo.Architecture(
        Config, networks, players, generate=generate, score=score, spaces=("image", "vector"), size=28, steps=8000,
        ema=0.998,
    )  # fmt: skip
