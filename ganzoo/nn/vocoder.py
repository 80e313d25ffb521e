"""From mel spectrograms to sounds, and judges of sounds by period and by scale.

Shapes: N sounds, T numbers, M bands, L frames, C channels.
Kong et al. 2020, HiFi-GAN, arXiv:2010.05646, sections 2.2, 2.3 and appendix A; smaller, for a CPU
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import weight_norm

__all__ = ["Vocoder", "WaveJudges"]

SLOPE = 0.1  # of LeakyReLU below zero
KERNELS, DILATIONS = (3, 5, 7), ((1, 2), (2, 6), (3, 12))  # of the residual blocks, V3 in table 5
UPSAMPLING = (4, 4, 4)  # their product is the hop of the spectrogram
PERIODS, SCALES = (2, 3, 5, 7, 11), 3


class Residual(nn.Module):
    """Dilated convolutions, each added to what it was given: (N, C, T) -> (N, C, T)."""

    def __init__(self, channels: int, kernel: int, dilations: tuple[int, ...]) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            weight_norm(nn.Conv1d(channels, channels, kernel, dilation=step, padding=(kernel - 1) * step // 2))
            for step in dilations
        )

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            x = x + layer(F.leaky_relu(x, SLOPE))
        return x


class Fusion(nn.Module):
    """The mean of residual blocks of several reaches, multi-receptive field fusion: (N, C, T) -> (N, C, T)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        pairs = zip(KERNELS, DILATIONS, strict=True)
        self.blocks = nn.ModuleList(Residual(channels, kernel, dilations) for kernel, dilations in pairs)

    def forward(self, x: Tensor) -> Tensor:
        return torch.stack([block(x) for block in self.blocks]).mean(0)


class Vocoder(nn.Sequential):
    """Transposed convolutions that lengthen frames 64 times, with fusion: (N, M, L) -> (N, 1, 64 L) in [-1, 1].

    width: channels at the length of the frames; they halve with each lengthening. L is any.
    """

    def __init__(self, bands: int, width: int) -> None:
        layers: list[nn.Module] = [weight_norm(nn.Conv1d(bands, width, 7, padding=3))]
        for times in UPSAMPLING:
            layers += [
                nn.LeakyReLU(SLOPE),
                weight_norm(nn.ConvTranspose1d(width, width // 2, 2 * times, times, padding=times // 2)),
                Fusion(width // 2),
            ]
            width //= 2
        super().__init__(*layers, nn.LeakyReLU(SLOPE), weight_norm(nn.Conv1d(width, 1, 7, padding=3)), nn.Tanh())


class Judge(nn.Module):
    """Convolutions whose every output is asked for: sounds (N, 1, T) -> feature maps, the last of them scores.

    period: numbers at this distance are seen alone, as pictures (N, 1, T / period, period); or scale: the sound is
    averaged to a length that so many halvings leave.
    """

    def __init__(self, width: int, *, period: int = 0, scale: int = 0) -> None:
        super().__init__()
        self.period, self.scale = period, scale
        self.layers = nn.ModuleList()
        before = 1
        for after in (width, 2 * width, 4 * width, 4 * width):
            self.layers.append(
                nn.Conv2d(before, after, (5, 1), (3, 1), padding=(2, 0))
                if period
                else nn.Conv1d(before, after, 15, 3, padding=7, groups=min(4, before))
            )
            before = after
        self.layers.append(
            nn.Conv2d(before, 1, (3, 1), padding=(1, 0)) if period else nn.Conv1d(before, 1, 3, padding=1)
        )
        for layer in self.layers:
            weight_norm(layer)

    def forward(self, x: Tensor) -> list[Tensor]:
        if self.period:
            x = F.pad(x, (0, -x.shape[2] % self.period), mode="reflect")
            x = x.view(len(x), 1, -1, self.period)
        for _ in range(self.scale):
            x = F.avg_pool1d(x, 4, 2, padding=2)
        maps = []
        for layer in self.layers[:-1]:
            x = F.leaky_relu(layer(x), SLOPE)
            maps.append(x)
        return [*maps, self.layers[-1](x)]


class WaveJudges(nn.Module):
    """The multi-period and the multi-scale discriminator: sounds (N, 1, T) -> the feature maps of each of eight judges.

    width: channels of each one's first layer. Spectral normalisation of the first scale is left out.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.judges = nn.ModuleList(
            [
                *(Judge(width, period=period) for period in PERIODS),
                *(Judge(width, scale=scale) for scale in range(SCALES)),
            ]
        )

    def forward(self, sounds: Tensor) -> list[list[Tensor]]:  # noqa: D102
        return [judge(sounds) for judge in self.judges]
