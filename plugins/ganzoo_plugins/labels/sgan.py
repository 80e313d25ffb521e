"""Semi-supervised GAN: D, a classifier, learns without labels too.

    max_D  E log p(y | x) + E log D(x) + E log(1 - D(G(z)))                 section 5
    D(x) = Z(x) / (Z(x) + 1),  Z(x) = sum_k exp l_k(x)                      section 5
    max_G  E log D(G(z)), or min_G |E f(x) - E f(G(z))|^2, f D's features   section 3.1

The first expectation is over the samples that have a label, the others over all: `--labelled N` keeps N labels.

Paper: Salimans et al. 2016, Improved Techniques for Training GANs, arXiv:1606.03498
    (after Odena 2016, Semi-Supervised Learning with Generative Adversarial Networks, arXiv:1606.01583)
Tasks: images, vectors, labels
"""
# Shapes: N batch, Z latent, K classes, F features, S the shape of a sample.

from dataclasses import dataclass
from typing import Annotated

from torch import Tensor, nn

import ganzoo
from ganzoo.nn import (
    Dropout,
    Headed,
    class_count,
    class_likelihood,
    encoder_for,
    generator_for,
    minimax,
    non_saturating,
)


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.PlainConfig, ganzoo.AdamConfig):
    """Z is the paper's for MNIST; the other numbers are ours, for a CPU."""

    matching: Annotated[bool, "G matches D's features, section 3.1, instead of climbing E log D(G(z))"] = False
    input_dropout: Annotated[float, "share of a sample's numbers that D does not see", ganzoo.Range(0, 0.95)] = 0.2
    dropout: Annotated[float, "share of D's features dropped; Gaussian noise in the paper", ganzoo.Range(0, 0.95)] = 0.5
    lr: Annotated[float, "Adam's step size for both players", ganzoo.Range(0, 1)] = 1e-3


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G: (N, Z) -> (N, *S).  D: (N, *S) -> features (N, F) and the logits of the classes (N, K)."""
    units, width = config.units, config.width
    seen = nn.Sequential(Dropout(config.input_dropout), encoder_for(space, units, width, units, hidden=0, norm=None))
    body = nn.Sequential(seen, nn.LeakyReLU(0.2), Dropout(config.dropout), nn.Linear(units, units), nn.LeakyReLU(0.2))
    classify = nn.Sequential(Dropout(config.dropout), nn.Linear(units, class_count(space)))
    return {
        "G": generator_for(space, config.latent_dim, width, units),
        "D": Headed(body, nn.Identity(), classify),
    }


def score(nets: ganzoo.Nets, samples: Tensor, batch: ganzoo.Batch, config: Config) -> Tensor:
    """The logit of D(x), which is log Z(x)."""
    logit: Tensor = nets.D(samples)[1].logsumexp(1)
    return logit


def telling(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """E log p(y | x) + E log D(x) + E log(1 - D(G(z))). Section 5."""
    logits = nets.D(batch.real)[1]
    fake = score(nets, nets.G(batch.z), batch, config)
    return {**minimax(logits.logsumexp(1), fake), "class": class_likelihood(logits, batch.label)}


def mismatch(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """|E f(x) - E f(G(z))|^2. Section 3.1."""
    real, fake = nets.D(batch.real)[0], nets.D(nets.G(batch.z))[0]
    return {"mismatch": (real.mean(0) - fake.mean(0)).square().sum()}


def fooling(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """E log D(G(z))."""
    return non_saturating(score(nets, nets.G(batch.z), batch, config))


def players(config: Config) -> list[ganzoo.Player]:
    """D climbs its three likelihoods; then G climbs E log D(G(z)), or descends the features' mismatch."""
    return [
        ganzoo.maximize(telling, over="D", by=config.adam),
        ganzoo.minimize(mismatch, over="G", by=config.adam)
        if config.matching
        else ganzoo.maximize(fooling, over="G", by=config.adam),
    ]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for images of any size and for vectors; 28 x 28 and 100 labels unless asked otherwise."""
    return ganzoo.Architecture(
        Config, networks, players, score=score, spaces=("image", "vector"), size=28, steps=4000, labelled=100
    )
