"""Bilinear game: two numbers circle their equilibrium, or do not.

    min_x max_y  x y        equilibrium (0, 0), eigenvalues +-i

Paper: Gidel et al. 2019, A Variational Inequality Perspective on GANs, sec. 3, arXiv:1802.10551
Tasks: games
"""
# Shapes: x and y are 0-d.

from dataclasses import dataclass
from typing import Annotated

import torch
from torch import Tensor, nn

import ganzoo


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.Config):
    """Step and start of the textbook picture."""

    lr: Annotated[float, "h, the step of both players", ganzoo.Range(0, 10)] = 0.1
    start: Annotated[float, "both numbers at the start", ganzoo.Range(-100, 100)] = 1.0


class Number(nn.Module):
    """One 0-d number that a player moves."""

    def __init__(self, value: float) -> None:
        super().__init__()
        self.value = nn.Parameter(torch.tensor(value))


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """X and y, a number each."""
    return {"x": Number(config.start), "y": Number(config.start)}


def product(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """X y; the distance from the equilibrium is logged."""
    x, y = nets.x.value, nets.y.value
    return {"product": x * y, "radius": torch.hypot(x, y).detach()}


def players(config: Config) -> list[ganzoo.Player]:
    """X descends, y climbs, x first."""
    step = ganzoo.SGD(lr=config.lr)
    return [
        ganzoo.minimize(product, over="x", by=step, name="descent", equilibrium=0.0),
        ganzoo.maximize(product, over="y", by=step, name="climb", equilibrium=0.0),
    ]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """Two players and no data."""
    return ganzoo.Architecture(
        Config, networks, players, generator=("x",), discriminator=(), spaces=("game",), data="", batch=1, steps=100
    )
