"""Networks that several plugins are built from. Shapes: N batch, Z latent, F features, C H W image."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, TypeVar

from torch import nn

from ganzoo.common import PlainConfig
from ganzoo.contract import Space
from ganzoo.errors import UsageError
from ganzoo.nn.dropout import Dropout

__all__ = [
    "conv_discriminator", "conv_encoder", "conv_generator", "convolutional", "discriminator_for", "encoder_for",
    "generator_for", "halvings", "he_init", "mlp", "normal_init", "plain_networks",
]  # fmt: skip

SLOPE = 0.2  # of LeakyReLU below zero, as in Radford et al. 2015, section 3
SIZES = (16, 32, 64, 128, 256)
# Hidden layers on vectors. Where modes lie apart, samples between them become fewer with each layer of a generator:
# after 3,000 steps of r3gan on ring8 a third of them with 2 layers, a twenty-fifth with 8.
VECTOR_GENERATOR, VECTOR_ENCODER = 8, 4
Norm = Callable[[int], nn.Module]
Net = TypeVar("Net", bound=nn.Module)


def convolutional(space: Space) -> bool:
    """Whether samples are square images of 16, 32, 64, 128 or 256 pixels, as convolutional networks need them."""
    return space.kind == "image" and space.shape[1] == space.shape[2] and space.shape[1] in SIZES


def halvings(shape: Sequence[int]) -> int:
    """How often an image (C, H, W) is halved to 4x4. Raises UsageError unless H = W is 16, 32, 64, 128 or 256."""
    _, height, breadth = shape
    if height != breadth or height not in SIZES:
        near = min(SIZES, key=lambda size: abs(size - max(height, breadth)))
        raise UsageError(
            f"images of {height}x{breadth}: these networks are built for square ones of "
            f"{', '.join(map(str, SIZES))} pixels; try --size {near}"
        )
    return int(math.log2(height)) - 2


def mlp(*features: int, dropout: float = 0.0, norm: Norm | None = None) -> nn.Sequential:
    """Linear layers with `norm`, LeakyReLU and dropout between them, none after the last.

    (N, first of features) -> (N, last of features), unbounded; torch's default initialisation.
    """
    layers: list[nn.Module] = []
    for i, (inward, outward) in enumerate(pairwise(features)):
        if i:
            layers += _normed(norm, inward)
            layers.append(nn.LeakyReLU(SLOPE, inplace=True))
            if dropout:
                layers.append(Dropout(dropout))
        layers.append(nn.Linear(inward, outward))
    return nn.Sequential(*layers)


def conv_generator(
    latent_dim: int, shape: Sequence[int], width: int, norm: Norm | None = nn.BatchNorm2d
) -> nn.Sequential:
    """Transposed convolutions that double the size from 4x4, with `norm` and ReLU: (N, Z) -> (N, C, H, W).

    No norm on the last layer, which ends in tanh. width: channels at half the full size; they double with
    each further halving, up to 8 times. One side may be a multiple of the other: then they begin at 4x8, 12x4, ...
    Radford et al. 2015, figure 1. Raises UsageError.
    """
    channels = _channels(shape, width)[::-1]
    layers: list[nn.Module] = [nn.Unflatten(1, (latent_dim, 1, 1))]
    before = latent_dim
    for level, after in enumerate(channels):  # to 4x4, then doubled
        how: tuple[Any, int, int] = (_smallest(shape), 1, 0) if level == 0 else (4, 2, 1)
        layers += [nn.ConvTranspose2d(before, after, *how, bias=norm is None), *_normed(norm, after)]
        layers += [nn.ReLU(inplace=True)]
        before = after
    return nn.Sequential(*layers, nn.ConvTranspose2d(before, shape[0], 4, 2, 1), nn.Tanh())


def conv_encoder(shape: Sequence[int], features: int, width: int, norm: Norm | None = nn.BatchNorm2d) -> nn.Sequential:
    """Strided convolutions that halve the size to 4x4, with `norm` and LeakyReLU: (N, C, H, W) -> (N, F), unbounded.

    No norm on the first layer and on the last. width: channels at half the full size, and sides, as in
    `conv_generator`. Radford et al. 2015, section 3. Raises UsageError.
    """
    layers: list[nn.Module] = []
    before = shape[0]
    for level, after in enumerate(_channels(shape, width)):  # halved, to 4x4
        normed = _normed(norm if level else None, after)
        layers += [
            nn.Conv2d(before, after, 4, 2, 1, bias=not normed),
            *normed,
            nn.LeakyReLU(SLOPE, inplace=True),
        ]
        before = after
    return nn.Sequential(*layers, nn.Conv2d(before, features, _smallest(shape)), nn.Flatten(1))


def conv_discriminator(shape: Sequence[int], width: int, norm: Norm | None = nn.BatchNorm2d) -> nn.Sequential:
    """`conv_encoder` with one feature, the logit: (N, C, H, W) -> (N,). Raises UsageError."""
    return nn.Sequential(*conv_encoder(shape, 1, width, norm)[:-1], nn.Flatten(0))


def generator_for(
    space: Space,
    latent_dim: int,
    width: int,
    units: int,
    *,
    hidden: int | None = None,
    norm: Norm | None = nn.BatchNorm2d,
) -> nn.Sequential:
    """A generator for any space of images or vectors: (N, Z) -> (N, *shape), in [-1, 1] where the data are.

    `conv_generator` with width and norm for square images of 16, 32, ... 256 pixels, drawn by `normal_init` if it has
    a norm; for all else an `mlp` with `hidden` layers of `units` (2, of vectors 8), without a norm, drawn by `he_init`
    if of vectors.
    """
    if convolutional(space):
        generator = conv_generator(latent_dim, space.shape, width, norm)
        return normal_init(generator) if norm else generator
    bound = nn.Identity() if space.range is None else nn.Tanh()
    body = _perceptron(space, (latent_dim, space.numbers), units, hidden, VECTOR_GENERATOR)
    return nn.Sequential(body, bound, nn.Unflatten(1, space.shape))


def encoder_for(
    space: Space,
    features: int,
    width: int,
    units: int,
    *,
    hidden: int | None = None,
    norm: Norm | None = nn.BatchNorm2d,
    dropout: float = 0.0,
) -> nn.Sequential:
    """An encoder for any space, of the kind that `generator_for` gives: (N, *shape) -> (N, F), unbounded.

    hidden: of an `mlp`, by default 2, of vectors 4. dropout: of an `mlp` too.
    """
    if convolutional(space):
        encoder = conv_encoder(space.shape, features, width, norm)
        return normal_init(encoder) if norm else encoder
    return nn.Sequential(
        nn.Flatten(), *_perceptron(space, (space.numbers, features), units, hidden, VECTOR_ENCODER, dropout)
    )


def discriminator_for(
    space: Space,
    width: int,
    units: int,
    *,
    hidden: int | None = None,
    norm: Norm | None = nn.BatchNorm2d,
    dropout: float = 0.0,
) -> nn.Sequential:
    """`encoder_for` with one feature, the logit of being real or a critic's score: (N, *shape) -> (N,)."""
    encoder = encoder_for(space, 1, width, units, hidden=hidden, norm=norm, dropout=dropout)
    return nn.Sequential(*encoder, nn.Flatten(0))


def plain_networks(config: PlainConfig, space: Space, norm: Norm | None = nn.BatchNorm2d) -> dict[str, nn.Module]:
    """The networks of a GAN that is set apart by its losses alone.

    G: (N, Z) -> (N, *S), as `generator_for`.  D: (N, *S) -> (N,), as `discriminator_for`, with `norm`.
    """
    return {
        "G": generator_for(space, config.latent_dim, config.width, config.units),
        "D": discriminator_for(space, config.width, config.units, norm=norm),
    }


def normal_init(net: Net) -> Net:
    """Draw convolutions' weights from N(0, .02) and batch norm's gains from N(1, .02); biases are 0.

    Returns the same network. Radford et al. 2015, section 4; the gains are from the authors' code.
    """
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d | nn.BatchNorm2d):
            nn.init.normal_(layer.weight, 1.0 if isinstance(layer, nn.BatchNorm2d) else 0.0, 0.02)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
    return net


def he_init(net: Net) -> Net:
    """Draw linear layers' weights so that LeakyReLU keeps the size of what passes; biases as torch draws them.

    Returns the same network. He et al. 2015, eq. 14 (there biases are 0: on the plane all folds would cross there).
    """
    for layer in net.modules():
        if isinstance(layer, nn.Linear):
            nn.init.kaiming_uniform_(layer.weight, a=SLOPE)
    return net


def _perceptron(
    space: Space, ends: tuple[int, int], units: int, hidden: int | None, on_vectors: int, dropout: float = 0.0
) -> nn.Sequential:
    """`mlp` between two sizes; on vectors deeper by default, and drawn for that."""
    layers = hidden if hidden is not None else on_vectors if space.kind == "vector" else 2
    net = mlp(ends[0], *[units] * layers, ends[1], dropout=dropout)
    return he_init(net) if space.kind == "vector" else net


def _normed(norm: Norm | None, channels: int) -> list[nn.Module]:
    return [norm(channels)] if norm else []


def _channels(shape: Sequence[int], width: int) -> list[int]:
    """Channels from the full size's half down to 4x4: width, 2 width, 4 width, 8 width, 8 width, ..."""
    return [width * min(2**level, 8) for level in range(_halvings_of_the_shorter(shape))]


def _halvings_of_the_shorter(shape: Sequence[int]) -> int:
    """`halvings` of the square of the shorter side, where the longer one is a multiple of it. Raises UsageError."""
    short, long = sorted(shape[1:])
    return halvings(shape if long % short else (shape[0], short, short))


def _smallest(shape: Sequence[int]) -> tuple[int, int]:
    """The sides after all halvings: 4x4 of a square image."""
    times = _halvings_of_the_shorter(shape)
    return shape[1] >> times, shape[2] >> times
