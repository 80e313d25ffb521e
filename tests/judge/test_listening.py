import pytest
import torch

from ganzoo.data import Request, open_dataset
from ganzoo.judge import classifier
from ganzoo.judge.extractors import choose_extractor
from ganzoo.judge.listening import Listener, pictured


@pytest.fixture
def notes():
    return open_dataset("tones", Request(root=None, size=1024, channels=None))


def test_sounds_are_seen_by_their_spectrograms(notes):
    seen = pictured(notes)
    assert (seen.space.kind, seen.space.shape, len(seen)) == ("image", (1, 40, 16), 2000)
    assert seen.labels is notes.labels
    pictures = Listener(8000)(notes.real(torch.arange(3)))
    assert (seen.real(torch.arange(3)) - pictures).abs().max() < 1 / 127
    assert Listener(8000)(torch.zeros(1, 1, 1000)).eq(-1).all()
    assert Listener(8000)(torch.zeros(1, 1, 100)).shape == (1, 1, 40, 4)


def test_labelled_sounds_are_judged_by_a_classifier_of_them(notes, tmp_path, monkeypatch):
    monkeypatch.setenv("GANZOO_CACHE", str(tmp_path))
    monkeypatch.setattr(classifier, "_STEPS", 60)
    eyes = choose_extractor(notes, None, torch.device("cpu"))
    assert eyes.gives == {"logits", "classes"}
    index = torch.arange(300)
    _, logits = eyes.look(notes.real(index))
    assert (logits.argmax(1) == notes.label(index)).float().mean() > 0.6  # of 8 pitches, after hardly any training
