import json

import pytest

from ganzoo.contract import Space
from ganzoo.tokens import cut, lines_of, text_space, vocabulary_of


def test_a_line_ends_at_its_end():
    letters = text_space(("", "a", "b"), "characters", 4)
    assert lines_of([[1, 2, 0, 1], [2, 2, 2, 2], [0, 1, 1, 1]], letters) == ["ab", "bbbb", ""]
    words = text_space(("so", "be", "it"), "words", 3)
    assert lines_of([[0.0, 1.0, 2.0]], words) == ["so be it"]


@pytest.mark.parametrize(("unit", "tokens"), [("words", ["it", "is."]), ("characters", list("it is."))])
def test_what_is_cut_comes_back(unit, tokens):
    assert cut("it is.", unit) == tokens
    space = text_space(sorted(set(tokens)), unit, len(tokens))
    assert lines_of([[vocabulary_of(space).index(token) for token in tokens]], space) == ["it is."]


def test_a_space_says_what_it_holds_and_survives_json():
    space = text_space(("", "a", "b"), "characters", 4, oracle={"words": 3})
    assert str(space) == "4 characters of 3"
    assert Space.from_dict(json.loads(json.dumps(space.to_dict()))) == space
