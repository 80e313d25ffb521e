import torch

from ganzoo.engine.guard import Guard


def tensors():
    return [
        torch.arange(6.0).view(2, 3),
        torch.arange(24.0).view(1, 2, 3, 4).to(memory_format=torch.channels_last),
        torch.tensor(3),
        torch.tensor([True, False]),
        torch.zeros(0),
        torch.nn.Parameter(torch.ones(2)),
    ]


def change(these):
    with torch.no_grad():
        for tensor in these:
            tensor.copy_(~tensor if tensor.dtype == torch.bool else tensor + 1)


def test_a_turn_that_is_not_accepted_is_undone():
    these, before = tensors(), tensors()
    guard = Guard(these)
    guard.keep()
    change(these)
    guard.settle(torch.tensor(False))
    assert all(map(torch.equal, these, before))
    assert these[1].is_contiguous(memory_format=torch.channels_last)


def test_values_that_are_not_finite_are_replaced_too():
    tensor = torch.ones(3)
    guard = Guard([tensor])
    guard.keep()
    tensor.fill_(float("nan"))
    guard.settle(torch.tensor(False))
    assert torch.equal(tensor, torch.ones(3))


def test_an_accepted_turn_is_left_as_it_is():
    these, expected = tensors(), tensors()
    guard = Guard(these)
    guard.keep()
    change(these)
    change(expected)
    guard.settle(torch.tensor(True))
    assert all(map(torch.equal, these, expected))


def test_restoring_puts_back_what_was_last_kept():
    these = tensors()
    guard = Guard(these)
    change(these)
    expected = [tensor.detach().clone() for tensor in these]
    guard.keep()
    change(these)
    guard.restore()
    assert all(map(torch.equal, these, expected))


def test_nothing_to_guard_is_no_error():
    guard = Guard([])
    guard.keep()
    guard.settle(torch.tensor(False))
    guard.restore()
