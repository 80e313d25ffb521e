import dataclasses
from types import SimpleNamespace

import torch

from benchmarks.learning.audio import by_griffin_lim, of_the_digit
from ganzoo.data import Request, open_dataset
from ganzoo.judge import classifier
from ganzoo.nn import MelSpectrogram


def test_griffin_and_lims_sounds_have_the_given_spectrograms():
    notes = open_dataset("tones", Request(root=None, size=2048, channels=None))
    mel, sounds = MelSpectrogram(8000, 40), notes.real(torch.arange(4))
    given = mel(sounds)
    torch.manual_seed(0)
    made = by_griffin_lim(mel, given, 2048)
    assert made.shape == sounds.shape
    apart, unlike = ((mel(other).exp() - given.exp()).abs().mean() for other in (made, sounds.flip(0)))
    assert apart < 0.2 * unlike


def test_real_sounds_are_heard_as_what_they_are(tmp_path, monkeypatch):
    monkeypatch.setenv("GANZOO_CACHE", str(tmp_path))
    monkeypatch.setattr(classifier, "_STEPS", 100)
    notes = open_dataset("tones", Request(root=None, size=1024, channels=None))
    same = torch.stack([notes.real((notes.labels == k % 8).nonzero()[k // 8])[0] for k in range(1000)])
    generator = SimpleNamespace(sample=lambda n, **how: SimpleNamespace(tensor=same))
    run = SimpleNamespace(name="copier", space=notes.space, generator=generator)
    real, copied = of_the_digit(run, dataclasses.replace(notes))
    assert (real[0], copied[0]) == ("real", "copier")
    assert min(float(real[1]), float(copied[1])) > 0.7
    assert min(float(real[2]), float(copied[2])) > 3
