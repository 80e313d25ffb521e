"""One sound: a wav file's numbers, and a sound at another rate and of another length. Shapes: t, T numbers."""

from __future__ import annotations

import io
import warnings
from math import gcd
from typing import Any

import numpy as np

__all__ = ["FULL", "Array", "fitted", "read_wav", "resampled"]

Array = np.ndarray[Any, Any]
FULL = 32767  # of 16 bits, as samples are kept
FASTEST = 1_000_000  # numbers a second; beyond it, a header is damaged


def read_wav(contents: bytes, most: int | None = None) -> tuple[int, Array]:
    """The rate and the sound (T,) in [-1, 1] of a wav file, mixed to mono; most: of its numbers, the first ones.

    Raises ValueError, EOFError or struct.error for what is none or has no length.
    """
    from scipy.io import wavfile

    if not contents.startswith((b"RIFF", b"RIFX", b"RF64")):
        raise ValueError("no wav file")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", wavfile.WavFileWarning)  # chunks of other programs, which say nothing of sound
        rate, data = wavfile.read(io.BytesIO(contents))
    if not data.size:
        raise ValueError("no sound in it")
    if not 0 < rate <= FASTEST:
        raise ValueError(f"a rate of {rate:,} Hz")
    if not np.isfinite(data).all():
        raise ValueError("numbers that are not finite")
    data = data[:most]
    if data.dtype == np.uint8:
        data = (data.astype(np.float32) - 128) / 128
    elif data.dtype.kind == "i":  # 24 bits come in the upper three bytes of 32
        data = data / float(np.iinfo(data.dtype).max)
    return int(rate), np.asarray(data if data.ndim == 1 else data.mean(1), np.float64)


def fitted(sound: Array, own: int, rate: int, length: int) -> Array:
    """A sound (t,) of `own` numbers a second as (length,) int16 of `rate`: its beginning, filled up with silence."""
    if own != rate:
        sound = resampled(sound, own, rate)
    sound = np.rint(np.clip(sound[:length], -1, 1) * FULL).astype(np.int16)
    return np.pad(sound, (0, length - len(sound)))


def resampled(sound: Array, own: int, rate: int) -> Array:
    """A sound (t,) of `own` numbers a second with `rate` of them."""
    from scipy.signal import resample_poly

    found: Array = resample_poly(sound, rate // gcd(rate, own), own // gcd(rate, own))
    return found
