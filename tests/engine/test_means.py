import pytest
import torch

from ganzoo.engine import means
from ganzoo.engine.means import Means


def add(seat, ok=True, **terms):
    seat.tally.add(terms, torch.tensor([*terms.values(), sum(terms.values()), 2, ok], dtype=torch.float32))


def test_the_record_is_of_all_players_since_it_was_last_read(make_game):
    game = make_game()
    value, fooling = game.seats
    add(value, real=1, fake=3)
    add(value, real=3, fake=5)
    add(value, ok=False, real=100, fake=100)
    add(fooling, ok=False, fake=100)
    add(fooling, fake=4)
    found = Means(game).read(1)
    del found["rate"]
    assert found == {
        "value/real": 2, "value/fake": 4, "value/objective": 6, "value/gradient": 2,
        "fooling/fake": 4, "fooling/objective": 4, "fooling/gradient": 2, "rejected": 2,
    }  # fmt: skip
    assert Means(game).read(1).keys() == {"rejected", "rate"}


def test_the_rate_is_of_the_steps_since_the_start(make_game, monkeypatch):
    now = iter([0.0, 10.0, 12.0, 14.0])
    monkeypatch.setattr(means.time, "monotonic", lambda: next(now))
    measured = Means(make_game())
    measured.start(30)
    assert measured.read(36)["rate"] == pytest.approx(3)
    assert measured.read(42)["rate"] == pytest.approx(3)  # reading is no new start
