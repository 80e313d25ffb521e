import torch

from ganzoo.nn import Scalar


def test_a_number_that_is_saved_and_restored():
    one, other = Scalar(0.5), Scalar()
    assert (one.value.item(), other.value.item()) == (0.5, 0.0)
    assert list(one.parameters()) == []
    other.load_state_dict(one.state_dict())
    assert torch.equal(other.value, one.value)
