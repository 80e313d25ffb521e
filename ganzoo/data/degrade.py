"""Degraded copies of samples, which a translation learns to undo: pairs from any images, tables and sounds.

Shapes: N batch, C H W image in [-1, 1]. Of images, what comes out has the 256 levels that a picture's file would keep.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor

from ganzoo.contract import Kind, Space
from ganzoo.data.hiding import hidden_columns, hide
from ganzoo.data.luma import luma
from ganzoo.degradation import read_degradation
from ganzoo.errors import DataError
from ganzoo.nn.mel import HOP, WINDOW, MelSpectrogram

__all__ = ["Degradation"]


KINDS: dict[str, Kind] = {"hide": "table", "mel": "audio"}  # what each is for, where it is not for images


@dataclass(frozen=True)
class Degradation:
    """What `--degrade NAME[:AMOUNT]` does to samples; `name`, `amount` as `read_degradation` gives them.

    edges: white where brightness changes (Sobel), 1 channel. grey: luma, 1 channel. mask: the centre square of half
    the side, or one at a drawn place, is mid grey. downscale: bicubic with antialias, the amount's part of the side.
    noise: Gaussian, the amount is its standard deviation with white as 1. blur: Gaussian, the amount's pixels wide.
    hide: of a table, the amount's share of the cells, drawn. mel: of a sound, its log-mel spectrogram
    in that many bands.
    """

    name: str
    amount: float | int | str | None

    @classmethod
    def read(cls, text: str) -> Degradation:
        """The degradation as it is typed. Raises UsageError."""
        return cls(*read_degradation(text))

    def __str__(self) -> str:
        amount = f"{self.amount:g}" if isinstance(self.amount, float) else self.amount
        return self.name if amount is None else f"{self.name}:{amount}"

    def space(self, space: Space) -> Space:
        """The space of the degraded samples. Raises DataError where samples of `space` cannot be degraded so."""
        kind = KINDS.get(self.name, "image")
        if space.kind != kind:
            others = replace(space, kind=kind).plural
            raise DataError(f"--degrade {self} is for {others}, and these data are {space.plural}; leave it out")
        if self.name == "hide":
            columns = hidden_columns(space, float(self.amount or 0))
            details = {"columns": [column.to_dict() for column in columns], "degraded": str(self)}
            return replace(space, shape=(columns[-1].stop,), details=details)
        if self.name == "mel":
            if space.shape[-1] % HOP or space.shape[-1] < WINDOW:
                near = max(WINDOW, round(space.shape[-1] / HOP) * HOP)
                raise DataError(f"--degrade {self}: sounds are multiples of {HOP} numbers long; type --size {near}")
            shape = (int(self.amount or 1), space.shape[-1] // HOP)
            details = {**space.details, "degraded": str(self)}
            return replace(space, shape=shape, range=None, details=details)
        channels, height, width = space.shape
        if self.name == "grey" and channels == 1:
            raise DataError("--degrade grey: these images are grey already; type --channels 3, or --degrade edges")
        if self.name == "downscale":
            factor = int(self.amount or 1)
            if height % factor or width % factor:
                near = max(factor, round(height / factor) * factor)
                raise DataError(
                    f"--degrade {self}: images of {height}x{width} cannot be divided by {factor}; type --size {near}"
                )
            height, width = height // factor, width // factor
        if self.name in ("edges", "grey"):
            channels = 1
        return replace(space, shape=(channels, height, width), details={"degraded": str(self)})

    def __call__(self, samples: Tensor, seed: int, space: Space | None = None) -> Tensor:
        """Degraded samples (N, *self.space(space).shape) of samples (N, *space.shape); the same for the same seed.

        space: of the samples, where they are no images.
        """
        generator = torch.Generator(samples.device).manual_seed(seed)
        if self.name == "mel":
            assert space is not None, "a pitch is known by the rate"
            mel: Tensor = MelSpectrogram(int(space.details["rate"]), int(self.amount or 1)).to(samples.device)(samples)
            return mel
        if self.name == "hide":
            assert space is not None, "a row is known by its columns"
            return hide(samples, space, float(self.amount or 0), generator)
        degraded: Tensor = getattr(self, f"_{self.name}")(samples, generator)
        return (degraded * 127.5 + 127.5).round_().clamp_(0, 255).div_(127.5).sub_(1)

    def _edges(self, images: Tensor, generator: torch.Generator) -> Tensor:
        grey = F.pad(luma(images), (1, 1, 1, 1), mode="replicate")
        down = torch.tensor([[-1.0, -2.0, -1.0], [0.0, 0.0, 0.0], [1.0, 2.0, 1.0]], device=images.device) / 4
        slopes = F.conv2d(grey, torch.stack([down, down.T])[:, None])  # at most 2 along each axis
        return slopes.square().sum(1, keepdim=True).sqrt() - 1

    def _grey(self, images: Tensor, generator: torch.Generator) -> Tensor:
        return luma(images)

    def _mask(self, images: Tensor, generator: torch.Generator) -> Tensor:
        n, _, height, width = images.shape
        rows, columns = torch.arange(height, device=images.device), torch.arange(width, device=images.device)
        place = torch.full((2, n, 1), 0.5, device=images.device)
        if self.amount == "random":
            place = torch.rand(2, n, 1, generator=generator, device=images.device)
        top, left = (place[0] * (height - height // 2)).long(), (place[1] * (width - width // 2)).long()
        inside = ((rows >= top) & (rows < top + height // 2))[:, None, :, None]
        inside = inside & ((columns >= left) & (columns < left + width // 2))[:, None, None, :]
        return images.masked_fill(inside, 0.0)

    def _downscale(self, images: Tensor, generator: torch.Generator) -> Tensor:
        factor = int(self.amount or 1)
        size = (images.shape[2] // factor, images.shape[3] // factor)
        return F.interpolate(images, size, mode="bicubic", antialias=True)

    def _noise(self, images: Tensor, generator: torch.Generator) -> Tensor:
        noise = torch.randn(images.shape, generator=generator, device=images.device)
        return images + 2 * float(self.amount or 0) * noise

    def _blur(self, images: Tensor, generator: torch.Generator) -> Tensor:
        sigma = float(self.amount or 0)
        reach = max(1, math.ceil(3 * sigma))
        steps = torch.arange(-reach, reach + 1, device=images.device, dtype=images.dtype)
        weights = torch.exp(-steps.square() / (2 * sigma**2))
        weights = weights / weights.sum()
        flat = images.flatten(0, 1)[:, None]
        flat = F.conv2d(F.pad(flat, (reach, reach, 0, 0), mode="replicate"), weights[None, None, None, :])
        flat = F.conv2d(F.pad(flat, (0, 0, reach, reach), mode="replicate"), weights[None, None, :, None])
        return flat[:, 0].view_as(images)
