import math

import pytest
import torch

from ganzoo.contract import Space
from ganzoo.errors import UsageError
from ganzoo.nn import SoundPictures, griffin_lim, log_spectra, spectra, spectra_encoder


def chirps(n=4, length=2048):
    time = torch.arange(length) / 8000
    return torch.stack([0.5 * torch.sin(2 * torch.pi * (300 + 200 * k + 1500 * time) * time) for k in range(n)])


def sounds(length):
    return Space(kind="audio", shape=(1, length), details={"rate": 8000})


def test_a_tone_is_in_the_bin_of_its_pitch():
    tone = torch.sin(2 * torch.pi * 1000 * torch.arange(1024) / 8000)
    found = spectra(tone[None], 128)
    assert found.shape == (1, 65, 17)
    assert found[0, :, 8].argmax() == 16  # 1,000 of 8,000 Hz by 128 bins
    assert found[0, 16, 8].item() == pytest.approx(32, rel=1e-3)  # half of what the window adds up to


def test_the_logarithms_of_spectra_are_brought_near_0():
    tone = torch.sin(2 * torch.pi * 1000 * torch.arange(1024) / 8000)
    found = log_spectra(torch.stack([tone, 0 * tone])[:, None], 128)
    assert found.shape == (2, 1, 65, 17)
    assert found[0, 0, 16, 8].item() == pytest.approx((math.log(32.1) + 0.1) / 2.2, rel=1e-3)
    assert found[1].unique().item() == pytest.approx((math.log(0.1) + 0.1) / 2.2)
    assert log_spectra(tone[None, None, :32], 128).shape == (1, 1, 17, 3)  # a window as wide as the sound


@pytest.mark.parametrize(("shape", "features"), [((65, 65), 8 * 5 * 5), ((17, 3), 8 * 2 * 1)])
def test_pictures_of_any_size_are_halved_four_times(shape, features):
    assert spectra_encoder(1)(torch.randn(2, 1, *shape)).shape == (2, features)


def test_each_round_of_griffin_and_lim_comes_nearer():
    """Section III: the squared error of the magnitudes does not grow."""
    magnitudes, errors = spectra(chirps(), 128), []
    for rounds in range(6):
        torch.manual_seed(0)
        made = griffin_lim(magnitudes, 128, 2048, rounds)
        errors.append(float((spectra(made, 128) - magnitudes).square().sum()))
    assert errors == sorted(errors, reverse=True)
    torch.manual_seed(0)
    many = griffin_lim(magnitudes, 128, 2048, 60)
    assert (spectra(many, 128) - magnitudes).norm() < 0.2 * magnitudes.norm()


def test_pictures_of_sounds_and_sounds_of_pictures():
    pictures = SoundPictures(sounds(2048), 128)
    given = chirps()[:, None]
    loudness = pictures.loudness(given)
    for part in (loudness[:1], loudness[1:]):  # means of means, of as many sounds as there are turns
        pictures.take(part.mean((0, 2)), part.square().mean((0, 2)))
    seen = pictures(given)
    assert seen.shape == (4, *pictures.shape) == (4, 1, 64, 32)
    assert seen.abs().max() <= 1
    torch.manual_seed(0)
    again = pictures.sounds(seen, 60)
    assert again.shape == given.shape
    assert (pictures(again) - seen).abs().mean() < 0.1


def test_silence_has_a_spread():
    pictures = SoundPictures(sounds(1024), 128)
    silent = torch.zeros(2, 1, 1024)
    loudness = pictures.loudness(silent)
    pictures.take(loudness.mean((0, 2)), loudness.square().mean((0, 2)))
    assert torch.isfinite(pictures(silent)).all()


@pytest.mark.parametrize(("length", "window"), [(1000, 128), (512, 128), (4096, 96), (3072, 128)])
def test_other_lengths_are_refused(length, window):
    with pytest.raises(UsageError, match="type --size"):
        SoundPictures(sounds(length), window)
