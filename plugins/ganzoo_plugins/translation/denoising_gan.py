"""Denoising GAN: a critic keeps what squared error would smooth away.

    max_D  E D(x) - E D(G(z)) - lambda E (|grad D(x^)| - 1)^2                        eq. 3
    min_G  -E D(G(z)) + lambda_1 mean (phi(G(z)) - phi(x))^2                          eqs. 5 and 6

z is the noisy picture, x the clean one. phi are the pixels, or with content=vgg the last features of VGG-19, the
paper's. G is eight 3x3 convolutions of the full size, so it takes pictures of any.

Paper: Yang et al. 2018, Low Dose CT Image Denoising Using a Generative Adversarial Network with Wasserstein Distance
  and Perceptual Loss, arXiv:1708.00961
Tasks: denoising, deblurring, editing, translation
"""
# Shapes: N batch, C H W image, the same for noisy and clean.

from dataclasses import dataclass
from typing import Annotated, Literal

from torch import Tensor, nn

import ganzoo
from ganzoo.nn import PatchDiscriminator, content, enlarged, gradient_penalty, normal_init, source_of, wasserstein


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.AdamConfig):
    """Section II; step size and the weight are for pixels and a CPU."""

    content: Annotated[Literal["pixels", "vgg"], "phi, what is compared (the paper's is vgg)"] = "pixels"
    weight: Annotated[float, "lambda_1 (ours; the paper's is 0.1, for vgg)", ganzoo.Range(0, 1e6)] = 100.0
    penalty: Annotated[float, "lambda: weight of the slope penalty (the paper's)", ganzoo.Range(0, 1e4)] = 10.0
    critic_turns: Annotated[int, "turns of D for one of G (the paper's)", ganzoo.Range(1, 100)] = 4
    lr: Annotated[float, "Adam's step size (ours; the paper's is 1e-5)", ganzoo.Range(0, 1)] = 5e-4
    beta2: Annotated[float, "Adam's decay of the mean square (the paper's)", ganzoo.Range(0, 0.999999)] = 0.9
    width: Annotated[int, "channels of each layer of G (the paper's are 32)", ganzoo.Range(1, 512)] = 24
    layers: Annotated[int, "convolutions of G (the paper's)", ganzoo.Range(2, 64)] = 8


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G: (N, C, H, W) both, unbounded.  D: (N, C, H, W) -> (N,), unbounded.  phi: what is compared."""
    layers: list[nn.Module] = []
    before = source_of(space).shape[0]
    for _ in range(config.layers - 1):
        layers += [nn.Conv2d(before, config.width, 3, padding=1), nn.ReLU()]
        before = config.width
    return {
        "G": nn.Sequential(*layers, nn.Conv2d(before, space.shape[0], 3, padding=1)),
        "D": normal_init(PatchDiscriminator(space.shape[0], config.width, 2, norm=None, pooled=True)),
        "phi": content(config.content),
    }


def distance(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """D climbs it."""
    fake = nets.G(batch.source)
    penalty = gradient_penalty(nets.D, batch.real, fake)
    return {**wasserstein(nets.D(batch.real), nets.D(fake)), "penalty": -config.penalty * penalty}


def denoising(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """G descends it."""
    fake = nets.G(batch.source)
    apart = (nets.phi(fake) - nets.phi(batch.real)).square().mean()
    return {"score": -nets.D(fake).mean(), "content": config.weight * apart}


def players(config: Config) -> list[ganzoo.Player]:
    """D several times, then G."""
    return [
        ganzoo.maximize(distance, over="D", by=config.adam, turns=config.critic_turns),
        ganzoo.minimize(denoising, over="G", by=config.adam),
    ]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The hook: called when this GAN is chosen by name."""
    return ganzoo.Architecture(
        Config, networks, players, generate=enlarged, source="paired", degrade="noise:0.3", multiple=1, batch=16,
        steps=1000,
    )  # fmt: skip
