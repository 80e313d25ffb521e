import pytest
import torch
from sklearn.metrics import roc_auc_score

from ganzoo.judge.auc import auc


@pytest.mark.parametrize(
    ("real", "fake", "expected"),
    [
        ([2.0, 3.0], [0.0, 1.0], 1.0),
        ([0.0, 1.0], [2.0, 3.0], 0.0),
        ([1.0, 1.0], [1.0], 0.5),
        ([1.0, 3.0], [2.0], 0.5),
        ([1.0, 2.0, 3.0], [2.0, 0.0], 0.75),  # 1 + 1.5 + 2 of 6 pairs
    ],
)
def test_small_examples_are_exact(real, fake, expected):
    assert auc(torch.tensor(real), torch.tensor(fake)) == expected


def test_equals_scikit_learns_with_ties_and_unequal_sizes():
    generator = torch.Generator().manual_seed(0)
    real = torch.randn(200, generator=generator).mul(4).round() + 1
    fake = torch.randn(131, generator=generator).mul(4).round()
    truth = [1] * len(real) + [0] * len(fake)
    assert auc(real, fake) == pytest.approx(roc_auc_score(truth, torch.cat([real, fake])), abs=1e-12)
