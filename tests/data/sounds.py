"""Sounds and wav files that several tests make."""

import io

import numpy as np
from scipy.io import wavfile


def wav(numbers, rate=8000):
    """The bytes of a wav file."""
    buffer = io.BytesIO()
    wavfile.write(buffer, rate, numbers)
    return buffer.getvalue()


def tone(length, rate, hertz=400.0):
    """Numbers (length,) of a sine."""
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(length) / rate)
