import re
from dataclasses import replace

import pytest
import torch

from ganzoo.data.arrays import vector_dataset
from ganzoo.errors import DataError, UsageError
from ganzoo.judge import classifier, extractors
from ganzoo.judge.extractors import INCEPTION, choose_extractor

CPU = torch.device("cpu")


def test_vectors_are_compared_by_their_numbers(opened):
    eyes = choose_extractor(opened("ring8"), None, CPU)
    assert (eyes.name, eyes.width, eyes.gives) == ("raw", 2, frozenset())
    samples = torch.randn(3, 2)
    assert eyes.look(samples) == (pytest.approx(samples), None)


def test_labelled_images_are_compared_by_a_classifier_of_them(quick_classifier, opened, monkeypatch):
    monkeypatch.setattr(classifier, "_STEPS", 2)
    digits = opened("digits")
    eyes = choose_extractor(digits, None, CPU)
    assert re.fullmatch(r"classifier of digits [0-9a-f]{16}, held-out accuracy 0\.\d{3}", eyes.name)
    assert eyes.gives == {"logits", "classes"}
    features, logits = eyes.look(digits.real(torch.arange(4)))
    assert features.shape == (4, eyes.width)
    assert logits.shape == (4, 10)


def test_images_may_be_compared_by_their_pixels(opened):
    digits = opened("digits")
    eyes = choose_extractor(digits, "raw", CPU)
    assert eyes.look(digits.real(torch.arange(2)))[0].shape == (2, eyes.width) == (2, 64)


def test_inception_without_its_weights_says_where_they_go(opened, tmp_path):
    digits = opened("digits")
    bare = replace(digits, labels=None, space=replace(digits.space, classes=()))
    old = torch.hub.get_dir()
    torch.hub.set_dir(tmp_path)
    try:
        place = re.escape(str(tmp_path / "checkpoints" / INCEPTION))
        with pytest.raises(DataError, match=f"inception: .*put .* at {place}; or type --extractor raw"):
            choose_extractor(bare, None, CPU)
        with pytest.raises(DataError, match="or type --extractor classifier"):
            choose_extractor(digits, "inception", CPU)
    finally:
        torch.hub.set_dir(old)


def test_a_file_that_is_not_inceptions_is_not_unpickled(opened, tmp_path, monkeypatch):
    monkeypatch.setattr(extractors, "find_spec", lambda name: name)
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints" / INCEPTION).write_bytes(b"something else")
    old = torch.hub.get_dir()
    torch.hub.set_dir(tmp_path)
    try:
        with pytest.raises(DataError, match=f"{INCEPTION} is damaged or another file"):
            choose_extractor(opened("digits"), "inception", CPU)
    finally:
        torch.hub.set_dir(old)


def test_what_does_not_fit_is_one_line(opened):
    with pytest.raises(UsageError, match="unknown extractor 'vgg'; known: classifier, inception, raw"):
        choose_extractor(opened("ring8"), "vgg", CPU)
    with pytest.raises(UsageError, match="--extractor classifier looks at images, and ring8 holds vectors; type raw"):
        choose_extractor(opened("ring8"), "classifier", CPU)
    wide = vector_dataset("wide", torch.zeros(2, 5000).numpy(), None, [], {})
    with pytest.raises(UsageError, match="up to 4,096 numbers a sample, and wide has 5,000"):
        choose_extractor(wide, None, CPU)
