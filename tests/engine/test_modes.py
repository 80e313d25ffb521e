import pytest
import torch
from torch import nn

from ganzoo.engine.modes import eval_mode, evaluating


@pytest.mark.parametrize(("enter", "recorded"), [(eval_mode, True), (evaluating, False)])
def test_each_parts_own_mode_is_restored_also_after_an_error(enter, recorded):
    net = nn.Sequential(nn.Dropout(), nn.Sequential(nn.Dropout()))
    net[1].eval()
    found = []

    def look():
        with enter({"net": net}):
            found.append((any(part.training for part in net.modules()), torch.is_grad_enabled()))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        look()
    assert found == [(False, recorded)]
    assert [part.training for part in net.modules()] == [True, True, False, False]
    assert torch.is_grad_enabled()
