"""StarGAN: one generator translates among several domains.

    L_D = -L_adv + lambda_cls L_cls^r                                                eq. 5
    L_G =  L_adv + lambda_cls L_cls^f + lambda_rec L_rec                             eq. 6
    L_adv = E D_src(x) - E D_src(G(x, c)) - lambda_gp E (|grad D_src(x^)| - 1)^2     eq. 8
    L_cls^r = -E log D_cls(c' | x),   L_cls^f = -E log D_cls(c | G(x, c))            eqs. 2 and 3
    L_rec = E |x - G(G(x, c), c')|_1                                                 eq. 4

Domains are the classes of the data; c' is x's own, c that of another sample. Terms of L_adv that G cannot move are left
out of its objective. The step size falls to 0 over the run's second half.

Paper: Choi et al. 2018, StarGAN: Unified Generative Adversarial Networks for Multi-Domain Image-to-Image Translation,
  arXiv:1711.09020
Tasks: translation, style-transfer, editing
"""
# Shapes: N batch, C H W image, K domains.

from dataclasses import dataclass, replace
from typing import Annotated

from torch import Tensor, nn

import ganzoo
from ganzoo.nn import (
    Headed,
    Labelled,
    PatchDiscriminator,
    Spread,
    class_count,
    class_likelihood,
    encoder_depth,
    gradient_penalty,
    residual_translator,
    source_of,
)


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.AdamConfig):
    """Sections 3.3 and 4; the networks are smaller, for a CPU."""

    domain: Annotated[float, "lambda_cls: weight of the domain's likelihood (the paper's)", ganzoo.Range(0, 1e4)] = 1.0
    cycle: Annotated[float, "lambda_rec: weight of the way there and back (the paper's)", ganzoo.Range(0, 1e4)] = 10.0
    penalty: Annotated[float, "lambda_gp: weight of the slope penalty (the paper's)", ganzoo.Range(0, 1e4)] = 10.0
    critic_turns: Annotated[int, "turns of D for one of G (ours; the paper's are 5)", ganzoo.Range(1, 100)] = 2
    lr: Annotated[float, "Adam's step size (ours; the paper's is 1e-4)", ganzoo.Range(0, 1)] = 1e-3
    width: Annotated[int, "channels at the full size (the paper's are 64)", ganzoo.Range(1, 256)] = 8
    blocks: Annotated[int, "residual blocks (the paper's are 6)", ganzoo.Range(0, 32)] = 2


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G: (x, label) -> x of that domain.  D: x -> realness (N,), unbounded, and domains (N, K) logits."""
    source_of(space)
    encoder_depth(space, 2, least=2)
    channels, domains, width = space.shape[0], class_count(space), config.width
    translator = residual_translator(channels + domains, channels, width, config.blocks, told=True)
    *body, last = PatchDiscriminator(channels, 2 * width, 2, norm=None).layers
    places = (space.shape[1] // 4 - 1, space.shape[2] // 4 - 1)  # that the body has left of H and W
    domain = nn.Conv2d(8 * width, domains, places)
    return {
        "G": Labelled(Spread(translator), domains),
        "D": Headed(
            nn.Sequential(*body),
            nn.Sequential(last, nn.AdaptiveAvgPool2d(1), nn.Flatten(0)),  # the mean over places
            nn.Sequential(domain, nn.Flatten()),
        ),
    }


def judging(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """D descends L_D."""
    x, own, other = batch.source, batch.source_label, batch.label
    fake = nets.G(x, other)
    realness, domain = nets.D(x)
    penalty = gradient_penalty(lambda between: nets.D(between)[0], x, fake)
    return {
        "distance": nets.D(fake)[0].mean() - realness.mean(),
        "penalty": config.penalty * penalty,
        "domain": -config.domain * class_likelihood(domain, own),
    }


def translating(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """G descends L_G."""
    x, own, other = batch.source, batch.source_label, batch.label
    fake = nets.G(x, other)
    realness, domain = nets.D(fake)
    return {
        "score": -realness.mean(),
        "domain": -config.domain * class_likelihood(domain, other),
        "cycle": config.cycle * (x - nets.G(fake, own)).abs().mean(),
    }


def players(config: Config) -> list[ganzoo.Player]:
    """D several times, then G."""
    by = replace(config.adam, lr=ganzoo.Linear(first=config.lr, last=0.0, begin=0.5))
    return [
        ganzoo.minimize(judging, over="D", by=by, turns=config.critic_turns),
        ganzoo.minimize(translating, over="G", by=by),
    ]


def generate(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> Tensor:
    """The source in the label's domain."""
    made: Tensor = nets.G(batch.source, batch.label)
    return made


def score(nets: ganzoo.Nets, samples: Tensor, batch: ganzoo.Batch, config: Config) -> Tensor:
    """D's realness: (N,)."""
    realness: Tensor = nets.D(samples)[0]
    return realness


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for pictures of several domains, whose translation takes pictures of any size."""
    return ganzoo.Architecture(
        Config, networks, players, generate=generate, discriminator=(), score=score, source="itself", multiple=4,
        batch=16, steps=800,
    )  # fmt: skip
