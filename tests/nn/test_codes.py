import numpy as np
import pytest
import torch

from ganzoo.nn.codes import categorical_likelihood, draw_category, gaussian_likelihood


def test_categories_are_equally_likely_ones():
    torch.manual_seed(0)
    drawn = draw_category(8000, 4, torch.device("cpu"))
    assert drawn.shape == (8000, 4)
    assert set(drawn.flatten().tolist()) == {0.0, 1.0}
    assert drawn.sum(1).eq(1).all()
    assert drawn.mean(0).tolist() == pytest.approx([0.25] * 4, abs=0.02)


def test_the_categorical_likelihood_is_the_mean_log_softmax():
    logits, category = np.array([[1.0, 2, 3], [0, 0, 5]]), [2, 0]
    softmax = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    expected = (np.log(softmax[0, 2]) + np.log(softmax[1, 0])) / 2
    ones = torch.eye(3)[torch.tensor(category)]
    assert categorical_likelihood(torch.tensor(logits), ones.double()).item() == pytest.approx(expected, rel=1e-12)


def test_the_gaussian_likelihood_is_the_log_density_of_unit_variance():
    mean, code = np.array([[0.5, -1.0], [0.0, 2.0]]), np.array([[1.0, 1.0], [-0.5, 2.5]])
    density = np.exp(-((code - mean) ** 2) / 2) / np.sqrt(2 * np.pi)
    expected = np.log(density.prod(1)).mean()
    assert gaussian_likelihood(torch.tensor(mean), torch.tensor(code)).item() == pytest.approx(expected, rel=1e-12)


def test_low_precision_is_raised():
    low = torch.ones(2, 3, dtype=torch.bfloat16)
    assert categorical_likelihood(low, torch.eye(3)[:2]).dtype == torch.float32
    assert gaussian_likelihood(low, torch.ones(2, 3)).dtype == torch.float32
