"""Markovian GAN: paints pictures in the texture of others, by patches.

    min_G  E_t + alpha_1 E_c + alpha_2 Y                                             eq. 1, of x = G(x_c)
    E_t = E max(0, 1 - D(phi_t(x)))                                                  eq. 2
    E_c = mean (phi_c(x) - phi_c(x_c))^2,   Y = mean (x_{i+1,j} - x_{i,j})^2 + mean (x_{i,j+1} - x_{i,j})^2
    min_D  E max(0, 1 - D(phi_t(x_t))) + E max(0, 1 + D(phi_t(x)))                   section 3

x_c are the sources, x_t the pictures whose texture is wanted: `--data PAINTINGS --source PHOTOS`. D judges patches of
phi_t, which is the layer relu3_1 of VGG-19 with content=vgg, and phi_c relu4_1. With content=pixels, where no weights
are needed, phi_t are the pixels and phi_c their means over 4x4. The paper's G decodes VGG's features of x_c, from pairs
that its slow method (eq. 1 solved for each x) has painted; here G reads x_c and descends eq. 1 itself. Its norm is over
the batch, as the authors' is: one over each picture would take its brightness and its colour away.

Paper: Li and Wand 2016, Precomputed Real-Time Texture Synthesis with Markovian Generative Adversarial Networks,
  arXiv:1604.04382
Tasks: style-transfer, editing, translation
"""
# Shapes: N batch, C H W image, the same for x_c and x_t.

from dataclasses import dataclass
from typing import Annotated, Literal

from torch import Tensor, nn

import ganzoo
from ganzoo.nn import PatchDiscriminator, content, encoder_depth, hinge, residual_translator, source_of


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.AdamConfig):
    """Weights are ours; the networks are small, for a CPU."""

    content: Annotated[Literal["pixels", "vgg"], "phi, what patches and contents are of (the paper's is vgg)"] = (
        "pixels"
    )
    fidelity: Annotated[float, "alpha_1: weight of keeping the content", ganzoo.Range(0, 1e6)] = 10.0
    smoothness: Annotated[float, "alpha_2: weight of Y", ganzoo.Range(0, 1e4)] = 0.0
    lr: Annotated[float, "Adam's step size", ganzoo.Range(0, 1)] = 5e-4
    width: Annotated[int, "channels of G at the full size and half of D's first", ganzoo.Range(1, 256)] = 8
    blocks: Annotated[int, "residual blocks of G", ganzoo.Range(0, 32)] = 2
    layers: Annotated[int, "halvings by D: patches of 16, 34, 70 pixels of phi_t", ganzoo.Range(1, 4)] = 1


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G: x_c -> x in [-1, 1].  D: phi_t(x) -> (N, 1, H', W'), unbounded.  texture, content: phi_t, phi_c."""
    source, channels = source_of(space), space.shape[0]
    encoder_depth(space, 2, least=2)
    pixels = config.content == "pixels"
    if pixels and source.shape != space.shape:
        raise ganzoo.GanzooError(f"sources of {source} and targets of {space}: type --channels 1, or -o content=vgg")
    seen = channels if pixels else 256  # maps of relu3_1
    return {
        "G": residual_translator(source.shape[0], channels, config.width, config.blocks, norm=nn.BatchNorm2d),
        "D": PatchDiscriminator(seen, 2 * config.width, config.layers, norm=nn.InstanceNorm2d),
        "texture": content(config.content, convolutions=5),
        "content": nn.AvgPool2d(4) if pixels else content("vgg", convolutions=9),
    }


def judging(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """D climbs it."""
    return hinge(nets.D(nets.texture(batch.real)), nets.D(nets.texture(nets.G(batch.source))))


def painting(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """G descends it."""
    made = nets.G(batch.source)
    apart = (nets.content(made) - nets.content(batch.source)).square().mean()
    rough = made.diff(dim=2).square().mean() + made.diff(dim=3).square().mean()
    return {
        "texture": (1 - nets.D(nets.texture(made))).relu().mean(),
        "content": config.fidelity * apart,
        "rough": config.smoothness * rough,
    }


def players(config: Config) -> list[ganzoo.Player]:
    """D, then G."""
    return [
        ganzoo.maximize(judging, over="D", by=config.adam),
        ganzoo.minimize(painting, over="G", by=config.adam),
    ]


def score(nets: ganzoo.Nets, samples: Tensor, batch: ganzoo.Batch, config: Config) -> Tensor:
    """D's values, the mean over patches: (N,)."""
    judged: Tensor = nets.D(nets.texture(samples))
    return judged.mean((1, 2, 3))


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for pictures and paintings of one size, whose translation takes pictures of any."""
    return ganzoo.Architecture(
        Config, networks, players, discriminator=(), score=score, source="unpaired", degrade="blur:2", multiple=4,
        batch=8, steps=1200, revision=2,
    )  # fmt: skip
