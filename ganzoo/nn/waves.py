"""Networks of sounds, by convolutions in time. Shapes: N batch, C channels, T numbers of a sound.

Donahue et al. 2019, Adversarial Audio Synthesis, arXiv:1802.04208
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ganzoo.contract import Space
from ganzoo.errors import UsageError
from ganzoo.nn.blocks import SLOPE

__all__ = ["PhaseShuffle", "wave_encoder", "wave_generator"]

KERNEL, STRIDE = 25, 4  # tables 3 and 4
SHORTEST = 8  # numbers in time at the smallest layer, 16 in the paper


class PhaseShuffle(nn.Module):
    """Shifts each sample's layer in time by up to n steps, drawn for it, with reflection at the ends; in training.

    (N, C, T) -> (N, C, T). Section 3.3: so that the phase of artefacts does not give a fake away.
    """

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def forward(self, x: Tensor) -> Tensor:  # noqa: D102
        if not (self.training and self.most):
            return x
        length = x.shape[-1]
        shift = torch.randint(-self.most, self.most + 1, (len(x), 1), device=x.device)
        place = (torch.arange(length, device=x.device) + shift).abs()
        place = length - 1 - (length - 1 - place).abs()
        return x.gather(2, place[:, None].expand_as(x))


def doublings(space: Space) -> int:
    """How often T is divided by four, down to 8 or more. Raises UsageError for lengths that do not divide so."""
    length, times = space.shape[-1], 0
    while length % STRIDE == 0 and length // STRIDE >= SHORTEST:
        length, times = length // STRIDE, times + 1
    if not times or length >= SHORTEST * STRIDE:
        raise UsageError(f"sounds of {space.shape[-1]} numbers: these networks quarter them to 8 to 31; "
                         "type --size 4096 or another power of two")  # fmt: skip
    return times


def wave_generator(space: Space, latent_dim: int, width: int) -> nn.Sequential:
    """Transposed convolutions that quadruple the length: (N, Z) -> (N, 1, T) in [-1, 1].

    width: channels before the last layer; they double with each layer towards the noise. Table 3. Raises UsageError.
    """
    times = doublings(space)
    channels = [width * 2**level for level in reversed(range(times))]
    first = space.shape[-1] // STRIDE**times
    layers: list[nn.Module] = [nn.Linear(latent_dim, channels[0] * first), nn.Unflatten(1, (channels[0], first))]
    for before, after in zip(channels, [*channels[1:], space.shape[0]], strict=True):
        layers += [nn.ReLU(), nn.ConvTranspose1d(before, after, KERNEL, STRIDE, padding=11, output_padding=1)]
    return nn.Sequential(*layers, nn.Tanh())


def wave_encoder(space: Space, width: int, shuffle: int) -> nn.Sequential:
    """Convolutions that quarter the length, each but the last followed by phase shuffle: (N, 1, T) -> (N, F).

    width: channels after the first layer; they double with each layer. Table 4. Raises UsageError.
    """
    times = doublings(space)
    layers: list[nn.Module] = []
    before = space.shape[0]
    for level in range(times):
        after = width * 2**level
        layers += [nn.Conv1d(before, after, KERNEL, STRIDE, padding=11), nn.LeakyReLU(SLOPE)]
        layers += [PhaseShuffle(shuffle)] if level < times - 1 else []
        before = after
    return nn.Sequential(*layers, nn.Flatten())
