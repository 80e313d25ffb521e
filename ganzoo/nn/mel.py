"""Log-mel spectrograms of sounds. Shapes: N sounds, T numbers, M bands, L = T / HOP frames.

Pitches are spaced as Slaney 1998 (Auditory Toolbox) has them, which vocoders are trained on.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ganzoo.contract import Space
from ganzoo.errors import UsageError

__all__ = ["MelSpectrogram", "mel_of"]

WINDOW, HOP = 256, 64  # numbers: 32 and 8 ms at 8 kHz
FLOOR = 1e-5  # a magnitude below it is silence
KNEE, ABOVE = 1000.0, math.log(6.4) / 27  # Hz up to which mels are Hz by 200/3, and the step of their logarithm above


class MelSpectrogram(nn.Module):
    """Sounds (N, 1, T) -> the logarithm of their magnitudes in M bands (N, M, L), from log 1e-5 for silence.

    rate: numbers a second; the bands cover all pitches up to half of it. T is a multiple of 64. Kong et al. 2020,
    HiFi-GAN, section 3.2, with windows of 256 in place of 1,024.
    """

    bands: Tensor
    window: Tensor

    def __init__(self, rate: int, bands: int) -> None:
        super().__init__()
        self.register_buffer("bands", _bands(rate, bands).clone(), persistent=False)
        self.register_buffer("window", torch.hann_window(WINDOW), persistent=False)

    def forward(self, sounds: Tensor) -> Tensor:  # noqa: D102
        around = F.pad(sounds.float(), ((WINDOW - HOP) // 2,) * 2, mode="reflect")[:, 0]
        spectra = torch.stft(around, WINDOW, HOP, window=self.window, center=False, return_complex=True)
        return torch.log((self.bands @ spectra.abs()).clamp(min=FLOOR))


def mel_of(space: Space) -> MelSpectrogram:
    """What the sources of a space of sounds are made by. Raises UsageError where they are no mel spectrograms."""
    degraded = str(space.source.details.get("degraded", "")) if space.source else ""
    if not degraded.startswith("mel"):
        raise UsageError("this GAN makes sounds of mel spectrograms, and the sources are none; type --degrade mel")
    assert space.source is not None
    return MelSpectrogram(int(space.details["rate"]), space.source.shape[0])


@cache
def _bands(rate: int, count: int) -> Tensor:
    """Triangles (M, WINDOW / 2 + 1) that overlap by half and have one area each in Hz."""
    greatest = _mels(rate / 2)
    exact: dict[str, Any] = {"dtype": torch.float64, "device": "cpu"}  # kept, though networks are also built on none
    edges = torch.tensor([_hertz(greatest * k / (count + 1)) for k in range(count + 2)], **exact)
    pitches = torch.linspace(0, rate / 2, WINDOW // 2 + 1, **exact)
    low, middle, high = (edges[k : k + count, None] for k in range(3))
    triangles = torch.minimum((pitches - low) / (middle - low), (high - pitches) / (high - middle)).clamp(min=0)
    return (triangles * 2 / (high - low)).float()


def _mels(hertz: float) -> float:
    slow = min(hertz, KNEE) * 3 / 200
    return slow + (math.log(hertz / KNEE) / ABOVE if hertz > KNEE else 0)


def _hertz(mels: float) -> float:
    knee = KNEE * 3 / 200
    return min(mels, knee) * 200 / 3 * math.exp(ABOVE * max(0.0, mels - knee))
