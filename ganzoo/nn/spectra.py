"""Sounds and the magnitudes of their short-time spectra, there and back. Shapes: N sounds, T numbers, B bins, M frames.

Windows are Hann's; a new frame begins every half window, or every `hop` numbers.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganzoo.contract import Space
from ganzoo.errors import UsageError
from ganzoo.nn.blocks import SLOPE

__all__ = ["SoundPictures", "griffin_lim", "log_spectra", "spectra", "spectra_encoder"]

TINY = 1e-12  # a magnitude whose phase is defined
RAISED = 1.5  # the most that a round of Griffin and Lim's multiplies a magnitude by
FLOOR = 1e-3  # added to a magnitude: 90 dB below a full sine in a window of 128
CLIP = 3.0  # standard deviations that are -1 and 1
SHORTEST = 16  # frames
NARROW = 1e-3  # the least standard deviation
QUIET = 0.1  # added to a magnitude that a critic sees: 50 dB below a full sine in a window of 128
MIDDLE, REACH = -0.1, 2.2  # of the logarithm of that: silence is at -2.3, a full sine in a window of 128 at 3.5
HALVINGS = 4  # of a picture of spectra, to 5 x 5 of 65 x 65


def spectra(sounds: Tensor, window: int, hop: int = 0) -> Tensor:
    """The magnitudes of sounds (N, T): (N, B, M) with B = window / 2 + 1 and M = 1 + T / hop."""
    hann = torch.hann_window(window, device=sounds.device)
    return torch.stft(sounds, window, hop or window // 2, window=hann, return_complex=True).abs()


def log_spectra(sounds: Tensor, window: int) -> Tensor:
    """The logarithms of spectra as pictures: (N, 1, T) -> (N, 1, B, M), -1 for silence, up to about 2.

    Unlike `SoundPictures` they are the same for all data, and nothing is clipped. A window is at most T numbers wide.
    """
    found = spectra(sounds[:, 0].float(), min(window, sounds.shape[-1]))
    return ((torch.log(found + QUIET) - MIDDLE) / REACH)[:, None]


def spectra_encoder(width: int) -> nn.Sequential:
    """Convolutions that halve pictures of any size four times: (N, 1, B, M) -> (N, F).

    width: channels at half the size; they double with each halving.
    """
    layers: list[nn.Module] = []
    before = 1
    for level in range(HALVINGS):
        after = width * 2**level
        layers += [nn.Conv2d(before, after, 3, 2, padding=1), nn.LeakyReLU(SLOPE)]
        before = after
    return nn.Sequential(*layers, nn.Flatten())


def griffin_lim(magnitudes: Tensor, window: int, length: int, rounds: int, hop: int = 0) -> Tensor:
    """Sounds (N, length) whose spectra come near these magnitudes (N, B, M); in every round a little nearer.

    A round takes the phases of the sound as it is. Griffin and Lim 1984, Signal Estimation from Modified Short-Time
    Fourier Transform, section III, but that a round raises no magnitude more than by half: what is nearly 0 has the
    phase of its rounding, which would grow to what ONNX and torch do not agree on. The first phases are the same for
    all: those of steady waves that begin as in Schroeder 1970, Synthesis of Low-Peak-Factor Signals, for low peaks.
    Sums of real numbers alone, which ONNX has.
    """
    hop, device = hop or window // 2, magnitudes.device
    with torch.autocast(device.type, enabled=False):
        hann = torch.hann_window(window, device=device)
        pitch, time = torch.arange(window // 2 + 1, device=device), torch.arange(window, device=device)
        mirrored = torch.where(pitch % (window // 2) == 0, 1, 2)  # all but the lowest and the highest pitch
        analysis = _waves(time[:, None] * -pitch, window).flatten(1) * hann[:, None]  # (W, 2 B)
        synthesis = (_waves(time[:, None] * -pitch, window) * mirrored).flatten(1).T * hann / window  # (2 B, W)
        sizes = magnitudes.float().transpose(1, 2)[:, :, None]  # (N, M, 1, B)
        begins = hop * torch.arange(sizes.shape[1], device=device)
        parts = sizes * _waves(pitch * (pitch + begins[:, None]), window)  # (N, M, 2, B): real, imaginary
        heard = slice(window // 2, window // 2 + length)  # the first frame's middle is the first number
        weights = _overlapped(hann.square().expand(1, sizes.shape[1], window), hop)[:, heard]
        for left in reversed(range(rounds + 1)):
            sounds = _overlapped(parts.flatten(2) @ synthesis, hop)[:, heard] / weights
            if left:
                around = F.pad(sounds[:, None], (window // 2, window // 2), mode="reflect")[:, 0]
                found = torch.unflatten(around.unfold(1, window, hop) @ analysis, 2, (2, -1))
                size = found.square().sum(2, keepdim=True).sqrt().clamp(min=TINY)
                parts = found * (sizes / size).clamp(max=RAISED)
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


def _waves(turns: Tensor, window: int) -> Tensor:
    """The real and the imaginary part of a wave after so many W-ths of a turn: (K, B) whole numbers -> (K, 2, B)."""
    angles = turns % window * (2 * torch.pi / window)
    return torch.stack([angles.cos(), angles.sin()], 1)


def _overlapped(frames: Tensor, hop: int) -> Tensor:
    """The sum of frames (N, M, W), each `hop` numbers after the one before: (N, (M - 1) hop + W)."""
    pieces = torch.unflatten(frames, 2, (-1, hop))
    last = pieces.shape[2] - 1
    return torch.stack([F.pad(pieces[:, :, k], (0, 0, k, last - k)) for k in range(last + 1)]).sum(0).flatten(1)
