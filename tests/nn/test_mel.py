import math

import numpy as np
import pytest
import torch

from ganzoo.contract import Space
from ganzoo.data.degrade import Degradation
from ganzoo.errors import DataError, UsageError
from ganzoo.nn import MelSpectrogram, mel_of

SOUNDS = Space(kind="audio", shape=(1, 2048), classes=("a", "b"), details={"rate": 8000})


def by_numpy(sound, rate, count):
    """Window by window, and band by band by Slaney's formula: linear below 1 kHz, 27 steps to 6.4 times that above."""

    def hertz(mel):
        return mel * 200 / 3 if mel < 15 else 1000 * 6.4 ** ((mel - 15) / 27)

    top = 15 + 27 * math.log(rate / 2000) / math.log(6.4)
    edges = [hertz(top * k / (count + 1)) for k in range(count + 2)]
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(256) / 256)
    around = np.pad(sound, 96, mode="reflect")
    frames = np.stack([np.abs(np.fft.rfft(window * around[at : at + 256])) for at in range(0, len(sound), 64)], 1)
    pitches = np.arange(129) * rate / 256
    bands = [np.interp(pitches, edges[k : k + 3], [0, 2 / (edges[k + 2] - edges[k]), 0]) @ frames for k in range(count)]
    return np.log(np.maximum(np.stack(bands), 1e-5))


@pytest.mark.parametrize("rate", [8000, 22050])
def test_bands_are_slaneys(rate):
    sound = np.random.default_rng(0).uniform(-1, 1, 1024)
    made = MelSpectrogram(rate, 20)(torch.from_numpy(sound)[None, None])
    assert made.shape == (1, 20, 16)
    assert np.abs(made[0].numpy() - by_numpy(sound, rate, 20)).max() < 1e-3
    silence = MelSpectrogram(rate, 20)(torch.zeros(1, 1, 1024))
    assert torch.allclose(silence, torch.tensor(math.log(1e-5)))


def test_networks_that_are_built_without_memory_leave_the_bands_whole():
    with torch.device("meta"):
        MelSpectrogram(8000, 21)
    assert torch.isfinite(MelSpectrogram(8000, 21)(torch.rand(1, 1, 512))).all()


def test_sounds_are_degraded_to_it():
    degradation = Degradation.read("mel:30")
    source = degradation.space(SOUNDS)
    assert (source.shape, source.range, source.classes) == ((30, 32), None, ("a", "b"))
    assert source.details == {"rate": 8000, "degraded": "mel:30"}
    sounds = torch.rand(2, 1, 2048) * 2 - 1
    made = degradation(sounds, 0, SOUNDS)
    space = Space(**{**vars(SOUNDS), "source": source})
    assert torch.equal(made, mel_of(space)(sounds))
    with pytest.raises(UsageError, match="type --degrade mel"):
        mel_of(SOUNDS)
    with pytest.raises(DataError, match="type --size 1024"):
        degradation.space(Space(kind="audio", shape=(1, 1000), details={"rate": 8000}))
    with pytest.raises(DataError, match="--degrade mel:30 is for sounds, and these data are images"):
        degradation.space(Space(kind="image", shape=(1, 8, 8)))
