import numpy as np
import pytest

from ganzoo.data.wav import fitted, read_wav, resampled
from tests.data.sounds import tone, wav


@pytest.mark.parametrize(
    "kept",
    [
        lambda x: np.rint(x * 127 + 128).astype(np.uint8),
        lambda x: np.rint(x * 32767).astype(np.int16),
        lambda x: np.rint(x * 2147483647).astype(np.int32),
        lambda x: x.astype(np.float32),
        lambda x: np.stack([x, x], 1).astype(np.float32),
    ],
)
def test_any_width_and_number_of_channels_is_the_same_sound(kept):
    sound = tone(300, 8000)
    rate, found = read_wav(wav(kept(sound)))
    assert (rate, found.dtype) == (8000, np.float64)
    assert np.abs(found - sound).max() < 0.01
    assert np.array_equal(read_wav(wav(kept(sound)), 100)[1], found[:100])


def test_24_bits():
    sound = tone(64, 8000)
    levels = np.rint(sound * (2**23 - 1)).astype("<i4")
    raw = b"".join(int(level).to_bytes(4, "little", signed=True)[:3] for level in levels)
    head = b"RIFF" + (36 + len(raw)).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
    head += b"".join(x.to_bytes(n, "little") for x, n in ((1, 2), (1, 2), (8000, 4), (24000, 4), (3, 2), (24, 2)))
    head += b"data" + len(raw).to_bytes(4, "little")
    rate, found = read_wav(head + raw)
    assert rate == 8000
    assert np.abs(found - sound).max() < 1e-6


@pytest.mark.parametrize(
    ("contents", "said"),
    [
        (b"ID3 music", "no wav file"),
        (wav(np.zeros(0, np.int16)), "no sound in it"),
        (wav(np.float32([0, np.nan])), "numbers that are not finite"),
        (wav(np.zeros(9, np.int16), 2_000_000), "a rate of 2,000,000 Hz"),
    ],
)
def test_what_is_no_sound(contents, said):
    with pytest.raises(ValueError, match=said):
        read_wav(contents)


def test_another_rate_is_the_same_tone():
    assert np.abs(resampled(tone(2000, 16000), 16000, 8000) - tone(1000, 8000))[50:-50].max() < 1e-3


def test_a_sound_is_cut_or_filled_up_with_silence():
    assert fitted(np.array([0.0, 1, -1, 2, 0.5]), 8000, 8000, 4).tolist() == [0, 32767, -32767, 32767]
    assert fitted(np.array([0.5]), 8000, 8000, 3).tolist() == [16384, 0, 0]
    assert fitted(tone(100, 16000), 16000, 8000, 60)[50:].tolist() == [0] * 10
