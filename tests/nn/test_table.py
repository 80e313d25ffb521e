import math

import pytest
import torch
from torch import nn

from ganzoo.nn import Conditions, RowClassifier, TableHead, in_packs
from ganzoo.testing.case import TABLES, made_up

MIXED, NUMBERS = TABLES[:2]  # size: place 0, entries 1 to 3; class: 4 to 6; open: 7 and 8


def test_a_head_bounds_places_and_shares_each_columns_entries():
    rows = TableHead(MIXED)(torch.randn(50, 9) * 20)
    assert rows[:, 0].abs().max() <= 1
    for entries in (rows[:, 1:4], rows[:, 4:7], rows[:, 7:]):
        torch.testing.assert_close(entries.sum(1), torch.ones(50))
        assert entries.min() >= 0


def test_the_softmax_of_a_column_is_the_formula():
    logits = torch.randn(5, 9) * 30  # columns whose logits are far below another's must not vanish
    found = TableHead(MIXED).softmax(logits)
    torch.testing.assert_close(found[:, 4:7], torch.softmax(logits[:, 4:7], 1))
    torch.testing.assert_close(found[:, 7:], torch.softmax(logits[:, 7:], 1))
    assert found[:, 0].tolist() == [0.0] * 5


def test_entries_are_drawn_as_often_as_their_softmax_says():
    torch.manual_seed(0)
    logits = torch.tensor([0, 0, 0, 0, math.log(0.6), math.log(0.3), math.log(0.1), 0, 0.0]).expand(20_000, 9)
    drawn = TableHead(MIXED)(logits)[:, 4:7].argmax(1).bincount() / 20_000
    assert drawn.tolist() == pytest.approx([0.6, 0.3, 0.1], abs=0.015)


def test_the_error_is_the_formula():
    logits, rows = torch.randn(4, 9), torch.zeros(4, 9)
    rows[:, 0] = torch.tensor([0.5, -0.5, 0.0, 1.0])
    rows[:, [2, 4, 8]] = 1
    logs = [
        logits[:, 1:4].log_softmax(1)[:, 1],
        logits[:, 4:7].log_softmax(1)[:, 0],
        logits[:, 7:].log_softmax(1)[:, 1],
    ]
    expected = ((logits[:, 0].tanh() - rows[:, 0]) ** 2 - sum(logs)).mean()
    torch.testing.assert_close(TableHead(MIXED).error(logits, rows), expected)


def test_conditions_are_chosen_as_found_or_evened_out():
    ask = Conditions(MIXED)
    which = torch.rand(40_000, 2, generator=torch.Generator().manual_seed(0))
    found = ask.choose(which, evenly=False).bincount() / 40_000
    assert found.tolist() == pytest.approx([0.3, 0.15, 0.05, 0.25, 0.25], abs=0.01)
    logs = [math.log1p(share * 1e4) for share in (0.6, 0.3, 0.1)]
    evened = ask.choose(which, evenly=True).bincount() / 40_000
    assert evened[:3].tolist() == pytest.approx([log / sum(logs) / 2 for log in logs], abs=0.01)


def test_an_entry_is_a_feature_and_a_one_hot():
    ask = Conditions(MIXED)
    entry = torch.tensor([0, 4, -1])
    assert ask.feature(entry).tolist() == [4, 8, -1]
    assert ask.entry(torch.tensor([4, 8, 1, -1])).tolist() == [0, 4, -1, -1]
    assert ask.one_hot(entry).tolist() == [[1, 0, 0, 0, 0], [0, 0, 0, 0, 1], [0] * 5]


def test_what_rows_hold_in_the_chosen_column():
    rows = torch.tensor([[0.5, 1, 0, 0, 0, 1, 0, 1, 0], [0.5, 1, 0, 0, 0, 1, 0, 1, 0]])
    held = Conditions(MIXED).held(rows, torch.tensor([[0.1, 0.5], [0.9, 0.5]]))
    assert held.tolist() == [[0, 1, 0, 0, 0], [0, 0, 0, 1, 0]]


def test_the_likelihood_is_the_formula():
    logits = torch.randn(3, 9)
    entry = torch.tensor([2, 0, 3])
    by_class, by_open = torch.log_softmax(logits[:, 4:7], 1), torch.log_softmax(logits[:, 7:], 1)
    expected = (by_class[0, 2] + by_class[1, 0] + by_open[2, 0]) / 3
    torch.testing.assert_close(Conditions(MIXED).likelihood(logits, entry), expected)


def test_of_a_table_without_categories_nothing_is_asked():
    ask = Conditions(NUMBERS)
    entry = ask.choose(torch.rand(4, 2), evenly=True)
    assert (ask.count, entry.tolist(), ask.feature(entry).tolist()) == (0, [-1] * 4, [-1] * 4)
    assert ask.one_hot(entry).shape == ask.held(torch.rand(4, 2), torch.rand(4, 2)).shape == (4, 0)
    assert ask.likelihood(torch.rand(4, 2), entry) == 0


def test_packs_take_every_row_and_fill_up_the_last():
    x = torch.arange(5.0)[:, None].expand(5, 2)
    assert in_packs(x, 2)[:, ::2].tolist() == [[0, 1], [2, 3], [4, 0]]
    assert in_packs(x[:2], 5).tolist() == [[0, 0, 1, 1, 0, 0, 1, 1, 0, 0]]


def test_a_rows_classifier_does_not_see_the_label_and_is_judged_by_the_cross_entropy():
    net = nn.Linear(9, 2)
    judge, rows = RowClassifier(net, range(7, 9)), made_up(MIXED, 5).samples
    without = torch.cat([rows[:, :7], torch.zeros(5, 2)], 1)
    odds = net(without).exp()
    expected = -((odds / odds.sum(1, keepdim=True)).log() * rows[:, 7:]).sum(1).mean()
    assert judge(rows).item() == pytest.approx(expected.item(), rel=1e-5)
    other = torch.cat([rows[:, :7], 1 - rows[:, 7:]], 1)
    both = -net(without).log_softmax(1).sum(1).mean()
    assert (judge(rows) + judge(other)).item() == pytest.approx(both.item(), rel=1e-5)
    assert [*judge.state_dict()] == ["net.weight", "net.bias"]  # where the label is, the space says
