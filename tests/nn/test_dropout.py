import math

import pytest
import torch

from ganzoo.nn import Dropout, dropout


@pytest.mark.parametrize("p", [0.3, 0.5, 0.95])
def test_share_and_scale(p):
    torch.manual_seed(0)
    n = 1_000_003  # not a multiple of the elements in one random word
    out = dropout(torch.ones(n), p)
    kept = out[out != 0]
    spread = math.sqrt(p * (1 - p) / n)
    assert abs(1 - len(kept) / n - p) < 4 * spread
    assert torch.all(kept == kept[0])
    assert kept[0].item() == pytest.approx(1 / (1 - p), rel=1e-3)
    assert abs(out.mean().item() - 1) < 4 * spread / (1 - p)


def test_neighbours_are_independent():
    """The four elements that share a random word are dropped apart, as are the rows of a batch."""
    torch.manual_seed(0)
    kept = (dropout(torch.ones(4096, 256), 0.3) != 0).float()
    for other in (kept.roll(1, 1), kept.roll(2, 1), kept.roll(4, 1), kept.roll(1, 0)):
        together = ((kept - 0.7) * (other - 0.7)).mean() / 0.21
        assert abs(together) < 5 / math.sqrt(kept.numel())


def test_counted_by_the_default_generator():
    x = torch.randn(3, 5, 7)
    torch.default_generator.manual_seed(3)
    first, second = dropout(x, 0.5), dropout(x, 0.5)
    torch.default_generator.manual_seed(3)
    assert torch.equal(dropout(x, 0.5), first)
    assert not torch.equal(first, second)


def test_gradient_is_the_mask():
    x = torch.randn(8, 5, requires_grad=True)
    y = dropout(x, 0.4)
    (gradient,) = torch.autograd.grad(y.sum(), x)
    assert torch.allclose(gradient * x, y)
    assert set(torch.sign(gradient).flatten().tolist()) == {0, 1}


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float64])
def test_keeps_the_type(dtype):
    assert dropout(torch.ones(9, dtype=dtype), 0.3).dtype is dtype


@pytest.mark.parametrize(("p", "expected"), [(0.0, 1.0), (1.0, 0.0)])
def test_ends_of_the_range(p, expected):
    assert torch.equal(dropout(torch.ones(7), p), torch.full((7,), expected))


def test_module_only_drops_while_training():
    layer, x = Dropout(0.5), torch.ones(100)
    assert (layer(x) == 0).any()
    assert layer.eval()(x) is x
    assert repr(layer) == "Dropout(p=0.5)"
