import re
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from ganzoo.errors import DataError
from ganzoo.judge import classifier
from ganzoo.judge.classifier import FEATURES, classifier_for


def kept(tmp_path):
    return list((tmp_path / "cache" / "classifiers").iterdir())


def test_it_learns_the_digits_and_is_kept_by_the_datas_fingerprint(quick_classifier, opened, tmp_path, monkeypatch):
    digits = opened("digits")
    state = torch.get_rng_state()
    first = classifier_for(digits)
    assert torch.equal(torch.get_rng_state(), state)
    assert first.accuracy > 0.9
    (path,) = kept(tmp_path)
    assert path.name == f"{first.fingerprint}-1.safetensors"

    monkeypatch.setattr(classifier, "_train", None)  # it would fail if it were called
    again = classifier_for(digits)
    assert again.accuracy == first.accuracy
    images = digits.real(torch.arange(50))
    for mine, theirs in zip(again.model(images), first.model(images), strict=True):
        assert torch.equal(mine, theirs)
    features, logits = again.model(images)
    assert (features.shape, logits.shape) == ((50, FEATURES), (50, 10))
    assert (logits.argmax(dim=1) == digits.label(torch.arange(50))).float().mean() > 0.9


def test_the_same_data_train_the_same_classifier(quick_classifier, opened, tmp_path, monkeypatch):
    monkeypatch.setattr(classifier, "_STEPS", 3)
    digits = opened("digits")
    classifier_for(digits)
    (path,) = kept(tmp_path)
    before = path.read_bytes()
    path.unlink()
    classifier_for(digits)
    assert path.read_bytes() == before


def test_what_has_no_label_is_not_trained_on(quick_classifier, opened, monkeypatch):
    monkeypatch.setattr(classifier, "_STEPS", 2)
    digits = opened("digits")
    labels = torch.full_like(digits.labels, -1)
    labels[:100] = digits.labels[:100]
    all_of_them = classifier_for(digits)
    seen = []
    monkeypatch.setattr(type(digits), "label", lambda self, index, device="cpu": seen.append(index) or labels[index])
    some = classifier_for(replace(digits, labels=labels))
    assert seen
    assert all(index.max() < 100 for index in seen)
    assert some.fingerprint != all_of_them.fingerprint
    with pytest.raises(DataError, match="digits has 10 classes and 0 labels"):
        classifier_for(replace(digits, labels=torch.full_like(labels, -1)))


def test_a_damaged_file_is_named(quick_classifier, opened, tmp_path, monkeypatch):
    monkeypatch.setattr(classifier, "_STEPS", 1)
    digits = opened("digits")
    classifier_for(digits)
    (path,) = kept(tmp_path)
    Path(path).write_bytes(path.read_bytes()[:100])
    with pytest.raises(DataError, match=re.escape(f"{path} is damaged")):
        classifier_for(digits)


def test_without_labels_it_says_what_else_there_is(quick_classifier, opened):
    digits = opened("digits")
    bare = replace(digits, labels=None, space=replace(digits.space, classes=()))
    with pytest.raises(DataError, match=r"digits has 0 classes and 0 labels, .* --extractor raw or inception"):
        classifier_for(bare)
