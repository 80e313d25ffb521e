import pytest

from ganzoo.plurals import duration, many


def test_one_is_one_and_others_are_many():
    assert [many(count, "image") for count in (0, 1, 1797)] == ["0 images", "1 image", "1,797 images"]
    assert [many(count, "class") for count in (1, 2)] == ["1 class", "2 classes"]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0.1 s"),
        (0.42, "0.4 s"),
        (3, "3 s"),
        (89, "89 s"),
        (240, "4 min"),
        (7800, "2 h 10 min"),
        (90000, "25 h 0 min"),
    ],
)
def test_durations_are_said_as_people_say_them(seconds, words):
    assert duration(seconds) == words
