"""Dirac-GAN: the smallest GAN, in which training converges or does not.

    min_theta max_psi  f(psi theta) + f(0)      data at 0, generator at theta, D(x) = psi x

Paper: Mescheder et al. 2018, Which Training Methods for GANs do actually Converge?, arXiv:1801.04406
Tasks: games
"""
# Shapes: theta and psi are 0-d; n noise samples.

from dataclasses import dataclass
from typing import Annotated, Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import ganzoo


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.Config):
    """Step, start and order of the authors' own simulation."""

    loss: Annotated[Literal["gan", "nonsaturating", "wgan"], "f(t) = -log(1 + e^-t), or f(t) = t for wgan"] = "gan"
    r1: Annotated[float, "gamma: weight of R1, gamma/2 psi^2, eq. 9", ganzoo.Range(0, 1e3)] = 0.0
    r2: Annotated[float, "gamma: weight of R2, here equal to R1, eq. 10", ganzoo.Range(0, 1e3)] = 0.0
    penalty: Annotated[float, "weight of WGAN-GP's (|psi| - g0)^2, eq. 8", ganzoo.Range(0, 1e3)] = 0.0
    slope: Annotated[float, "g0 of that penalty", ganzoo.Range(0, 1e3)] = 1.0
    noise: Annotated[float, "standard deviation of instance noise, sec. 3.2", ganzoo.Range(0, 1e3)] = 0.0
    lr: Annotated[float, "h, the step of both players", ganzoo.Range(0, 10)] = 0.2
    start: Annotated[float, "theta and psi at the start", ganzoo.Range(-100, 100)] = 1.0


class Number(nn.Module):
    """One 0-d number that a player moves."""

    def __init__(self, value: float) -> None:
        super().__init__()
        self.value = nn.Parameter(torch.tensor(value))


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G holds theta, where the generator puts its point; D holds psi, the slope of the linear discriminator."""
    return {"G": Number(config.start), "D": Number(config.start)}


def f(t: Tensor, config: Config) -> Tensor:
    """The game's f."""
    return t if config.loss == "wgan" else -F.softplus(-t)


def around(point: Tensor, config: Config) -> Tensor:
    """The point (), or with instance noise (32,) the quadrature nodes of N(point, noise^2), weighted alike."""
    if not config.noise:
        return point[None]
    share = (torch.arange(32, dtype=torch.float64) + 0.5) / 32
    nodes = torch.special.ndtri(share)
    spread: Tensor = point + config.noise * (nodes / nodes.square().mean().sqrt()).to(point)
    return spread


def value(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """V = E f(psi x_fake) + E f(-psi x_real), eq. 4 with D's sign as in eq. 1, less the penalties on D."""
    theta, psi = nets.G.value, nets.D.value
    fake = f(psi * around(theta, config), config).mean()
    real = f(-psi * around(torch.zeros_like(theta), config), config).mean()
    terms = {"fake": fake, "real": real, "radius": torch.hypot(theta, psi).detach()}
    if config.r1 or config.r2:
        terms["slope"] = -(config.r1 + config.r2) / 2 * psi.square()
    if config.penalty:
        terms["penalty"] = -config.penalty / 2 * (psi.abs() - config.slope).square()
    return terms


def fooling(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """E f(psi theta), which the generator descends; with the non-saturating loss -E f(-psi theta)."""
    logits = nets.D.value * around(nets.G.value, config)
    if config.loss == "nonsaturating":
        return {"fooled": -f(-logits, config).mean()}
    return {"fooled": f(logits, config).mean()}


def players(config: Config) -> list[ganzoo.Player]:
    """G first, as in the authors' alternating simulation."""
    step = ganzoo.SGD(lr=config.lr)
    return [ganzoo.minimize(fooling, over="G", by=step), ganzoo.maximize(value, over="D", by=step)]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """Two numbers and no data."""
    return ganzoo.Architecture(
        Config, networks, players, discriminator=(), spaces=("game",), data="", batch=1, steps=500
    )
