"""Sounds and the magnitudes of their short-time spectra, there and back. Shapes: N sounds, T numbers, B bins, M frames.

Windows are Hann's; a new frame begins every half window, or every `hop` numbers.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganzoo.contract import Space
from ganzoo.errors import UsageError

__all__ = ["SoundPictures", "griffin_lim", "spectra"]

TINY = 1e-12  # a magnitude whose phase is defined
FLOOR = 1e-3  # added to a magnitude: 90 dB below a full sine in a window of 128
CLIP = 3.0  # standard deviations that are -1 and 1
SHORTEST = 16  # frames
NARROW = 1e-3  # the least standard deviation


def spectra(sounds: Tensor, window: int, hop: int = 0) -> Tensor:
    """The magnitudes of sounds (N, T): (N, B, M) with B = window / 2 + 1 and M = 1 + T / hop."""
    return _transformed(sounds, window, hop).abs()


def griffin_lim(magnitudes: Tensor, window: int, length: int, rounds: int, hop: int = 0) -> Tensor:
    """Sounds (N, length) whose spectra come near these magnitudes (N, B, M); in every round a little nearer.

    A round takes the phases of the sound as it is. The first phases are uniform draws of torch's. Griffin and Lim 1984,
    Signal Estimation from Modified Short-Time Fourier Transform, section III.
    """
    phases = torch.polar(torch.ones_like(magnitudes), 2 * torch.pi * torch.rand_like(magnitudes))
    sounds = _inverted(magnitudes * phases, window, length, hop)
    for _ in range(rounds):
        found = _transformed(sounds, window, hop)
        sounds = _inverted(magnitudes * found / found.abs().clamp(min=TINY), window, length, hop)
    return sounds


class SoundPictures(nn.Module):
    """The logarithms of spectra as pictures: (N, 1, T) -> (N, 1, B, M) in [-1, 1]; each pitch by its mean and spread.

    Clipped at three standard deviations. The highest pitch and the last frame are left out, so that B is half a window
    and B M = T: powers of two. `take` gives the means; before, everything is clipped. Raises UsageError.
    Donahue et al. 2019, Adversarial Audio Synthesis, arXiv:1802.04208, section 3.2
    """

    mean: Tensor
    square: Tensor
    turns: Tensor

    def __init__(self, space: Space, window: int) -> None:
        super().__init__()
        bins, length = window // 2, space.shape[-1]
        frames, rest = divmod(length, bins)
        if rest or frames < SHORTEST or frames.bit_count() > 1 or bins.bit_count() > 1:
            raise UsageError(
                f"sounds of {length:,} numbers in windows of {window}: these pictures are powers of two wide and high; "
                "type --size 4096, or another power of two, and -o window=128, or another"
            )
        self.window, self.length = window, length
        self.shape = (1, bins, frames)
        self.register_buffer("mean", torch.zeros(bins))
        self.register_buffer("square", torch.ones(bins))
        self.register_buffer("turns", torch.zeros(()))

    def loudness(self, sounds: Tensor) -> Tensor:
        """The logarithm of the magnitudes: (N, 1, T) -> (N, B, M)."""
        return torch.log(spectra(sounds[:, 0], self.window)[:, :-1, :-1] + FLOOR)

    def take(self, mean: Tensor, square: Tensor) -> None:
        """One more mean (B,) of loudness and of its square: what counts is their mean over all that were given."""
        self.turns += 1
        self.mean.lerp_(mean, 1 / self.turns)
        self.square.lerp_(square, 1 / self.turns)

    def forward(self, sounds: Tensor) -> Tensor:  # noqa: D102
        mean, reach = self._scale()
        return ((self.loudness(sounds) - mean) / reach).clamp(-1, 1)[:, None]

    def sounds(self, pictures: Tensor, rounds: int) -> Tensor:
        """Sounds (N, 1, T) in [-1, 1] by `griffin_lim`; the last frame stays on, the highest pitch is silent."""
        mean, reach = self._scale()
        magnitudes = (torch.exp(pictures[:, 0].float() * reach + mean) - FLOOR).clamp(min=0)
        magnitudes = F.pad(F.pad(magnitudes, (0, 1), mode="replicate"), (0, 0, 0, 1))
        return griffin_lim(magnitudes, self.window, self.length, rounds).clamp(-1, 1)[:, None]

    def _scale(self) -> tuple[Tensor, Tensor]:
        """The mean and three standard deviations of each pitch, (B, 1)."""
        deviation = (self.square - self.mean.square()).clamp(min=NARROW**2).sqrt()
        return self.mean[:, None], CLIP * deviation[:, None]


def _transformed(sounds: Tensor, window: int, hop: int) -> Tensor:
    weights = torch.hann_window(window, device=sounds.device)
    return torch.stft(sounds, window, hop or window // 2, window=weights, return_complex=True)


def _inverted(values: Tensor, window: int, length: int, hop: int) -> Tensor:
    """The sounds whose spectra are nearest in squares: overlapped and divided by what the windows add up to."""
    weights = torch.hann_window(window, device=values.device)
    return torch.istft(values, window, hop or window // 2, window=weights, length=length)
