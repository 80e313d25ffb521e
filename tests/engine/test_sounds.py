import io
import wave

import numpy as np
import torch

from ganzoo.contract import Space
from ganzoo.engine.samples import Samples
from ganzoo.engine.sounds import spectrogram

SPACE = Space(kind="audio", shape=(1, 1024), details={"rate": 8000})


def tone(hertz):
    return torch.sin(2 * torch.pi * hertz * torch.arange(1024) / 8000)


def test_a_wav_holds_the_sounds_one_after_another(tmp_path):
    samples = Samples(torch.stack([tone(440), tone(880)])[:, None] * 0.5, SPACE)
    path = samples.save(tmp_path / "two.wav")
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
        numbers = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32767
    assert len(numbers) == 2 * (1024 + 2000)
    assert np.abs(numbers[:1024] - samples.numpy()[0, 0]).max() < 1e-4
    assert np.abs(numbers[3024:4048] - samples.numpy()[1, 0]).max() < 1e-4


def test_or_each_in_a_file_of_its_own(tmp_path):
    paths = Samples(torch.zeros(2, 1, 1024), SPACE).save_files(tmp_path / "many")
    assert [path.name for path in paths] == ["0000.wav", "0001.wav"]
    with wave.open(io.BytesIO(paths[0].read_bytes())) as file:
        assert file.getnframes() == 1024


def test_a_spectrogram_is_bright_where_the_pitch_is():
    image = np.asarray(spectrogram(tone(1000)))
    height = len(image)  # 0 to 4,000 Hz from below
    assert abs((height - 1 - image.sum(1).argmax()) - height / 4) <= 1
    assert np.asarray(spectrogram(torch.zeros(1024))).max() == 0


def test_sounds_are_shown_by_their_spectrograms():
    assert Samples(torch.stack([tone(400)] * 4)[:, None], SPACE).grid().width > 100
