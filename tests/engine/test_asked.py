import pytest
import torch

from ganzoo.contract import Space
from ganzoo.engine.asked import Asked
from ganzoo.errors import UsageError
from ganzoo.testing.case import TABLES

SPACE = TABLES[0]  # size: features 0 to 3; class: 4 to 6; open: 7 and 8


def test_rows_that_hold_all_that_is_asked_are_kept():
    asked = Asked(SPACE, {"open": "yes", "class": "b"})
    rows = torch.zeros(4, 9)
    rows[torch.arange(4), torch.tensor([4, 5, 5, 6])] = 0.9
    rows[torch.arange(4), torch.tensor([8, 8, 7, 8])] = 0.8
    assert asked.met(rows).equal(rows[1:2])
    assert asked.feature == 8


def test_nothing_asked_keeps_all():
    asked = Asked(Space(kind="image", shape=(1, 2, 2)), {})
    assert asked.feature is None
    assert len(asked.met(torch.zeros(3, 1, 2, 2))) == 3


def test_all_mistakes_are_said_at_once():
    with pytest.raises(UsageError) as caught:
        Asked(SPACE, {"clas": "a", "size": "1", "class": "d"})
    assert str(caught.value).splitlines() == [
        "no column 'clas'; did you mean 'class'?",
        "column 'size' is not of categories; known: class, open",
        "column 'class' has no value 'd'; known: a, b, c",
    ]
    with pytest.raises(UsageError, match="for tables"):
        Asked(Space(kind="image", shape=(1, 2, 2)), {"a": "b"})
