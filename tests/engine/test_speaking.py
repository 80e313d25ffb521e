import dataclasses
import io

import numpy as np
import pytest
import torch
from scipy.io import wavfile

from ganzoo.contract import Architecture, Config, Space
from ganzoo.data.degrade import Degradation
from ganzoo.engine.apply import Job, jobs_for, translated
from ganzoo.engine.generator import Generator
from ganzoo.errors import DataError, UsageError

SOUNDS = Space(kind="audio", shape=(1, 512), details={"rate": 8000})


def loudness(nets, batch, config):
    """A sound whose numbers are those of each frame's lowest band, scaled down."""
    return (batch.source[:, :1] / 20).repeat_interleave(64, 2)


@pytest.fixture
def tiny():
    space = dataclasses.replace(SOUNDS, source=Degradation.read("mel:10").space(SOUNDS))
    architecture = Architecture(Config, dict, list, generate=loudness, source="paired", multiple=1)
    return Generator("tiny", architecture, Config(), space, {"G": torch.nn.Identity()})


def tone(rate, seconds):
    return (0.5 * np.sin(2 * np.pi * 200 * np.arange(int(rate * seconds)) / rate) * 32767).astype(np.int16)


@pytest.mark.parametrize(
    ("rate", "seconds", "note"), [(8000, 0.3, ""), (16000, 0.5, "16,000 Hz resampled to 8,000 Hz")]
)
def test_sounds_of_any_length_and_rate_keep_their_length(tiny, tmp_path, rate, seconds, note):
    file = tmp_path / "a.wav"
    wavfile.write(file, rate, tone(rate, seconds))
    (job,) = jobs_for([file], "tiny", None, kind="audio")
    assert job == Job(file, tmp_path / "a-tiny.wav")
    contents, said = translated(tiny, job)
    own, made = wavfile.read(io.BytesIO(contents))
    assert (own, len(made), said) == (8000, int(8000 * seconds), note)
    sound = torch.from_numpy(tone(8000, seconds)[None, None].astype(np.float32)) / 32767
    sound = sound[..., : sound.shape[-1] // 64 * 64]
    expected = Degradation.read("mel:10")(sound, 0, SOUNDS)[0, 0] / 20
    inside = slice(4, -4)
    assert np.abs(made[: sound.shape[-1] : 64] / 32767 - expected.numpy())[inside].max() < 0.02


def test_what_is_no_sound_is_one_line(tiny, tmp_path):
    file = tmp_path / "a.wav"
    file.write_bytes(b"RIFFnot really")
    with pytest.raises(DataError, match=r"a.wav: not a readable wav \("):
        translated(tiny, Job(file, tmp_path / "b.wav"))


def test_one_that_knows_one_length_is_refused(tiny, tmp_path):
    tiny.architecture = dataclasses.replace(tiny.architecture, multiple=0)
    with pytest.raises(UsageError, match="one length alone"):
        translated(tiny, Job(tmp_path / "a.wav", tmp_path / "b.wav"))
