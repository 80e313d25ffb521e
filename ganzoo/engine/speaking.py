"""Sounds through a vocoder: a wav file of any rate and length in, the same sound made from its spectrogram out."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from ganzoo.data.degrade import Degradation
from ganzoo.data.wav import read_wav, resampled
from ganzoo.engine.generator import Generator
from ganzoo.engine.sounds import wav_bytes
from ganzoo.errors import DataError, UsageError

__all__ = ["translate_sound"]


def translate_sound(generator: Generator, path: Path, *, seed: int = 0) -> tuple[bytes, str]:
    """The sound of a wav file, degraded as the generator learned it and translated back, as long as it was.

    In mono and at the rate that was learned, which is said where it is another. Raises DataError if it is unreadable,
    UsageError for a generator that knows one length alone.
    """
    space, source = generator.space, generator.space.source
    assert source is not None, "a translation starts from something"
    if not (generator.architecture.multiple and "degraded" in source.details):
        raise UsageError(f"{generator.name} translates sounds of one length alone; in Python: generator.translate")
    try:
        own, sound = read_wav(path.read_bytes())
    except (ValueError, EOFError, struct.error) as error:  # what scipy raises for damaged files
        raise DataError(f"{path}: not a readable wav ({' '.join(str(error).split())})") from None
    rate = int(space.details["rate"])
    if own != rate:
        sound = resampled(sound, own, rate)
    step = space.shape[-1] // source.shape[-1]  # numbers of a frame
    given = torch.from_numpy(np.asarray(sound, np.float32))[None, None]
    whole = F.pad(given, (0, max(-len(sound) % step, space.shape[-1] - len(sound))))
    degraded = Degradation.read(source.details["degraded"])(whole, seed, space)
    made = generator.translate(degraded, seed=seed).numpy()[0, :, : len(sound)]
    return wav_bytes(made, rate), f"{own:,} Hz resampled to {rate:,} Hz" if own != rate else ""
