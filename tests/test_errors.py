import re

import pytest

from ganzoo import errors
from ganzoo.errors import GanzooError, Stopped, UsageError, nearest


def kinds():
    return [getattr(errors, name) for name in errors.__all__ if isinstance(getattr(errors, name), type)]


def test_the_docstrings_tree_is_the_tree():
    drawn = dict(re.findall(r"[├└]── (\w+) +(\d+) ", errors.__doc__))
    subclasses = [kind for kind in kinds() if kind is not GanzooError]
    assert drawn.keys() == {kind.__name__ for kind in subclasses}
    assert {kind.__bases__ for kind in subclasses} == {(GanzooError,)}
    for kind in subclasses:
        assert kind("text").exit_code == int(drawn[kind.__name__])
    assert GanzooError.exit_code == 2


def test_an_error_reads_as_its_text():
    for kind in kinds():
        assert str(kind("asked, found, what to type")) == "asked, found, what to type"


def test_mistakes_are_a_line_each():
    error = UsageError("one", "two")
    assert str(error) == "one\ntwo"
    assert error.mistakes == ("one", "two")


def test_stopped_by_ctrl_c_has_a_code_of_its_own():
    assert (Stopped("x").exit_code, Stopped("x", 130).exit_code) == (75, 130)


@pytest.mark.parametrize(
    ("word", "known", "expected"),
    [
        ("dcgna", ["dcgan", "wgan-gp"], "did you mean 'dcgan'?"),
        ("wgan", ["wgan-gp", "wgan-lp", "dcgan"], "did you mean 'wgan-lp' or 'wgan-gp' or 'dcgan'?"),
        ("zzz", ["b", "a"], "known: a, b"),
        ("zzz", [f"n{i}" for i in range(9)], "known: n0, n1, n2, n3, n4, n5, n6, n7, ..."),
        ("zzz", {}, ""),
    ],
)
def test_the_nearest_names_or_all_if_they_are_few(word, known, expected):
    assert nearest(word, known) == expected
