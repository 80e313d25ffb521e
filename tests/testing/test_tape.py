import torch

from ganzoo.testing.tape import recorded, tape

REAL = '"real": F.logsigmoid(real).mean()'


def test_what_was_computed_is_computed_again_in_the_same_memory():
    x, total = torch.ones(3), torch.zeros(())

    def play():
        y = (x * 2)[1:].clone()
        y.unsqueeze_(0).add_(torch.rand(1, 2))  # its shape changes after it was made
        total.add_(y.sum())

    torch.manual_seed(0)
    again = tape(play)
    first = total.clone()
    total.zero_()
    torch.manual_seed(0)
    again()
    assert torch.equal(total, first)
    x.fill_(2.0)
    total.zero_()
    torch.manual_seed(0)
    again()
    torch.testing.assert_close(total, first + 4)


def test_turns_that_can_be_one_graph(found_by):
    assert found_by(recorded) == "value: each turn is one graph; fooling: each turn is one graph"


def test_a_turn_that_asks_for_a_number_is_measured_and_no_failure(found_by):
    found = found_by(recorded, (REAL, '"real": F.logsigmoid(real).mean() * (1 if real.mean().item() < 9 else 2)'))
    assert found.startswith("value: each turn is played operator by operator, it is not one graph: it asks the host")
