import torch

from ganzoo.data.matching import Matching


def test_every_drawn_row_holds_what_is_asked_and_each_that_does_is_drawn():
    samples = torch.tensor([[0.3, 1, 0], [0.1, 0, 1], [0.2, 1, 0], [0.9, 0, 1], [0.5, 1, 0]])
    matching = Matching(samples)
    share = torch.arange(300) / 300
    assert matching.draw(torch.full((300,), 1), share).unique().tolist() == [0, 2, 4]
    assert matching.draw(torch.full((300,), 2), share).unique().tolist() == [1, 3]
    assert matching.draw(torch.full((300,), -1), share).unique().tolist() == [0, 1, 2, 3, 4]


def test_a_share_that_rounds_up_to_one_stays_within_the_rows():
    matching = Matching(torch.tensor([[1.0, 0.0], [0.0, 1.0]]))
    assert matching.draw(torch.tensor([-1, 1]), torch.tensor([0.99999999, 0.99999999])).max() <= 1
