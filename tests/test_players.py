import pytest

from ganzoo import Adam, maximize, minimize
from ganzoo.errors import PluginError

ADAM = Adam(lr=0.01)


def value(nets, batch, config):
    return {}


def test_a_players_name_is_its_objectives_or_its_own():
    assert maximize(value, over="D", by=ADAM).name == "value"
    assert maximize(value, over="D", by=ADAM, name="critic").name == "critic"
    with pytest.raises(PluginError, match=r"needs a name=, '<lambda>' is not an identifier"):
        maximize(lambda nets, batch, config: {}, over="D", by=ADAM)


def test_every_mistake_of_a_player_is_told_at_once():
    with pytest.raises(PluginError) as caught:
        minimize(value, over=["D", "D"], by=ADAM, turns=0, every=0, start=-1, stop=-2)
    for text in ("'value'", "each network once", "turns=0", "every=0", "start=-1", "stop should be after start"):
        assert text in str(caught.value)
    with pytest.raises(PluginError, match="each network once"):
        maximize(value, over=(), by=ADAM)


def test_turns_before_counts_the_turns_of_all_earlier_steps():
    player = maximize(value, over="D", by=ADAM, turns=2, every=3, start=1, stop=8)
    taken = 0
    for step in range(12):
        assert player.turns_before(step) == taken
        taken += 2 * player.plays(step)
    assert taken == 6
