"""Sounds as wav files and as pictures of their spectrograms. Shapes: N sounds, T numbers of each."""

from __future__ import annotations

import io
import wave
from typing import TYPE_CHECKING

import torch
from PIL import Image
from torch import Tensor

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["spectrogram", "wav_bytes"]

_PAUSE = 0.25  # seconds between two sounds in one file
_FLOOR = 1e-3  # of the greatest magnitude, 60 dB below it, is black
_WINDOW, _WIDE = 256, 128  # numbers of a window, and columns of a picture, about


def wav_bytes(sounds: NDArray[np.float32], rate: int) -> bytes:
    """Sounds (N, T) in [-1, 1], one after another with a pause between, as a wav file of 16 bits, mono."""
    import numpy as np

    pause = int(_PAUSE * rate) if len(sounds) > 1 else 0
    numbers = np.rint(np.clip(np.pad(sounds, ((0, 0), (0, pause))), -1, 1) * 32767).astype("<i2")
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(numbers.tobytes())
    return buffer.getvalue()


def spectrogram(sound: Tensor) -> Image.Image:
    """A sound (T,) as a grey picture: time to the right, pitch upwards, loudness in decibels."""
    size = min(_WINDOW, len(sound))
    window = torch.hann_window(size)
    hop = max(1, len(sound) // _WIDE)
    magnitude = torch.stft(sound.float(), size, hop, window=window, return_complex=True).abs()
    loudness = torch.log10((magnitude / magnitude.amax().clamp(min=1e-8)).clamp(min=_FLOOR))
    levels = (loudness / -torch.log10(torch.tensor(_FLOOR)) + 1) * 255
    return Image.fromarray(levels.flip(0).byte().numpy())
