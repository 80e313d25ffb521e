"""BicycleGAN: one source, many translations, each with its own code.

    min_{G,E} max_{D,DV}  L(G(A, E(B)), DV) + lambda |B - G(A, E(B))|_1 + lambda_KL KL(E(B) || N(0, I))
                          + L(G(A, z), D) + lambda_latent |z - E(G(A, z))|_1             eq. 9

A is the source, B the target, z ~ N(0, I) or drawn by E from B. L is least squares: a discriminator descends
E (D(B) - 1)^2 + E D(G)^2, halved, G descends E (D(G) - 1)^2. The code that is found again teaches G alone (section 4).

Paper: Zhu et al. 2017, Toward Multimodal Image-to-Image Translation, arXiv:1711.11586
Tasks: translation, editing, colouring
"""
# Shapes: N batch, Z code, C H W image; A and B have the same H and W.

from dataclasses import dataclass
from typing import Annotated

import torch
from torch import Tensor, nn
from torch.func import functional_call

import ganzoo
from ganzoo.nn import (
    PatchDiscriminator,
    Spread,
    UNet,
    code_encoder,
    encoder_depth,
    least_squares_discriminator,
    least_squares_generator,
    source_of,
)


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.AdamConfig):
    """Section 4; the networks are smaller, for a CPU."""

    latent_dim: Annotated[int, "Z, length of the code (the paper's)", ganzoo.Range(1, 512)] = 8
    distance: Annotated[float, "lambda: weight of the L1 distance (the paper's)", ganzoo.Range(0, 1e4)] = 10.0
    latent: Annotated[float, "lambda_latent: of finding the code again (the paper's)", ganzoo.Range(0, 1e4)] = 0.5
    divergence: Annotated[float, "lambda_KL: of codes from N(0, I) (the paper's)", ganzoo.Range(0, 1e4)] = 0.01
    width: Annotated[int, "channels at half the size (the paper's are 64)", ganzoo.Range(1, 512)] = 16
    depth: Annotated[int, "halvings by G, as many as the size allows", ganzoo.Range(1, 5)] = 4
    layers: Annotated[int, "halvings by D: patches of 16, 34, 70 pixels", ganzoo.Range(1, 4)] = 1


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G: (A, z) -> B in [-1, 1].  E: B -> (N, 2 Z), see `code`.  D, DV: (N, C, H, W) -> (N, 1, H', W')."""
    channels, depth = source_of(space).shape[0] + config.latent_dim, encoder_depth(space, config.depth)
    return {
        "G": Spread(UNet(channels, space.shape[0], config.width, depth)),
        "E": code_encoder(space.shape[0], 2 * config.latent_dim, config.width),
        "D": PatchDiscriminator(space.shape[0], config.width, config.layers),
        "DV": PatchDiscriminator(space.shape[0], config.width, config.layers),
    }


def code(found: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """What E found, (N, 2 Z), as a code's mean, the logarithm of its variance, and a code drawn so: (N, Z) each."""
    mean, log_variance = found.chunk(2, 1)
    return mean, log_variance, mean + torch.randn_like(mean) * (log_variance / 2).exp()


def judging(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """D and DV descend it."""
    a, b = batch.source, batch.real
    from_noise = least_squares_discriminator(nets.D(b), nets.D(nets.G(a, batch.z)))
    encoded = least_squares_discriminator(nets.DV(b), nets.DV(nets.G(a, code(nets.E(b))[2])))
    return from_noise | {f"{name}V": term for name, term in encoded.items()}


def translating(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """G and E descend it."""
    a, b, z = batch.source, batch.real, batch.z
    mean, log_variance, drawn = code(nets.E(b))
    encoded, made = nets.G(a, drawn), nets.G(a, z)
    frozen = {name: parameter.detach() for name, parameter in nets.E.named_parameters()}
    found = functional_call(nets.E, frozen, (made,)).chunk(2, 1)[0]
    divergence = (mean.square() + log_variance.exp() - 1 - log_variance).sum(1).mean() / 2
    return {
        "fooled": 2 * least_squares_generator(nets.D(made))["fooled"],
        "fooledV": 2 * least_squares_generator(nets.DV(encoded))["fooled"],
        "distance": config.distance * (b - encoded).abs().mean(),
        "divergence": config.divergence * divergence,
        "latent": config.latent * (z - found).abs().mean(),
    }


def players(config: Config) -> list[ganzoo.Player]:
    """Both discriminators, then G with E."""
    return [
        ganzoo.minimize(judging, over=("D", "DV"), by=config.adam),
        ganzoo.minimize(translating, over=("G", "E"), by=config.adam),
    ]


def generate(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> Tensor:
    """The translation of A that z chooses."""
    made: Tensor = nets.G(batch.source, batch.z)
    return made


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for pairs of pictures of one size, whose translation takes pictures of any."""
    return ganzoo.Architecture(
        Config, networks, players, generate=generate, discriminator=("D",), source="paired", degrade="edges",
        multiple=32, batch=16, steps=2000,
    )  # fmt: skip
