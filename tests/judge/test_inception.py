import pytest
import torch

from ganzoo.judge.inception import InceptionScore, inception_score

LOGITS = torch.tensor([[1.0, 2, 3], [3, 2, 1], [0, 0, 5]])


def test_the_public_number_also_in_parts():
    assert inception_score(LOGITS) == pytest.approx(1.4619319587, abs=1e-9)
    score = InceptionScore()
    for part in torch.split(LOGITS, 2):
        score.add(part)
    assert score.value() == pytest.approx(1.4619319587, abs=1e-9)


def test_its_ends_are_one_and_the_number_of_classes():
    assert inception_score(1e4 * torch.eye(7).repeat(3, 1)) == pytest.approx(7)
    assert inception_score(torch.zeros(5, 7)) == pytest.approx(1)
    assert inception_score(1e4 * torch.eye(7)[:1].repeat(5, 1)) == pytest.approx(1)
