import numpy as np
import pytest
import torch

from ganzoo.nn import RunningMoments


def test_moments_go_on_by_the_share_of_the_present_batch():
    """Park et al. 2018, eq. 2 and 3."""
    torch.manual_seed(0)
    statistics, real, fake = RunningMoments(3), torch.randn(5, 3), 2 * torch.randn(7, 3) + 1
    statistics.running.copy_(torch.rand(4, 3))
    now = np.stack([getattr(part.numpy(), name)(0) for part in (real, fake) for name in ("mean", "std")])
    expected = 0.75 * statistics.running.numpy() + 0.25 * now
    before = statistics.running.clone()
    assert statistics(real, fake, 0.75).numpy() == pytest.approx(expected, rel=1e-5)
    assert torch.equal(statistics.running, before)


def test_features_that_are_all_the_same_have_a_gradient():
    fake = torch.ones(4, 2, requires_grad=True)
    RunningMoments(2)(torch.zeros(4, 2), fake, 0.5).sum().backward()
    assert torch.isfinite(fake.grad).all()


def test_half_precision_is_raised_first():
    real, fake = (torch.full((1000, 1), value, dtype=torch.bfloat16) for value in (300.0, 1.0))
    found = RunningMoments(1)(real, fake, 0.0)
    assert found.dtype == torch.float32
    assert found[:, 0].tolist() == pytest.approx([300, 1e-6, 1, 1e-6])
