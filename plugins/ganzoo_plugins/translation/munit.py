"""MUNIT: a picture's content in the other domain, in any of its styles.

    min_{E,G} max_D  L_GAN^x1 + L_GAN^x2 + lambda_x (L^x1 + L^x2) + lambda_c (L^c1 + L^c2) + lambda_s (L^s1 + L^s2)
                                                                                                      eq. 5
    L^x1 = E |G1(c1, s1') - x1|,  c1 = E1c(x1), s1' = E1s(x1)                                         eq. 1
    L^c1 = E |E2c(G2(c1, s2)) - c1|,   L^s2 = E |E2s(G2(c1, s2)) - s2|,   s2 ~ N(0, I)                eqs. 2 and 3
    L_GAN^x2 = E log(1 - D2(G2(c1, s2))) + E log D2(x2)                                               eq. 4

and the same with 1 and 2 exchanged. For eq. 4 the paper plays least squares (section 5.1), as is done here: D descends
E (D(x) - 1)^2 + E D(G)^2, G descends E (D(G) - 1)^2. Distances are means. A translation draws its style.

Paper: Huang et al. 2018, Multimodal Unsupervised Image-to-Image Translation, arXiv:1804.04732
Tasks: translation, style-transfer, domain-adaptation
"""
# Shapes: N batch, S style, C H W image; x1 of the source's domain and x2 of the target's have the same H and W.

from dataclasses import dataclass
from typing import Annotated

import torch
from torch import Tensor, nn

import ganzoo
from ganzoo.nn import (
    AdaptiveDecoder,
    PatchDiscriminator,
    code_encoder,
    encoder_depth,
    least_squares_discriminator,
    least_squares_generator,
    residual_encoder,
    source_of,
)


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.AdamConfig):
    """Section 5.1 and appendix B; the networks are smaller, for a CPU."""

    latent_dim: Annotated[int, "S, length of a style (the paper's)", ganzoo.Range(1, 512)] = 8
    images: Annotated[float, "lambda_x: weight of finding a picture again (the paper's)", ganzoo.Range(0, 1e4)] = 10.0
    contents: Annotated[float, "lambda_c: of finding its content again (the paper's)", ganzoo.Range(0, 1e4)] = 1.0
    styles: Annotated[float, "lambda_s: of finding a style again (the paper's)", ganzoo.Range(0, 1e4)] = 1.0
    lr: Annotated[float, "Adam's step size (ours; the paper's is 1e-4)", ganzoo.Range(0, 1)] = 5e-4
    width: Annotated[int, "channels at the full size (the paper's are 64)", ganzoo.Range(1, 256)] = 8
    blocks: Annotated[int, "residual blocks of an encoder and of G (the paper's are 4)", ganzoo.Range(1, 32)] = 1
    units: Annotated[int, "of each layer that reads a style (the paper's are 256)", ganzoo.Range(1, 8192)] = 64
    layers: Annotated[int, "halvings by D: patches of 16, 34, 70 pixels", ganzoo.Range(1, 4)] = 2


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """C: x -> content (N, 4 width, H/4, W/4).  S: x -> style (N, S).  G: (c, s) -> x.  D: x -> (N, 1, H', W')."""
    encoder_depth(space, 2, least=2)
    nets: dict[str, nn.Module] = {}
    for i, channels in enumerate((source_of(space).shape[0], space.shape[0]), 1):
        nets[f"C{i}"] = residual_encoder(channels, config.width, config.blocks)
        nets[f"S{i}"] = code_encoder(channels, config.latent_dim, config.width)
        nets[f"G{i}"] = AdaptiveDecoder(channels, config.latent_dim, config.width, config.blocks, config.units)
        nets[f"D{i}"] = PatchDiscriminator(channels, 2 * config.width, config.layers, norm=nn.InstanceNorm2d)
    return nets


def judging(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """D1 and D2 descend it."""
    x1, x2, z = batch.source, batch.real, batch.z
    of_1 = least_squares_discriminator(nets.D1(x1), nets.D1(nets.G1(nets.C2(x2), torch.randn_like(z))))
    of_2 = least_squares_discriminator(nets.D2(x2), nets.D2(nets.G2(nets.C1(x1), z)))
    return {f"{name}{i}": 2 * term for i, terms in enumerate((of_1, of_2), 1) for name, term in terms.items()}


def translating(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """Both encoders and G descend it."""
    x1, x2, s2 = batch.source, batch.real, batch.z
    c1, c2, s1 = nets.C1(x1), nets.C2(x2), torch.randn_like(s2)
    terms = {
        "images1": config.images * (nets.G1(c1, nets.S1(x1)) - x1).abs().mean(),
        "images2": config.images * (nets.G2(c2, nets.S2(x2)) - x2).abs().mean(),
    }
    to_1 = (nets.G1(c2, s1), c2, s1, nets.C1, nets.S1, nets.D1)
    to_2 = (nets.G2(c1, s2), c1, s2, nets.C2, nets.S2, nets.D2)
    for i, (made, content, style, read_content, read_style, judge) in enumerate((to_1, to_2), 1):
        terms |= {
            f"fooled{i}": 2 * least_squares_generator(judge(made))["fooled"],
            f"contents{3 - i}": config.contents * (read_content(made) - content).abs().mean(),
            f"styles{i}": config.styles * (read_style(made) - style).abs().mean(),
        }
    return terms


def players(config: Config) -> list[ganzoo.Player]:
    """Both discriminators, then all encoders and generators."""
    return [
        ganzoo.minimize(judging, over=("D1", "D2"), by=config.adam),
        ganzoo.minimize(translating, over=("C1", "S1", "G1", "C2", "S2", "G2"), by=config.adam),
    ]


def generate(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> Tensor:
    """The content of x1 in the style z of the other domain."""
    made: Tensor = nets.G2(nets.C1(batch.source), batch.z)
    return made


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for two domains of pictures of one size, whose translation takes pictures of any."""
    return ganzoo.Architecture(
        Config, networks, players, generate=generate, generator=("C1", "G2"), discriminator=("D2",), source="unpaired",
        degrade="edges", multiple=4, batch=8, steps=800,
    )  # fmt: skip
