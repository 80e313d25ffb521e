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
    UNet,
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


class Translator(nn.Module):
    """A U-Net that gets the code in every pixel: (N, C, H, W), (N, Z) -> (N, C', H, W) in [-1, 1]."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, source: Tensor, z: Tensor) -> Tensor:  # noqa: D102
        code = z[:, :, None, None].expand(-1, -1, *source.shape[2:])
        made: Tensor = self.net(torch.cat([source, code.to(source.dtype)], 1))
        return made


class Encoder(nn.Module):
    """The code's mean and the logarithm of its variance: (N, C, H, W) -> (N, Z) both."""

    def __init__(self, channels: int, latent_dim: int, width: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for before, after in ((channels, width), (width, 2 * width), (2 * width, 4 * width)):
            layers += [nn.Conv2d(before, after, 4, 2, 1), nn.LeakyReLU(0.2)]
        self.layers = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.code = nn.Linear(4 * width, 2 * latent_dim)

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:  # noqa: D102
        mean, log_variance = self.code(self.layers(image)).chunk(2, 1)
        return mean, log_variance


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G: (A, z) -> B.  E: B -> the mean and log-variance of z.  D, DV: (N, C, H, W) -> (N, 1, H', W')."""
    channels, depth = source_of(space).shape[0] + config.latent_dim, encoder_depth(space, config.depth)
    return {
        "G": Translator(UNet(channels, space.shape[0], config.width, depth)),
        "E": Encoder(space.shape[0], config.latent_dim, config.width),
        "D": PatchDiscriminator(space.shape[0], config.width, config.layers),
        "DV": PatchDiscriminator(space.shape[0], config.width, config.layers),
    }


def drawn(mean: Tensor, log_variance: Tensor) -> Tensor:
    """A code from N(mean, variance): (N, Z)."""
    return mean + torch.randn_like(mean) * (log_variance / 2).exp()


def judging(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """D and DV descend it."""
    a, b = batch.source, batch.real
    from_noise = least_squares_discriminator(nets.D(b), nets.D(nets.G(a, batch.z)))
    encoded = least_squares_discriminator(nets.DV(b), nets.DV(nets.G(a, drawn(*nets.E(b)))))
    return from_noise | {f"{name}V": term for name, term in encoded.items()}


def translating(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """G and E descend it."""
    a, b, z = batch.source, batch.real, batch.z
    mean, log_variance = nets.E(b)
    encoded, made = nets.G(a, drawn(mean, log_variance)), nets.G(a, z)
    frozen = {name: parameter.detach() for name, parameter in nets.E.named_parameters()}
    found, _ = functional_call(nets.E, frozen, (made,))
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


def score(nets: ganzoo.Nets, samples: Tensor, batch: ganzoo.Batch, config: Config) -> Tensor:
    """D's values, the mean over patches: (N,)."""
    judged: Tensor = nets.D(samples)
    return judged.mean((1, 2, 3))


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for pairs of pictures of one size, whose translation takes pictures of any."""
    return ganzoo.Architecture(
        Config, networks, players, generate=generate, discriminator=("D",), score=score, source="paired",
        degrade="edges", multiple=32, batch=16, steps=2000,
    )  # fmt: skip
