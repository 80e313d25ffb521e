"""PixelDA: labelled pictures made to look like those of another domain.

    min_{G,T} max_D  alpha L_d(D, G) + beta L_t(G, T)                                eq. 1
    L_d = E log D(x_t) + E log(1 - D(G(x_s, z)))                                     eq. 2
    L_t = -E log T(y_s | G(x_s, z)) - E log T(y_s | x_s)                             eq. 3

x_s with its label y_s is of the source's domain, x_t of the target's, whose labels are never read: T is to classify
these. D judges patches. z is uniform in [-1, 1], here in every pixel. G climbs log D in place of descending log(1 - D).
A grey source is grey in all of the target's channels.

Not here: the similarity of masked foregrounds (eq. 4).

Paper: Bousmalis et al. 2017, Unsupervised Pixel-Level Domain Adaptation with Generative Adversarial Networks,
  arXiv:1612.05424
Tasks: domain-adaptation, translation, labels
"""
# Shapes: N batch, Z noise, C H W image, K classes.

from dataclasses import dataclass
from typing import Annotated

import torch
from torch import Tensor, nn

import ganzoo
from ganzoo.nn import (
    Dropout,
    PatchDiscriminator,
    Spread,
    class_count,
    class_likelihood,
    encoder_depth,
    encoder_for,
    minimax,
    non_saturating,
    residual_translator,
    source_of,
)


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.AdamConfig):
    """Section 3; the networks are smaller, G halves twice, and weights are ours, for a CPU."""

    latent_dim: Annotated[int, "Z, length of the noise (the paper's)", ganzoo.Range(1, 512)] = 10
    adversarial: Annotated[float, "alpha: weight of the game", ganzoo.Range(0, 1e4)] = 1.0
    task: Annotated[float, "beta: weight of the labels' likelihoods", ganzoo.Range(0, 1e4)] = 1.0
    dropout: Annotated[float, "share of T's features dropped", ganzoo.Range(0, 0.95)] = 0.5
    lr: Annotated[float, "Adam's step size (ours; the paper's is 1e-3)", ganzoo.Range(0, 1)] = 5e-4
    width: Annotated[int, "channels at the full size (the paper's are 64)", ganzoo.Range(1, 256)] = 8
    units: Annotated[int, "T's features", ganzoo.Range(1, 8192)] = 64
    blocks: Annotated[int, "residual blocks of G (the paper's are 6)", ganzoo.Range(0, 32)] = 2


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G: (x_s, z) -> (N, C, H, W) in [-1, 1].  D: x -> (N, 1, H', W') logits.  T: x -> (N, K) logits."""
    source, channels, width = source_of(space), space.shape[0], config.width
    if source.shape[0] not in (1, channels):
        raise ganzoo.GanzooError(
            f"sources of {source} and targets of {space}: one classifier is for both; type --channels {channels}"
        )
    encoder_depth(space, 2, least=2)
    translator = residual_translator(source.shape[0] + config.latent_dim, channels, width, config.blocks, told=True)
    return {
        "G": Spread(translator),
        "D": PatchDiscriminator(channels, 2 * width, 2, norm=nn.InstanceNorm2d),
        "T": nn.Sequential(
            encoder_for(space, config.units, 2 * width, config.units, hidden=1, norm=None),
            nn.LeakyReLU(0.2),
            Dropout(config.dropout),
            nn.Linear(config.units, class_count(source)),
        ),
    }


def prior(n: int, config: Config, space: ganzoo.Space, device: torch.device) -> Tensor:
    """Z ~ U(-1, 1): (n, Z)."""
    return torch.rand(n, config.latent_dim, device=device) * 2 - 1


def generate(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> Tensor:
    """G(x_s, z)."""
    made: Tensor = nets.G(batch.source, batch.z)
    return made


def judging(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """D climbs alpha L_d."""
    terms = minimax(nets.D(batch.real), nets.D(generate(nets, batch, config)))
    return {name: config.adversarial * term for name, term in terms.items()}


def adapting(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """G and T descend it."""
    adapted, label = generate(nets, batch, config), batch.source_label
    return {
        "fooled": -config.adversarial * non_saturating(nets.D(adapted))["fooled"],
        "adapted": -config.task * class_likelihood(nets.T(adapted), label),
        "source": -config.task * class_likelihood(nets.T(batch.source.expand_as(adapted)), label),
    }


def players(config: Config) -> list[ganzoo.Player]:
    """D, then G with T."""
    return [
        ganzoo.maximize(judging, over="D", by=config.adam),
        ganzoo.minimize(adapting, over=("G", "T"), by=config.adam),
    ]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for two domains of pictures, the source's with labels; its translation takes pictures of any size."""
    return ganzoo.Architecture(
        Config, networks, players, prior=prior, generate=generate, source="unpaired", degrade="edges", multiple=4,
        batch=16, steps=1000,
    )  # fmt: skip
