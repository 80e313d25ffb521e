"""TableGAN: a row is a small picture whose statistics and label must fit.

    L_orig = E log D(x) + E log(1 - D(G(z)))                                 eq. 1
    L_info = max(0, |E f(x) - E f(G(z))| - d) + max(0, |SD f(x) - SD f(G(z))| - d)      eq. 4, f D's features
    L_class = E H(l(x), C(x without l))                                      eq. 5
    max_D L_orig    min_C L_class of x    min_G L_info + L_class of G(z) - E log D(G(z))

E f and SD f are running means over batches, of which the present one has the share 1 - w (eq. 2 and 3).

Paper: Park et al. 2018, Data Synthesis based on Generative Adversarial Networks, arXiv:1806.03384
Tasks: tables
"""
# Shapes: N batch, Z latent, F features of a row, S side of its picture, K values of the label, M features of D.

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import torch
from torch import Tensor, nn
from torch.nn import functional as F

import ganzoo
from ganzoo.nn import (
    Headed,
    RowClassifier,
    RowPicture,
    RunningMoments,
    TableHead,
    conv_encoder,
    conv_generator,
    label_entries,
    minimax,
    non_saturating,
)


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.AdamConfig):
    """Z, w and Adam's numbers are the paper's (section 5.1); sizes are small, for a CPU."""

    latent_dim: Annotated[int, "Z, length of the noise vector", ganzoo.Range(1, 4096)] = 100
    target: Annotated[str, "the column that is the label, else the last category"] = ""
    privacy: Annotated[float, "d: how far statistics may differ; 0, .1 or .2", ganzoo.Range(0, 100)] = 0.0
    memory: Annotated[float, "w: share of the running means that is kept", ganzoo.Range(0, 0.9999)] = 0.99
    width: Annotated[int, "channels at half the full size", ganzoo.Range(1, 512)] = 16
    features: Annotated[int, "M, features of D whose statistics have to fit", ganzoo.Range(1, 8192)] = 128


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G: (N, Z) -> logits (N, S^2), the first F of them a row's.  D: rows -> features (N, M), logit (N,).

    C: rows -> L_class, 0-d.
    """
    entries = label_entries(space, config.target)
    picture = RowPicture(space.numbers)
    shape = (1, picture.side, picture.side)
    body = nn.Sequential(picture, conv_encoder(shape, config.features, config.width), nn.LeakyReLU(0.2))
    return {
        "G": nn.Sequential(*conv_generator(config.latent_dim, shape, config.width)[:-1], nn.Flatten()),
        "D": Headed(body, nn.Identity(), nn.Sequential(nn.Linear(config.features, 1), nn.Flatten(0))),
        "C": RowClassifier(nn.Sequential(picture, conv_encoder(shape, len(entries), config.width)), entries),
        "head": TableHead(space),
        "statistics": RunningMoments(config.features),
    }


def generate(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> Tensor:
    """Rows (N, F)."""
    rows: Tensor = nets.head(nets.G(batch.z)[:, : len(nets.head.group)])
    return rows


def score(nets: ganzoo.Nets, rows: Tensor, batch: ganzoo.Batch, config: Config) -> Tensor:
    """D's logit."""
    logit: Tensor = nets.D(rows)[1]
    return logit


def value(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """L_orig."""
    return minimax(nets.D(batch.real)[1], nets.D(generate(nets, batch, config))[1])


def mislabelling(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """L_class of the reals."""
    return {"label": nets.C(batch.real)}


def misfit(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """L_info, L_class of the fakes, and -E log D(G(z))."""
    rows = generate(nets, batch, config)
    with torch.no_grad():
        real = nets.D(batch.real)[0]
    features, logit = nets.D(rows)
    means = nets.statistics(real, features, config.memory)
    batch.keep("means", means)
    gaps = (means[:2] - means[2:]).norm(dim=1)  # of the means, and of the deviations
    return {
        "information": F.relu(gaps - config.privacy).sum(),
        "label": nets.C(rows),
        "caught": -non_saturating(logit)["fooled"],
    }


def remember(nets: ganzoo.Nets, terms: Mapping[str, Tensor], kept: Mapping[str, Tensor], config: Config) -> None:
    """The running means go on."""
    nets.statistics.running.copy_(kept["means"])


def players(config: Config) -> list[ganzoo.Player]:
    """D climbs L_orig, C descends L_class, then G descends all that does not fit."""
    adam = config.adam
    return [
        ganzoo.maximize(value, over="D", by=adam, equilibrium=-math.log(4)),
        ganzoo.minimize(mislabelling, over="C", by=adam),
        ganzoo.minimize(misfit, over="G", by=adam, after=remember),
    ]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for tables with a category, the label."""
    return ganzoo.Architecture(
        Config, networks, players, generate=generate, generator=("G", "head"), score=score, spaces=("table",),
        data="breast-cancer", batch=100, steps=3000,
    )  # fmt: skip
