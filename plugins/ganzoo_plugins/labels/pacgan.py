"""PacGAN: another GAN whose discriminator judges m samples at once.

    V(D, G) with D(x_1, ..., x_m) against D(G(z_1), ..., G(z_m))            section 3

Paper: Lin et al. 2018, PacGAN: The power of two samples in generative adversarial networks, arXiv:1712.04086
Tasks: images, vectors
"""
# Shapes: N batch, m samples in a pack, C channels or features.

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Annotated, Any

import torch
from torch import Tensor, nn

import ganzoo
from ganzoo.nn import Packed, packed_space


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.Config):
    """Everything but the packing is the base's, its options included."""

    base: Annotated[str, "the GAN whose discriminator is packed, any whose D takes a sample alone"] = "vanilla-mlp"
    pack: Annotated[int, "m, samples in a pack: PacGAN2 in the paper's tables", ganzoo.Range(1, 64)] = 2
    base_options: Annotated[tuple[str, ...], "options of the base, such as ['width=64']"] = ()


@cache  # asked for at every draw of the prior; loading a plugin takes longer than a step
def base_of(config: Config) -> tuple[ganzoo.Architecture, Any]:
    """The base's architecture and its config. Raises GanzooError."""
    base = ganzoo.architecture(config.base)
    alone = base.generator == ("G",) and base.discriminator == ("D",) and not (base.generate or base.score)
    if not alone or config.base == "pacgan":
        raise ganzoo.GanzooError(
            f"option base={config.base!r}: packing takes a GAN of a plain G(z) and D(x); try base=dcgan"
        )
    if wrong := [option for option in config.base_options if "=" not in option]:
        raise ganzoo.GanzooError(f"option base_options: {wrong[0]!r} should read key=value")
    return base, base.config.parse(dict(option.split("=", 1) for option in config.base_options))


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G and all else: the base's.  D: the base's for m C channels, (N, C, ...) -> (N // m,)."""
    base, inner = base_of(config)
    judge = base.networks(inner, packed_space(space, config.pack))["D"]
    return {**base.networks(inner, space), "D": Packed(judge, config.pack)}


def prior(n: int, config: Config, space: ganzoo.Space, device: torch.device) -> Any:
    """The base's, for which N(0, I) is the default."""
    base, inner = base_of(config)
    return base.prior(n, inner, space, device) if base.prior else torch.randn(n, inner.latent_dim, device=device)


def packed(player: ganzoo.Player, inner: Any) -> ganzoo.Player:
    """The base's player, given the base's config."""

    def objective(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> Mapping[str, Tensor]:
        return player.objective(nets, batch, inner)

    def after(nets: ganzoo.Nets, terms: Any, kept: Any, config: Config) -> None:
        if player.after:
            player.after(nets, terms, kept, inner)

    return replace(player, objective=objective, after=after if player.after else None)


def players(config: Config) -> list[ganzoo.Player]:
    """The base's, in its order."""
    base, inner = base_of(config)
    return [packed(player, inner) for player in base.players(inner)]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for the images or vectors that its base can be built for; 28 x 28 unless asked otherwise."""
    return ganzoo.Architecture(
        Config, networks, players, prior=prior, spaces=("image", "vector"), size=28, steps=8000, ema=0.998
    )
