"""Sounds as pictures of their mel spectrograms, so that what looks at images can judge them. N sounds, T numbers."""

from __future__ import annotations

import math
from dataclasses import replace

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ganzoo.data import Dataset
from ganzoo.nn import MelSpectrogram
from ganzoo.nn.mel import FLOOR, HOP, WINDOW

__all__ = ["Listener", "pictured"]

_BANDS = 40
_LOUD = 1.5  # the logarithm of a magnitude that is white
_PART = 512  # sounds at once


class Listener(nn.Module):
    """Sounds (N, 1, T) -> pictures (N, 1, 40, T / 64) in [-1, 1]: -1 is silence."""

    def __init__(self, rate: int) -> None:
        super().__init__()
        self.mel = MelSpectrogram(rate, _BANDS)

    def forward(self, sounds: Tensor) -> Tensor:  # noqa: D102
        length = sounds.shape[-1]
        mel = self.mel(F.pad(sounds, (0, max(WINDOW - length, -length % HOP))))
        least = math.log(FLOOR)
        pictures: Tensor = ((mel - least) / (_LOUD - least) * 2 - 1).clamp(-1, 1)
        return pictures[:, None]


def pictured(dataset: Dataset) -> Dataset:
    """Sounds as an image data set with their labels: the pictures that `Listener` makes."""
    listener = Listener(int(dataset.space.details["rate"]))
    parts = [listener(dataset.real(index)) for index in torch.split(torch.arange(len(dataset)), _PART)]
    samples = torch.cat(parts).add(1).mul(127.5).round().byte()
    space = replace(dataset.space, kind="image", shape=tuple(samples.shape[1:]), details={})
    return replace(dataset, space=space, samples=samples)
