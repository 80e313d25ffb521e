import pytest
import torch

from ganzoo.engine.tally import Tally


def add(tally, ok=True, **terms):
    tally.add(terms, torch.tensor([*terms.values(), sum(terms.values()), 2, ok], dtype=torch.float32))


def test_means_are_over_accepted_turns_and_start_anew_when_read():
    tally = Tally(torch.device("cpu"))
    add(tally, real=1, fake=3)
    add(tally, ok=False, real=float("nan"), fake=float("inf"))
    add(tally, real=3, fake=5)
    assert tally.read() == {"real": 2, "fake": 4, "objective": 6, "gradient": 2, "rejected": 1}
    add(tally, real=7, fake=0)
    assert tally.read()["real"] == 7


def test_terms_may_differ_from_turn_to_turn():
    tally = Tally(torch.device("cpu"))
    add(tally, real=1)
    add(tally, real=5, penalty=2)
    assert tally.read()["penalty"] == 2
    assert tally.read() == {"rejected": 0}


def test_a_term_counts_as_it_was_in_its_turn():
    tally, state = Tally(torch.device("cpu")), torch.tensor(1.0)
    for _ in range(3):
        tally.add(["state"], torch.stack([state, state, state, torch.tensor(True)]))
        state += 1
    assert tally.read()["state"] == 2


def test_more_turns_than_are_put_aside_at_once():
    tally = Tally(torch.device("cpu"))
    for turn in range(1000):
        add(tally, ok=turn != 10, real=turn)
    mean = (999 * 500 - 10) / 999
    assert tally.read() == pytest.approx({"real": mean, "objective": mean, "gradient": 2, "rejected": 1})


@pytest.mark.parametrize(
    ("turns", "expected"),
    [([], 0), ([False] * 2, 2), ([False, True], 0), ([True, False], 1), ([False] * 70, 70), ([True] * 70 + [False], 1)],
)
def test_the_streak_is_of_turns_in_a_row_and_reading_does_not_end_it(turns, expected):
    tally = Tally(torch.device("cpu"))
    for ok in turns:
        add(tally, ok=ok, real=1)
    tally.read()
    assert tally.streak == expected
    tally.clear()
    assert tally.streak == 0
