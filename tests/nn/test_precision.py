import pytest
import torch

from ganzoo.nn.precision import full


@pytest.mark.parametrize(("given", "expected"), [(torch.bfloat16, torch.float32), (torch.float64, torch.float64)])
def test_raised_to_single_precision_never_lowered(given, expected):
    x = torch.ones(2, dtype=given, requires_grad=True)
    assert full(x).dtype is expected
    assert torch.autograd.grad(full(x).sum(), x)[0].dtype is given
