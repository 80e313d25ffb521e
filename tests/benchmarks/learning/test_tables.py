import pytest
from sklearn.impute import KNNImputer

from benchmarks.learning.tables import by_columns, by_imputer, errors, hidden

KINDS = ["continuous", "category"]
TRAIN = [["0.0", "a"], ["1.0", "a"], ["10.0", "b"], ["9.0", "b"], ["10.0", "b"]] + [["0.5", "a"]] * 5
TEST = [["2.0", "a"], ["8.0", "b"]]
HOLES = [["", "a"], ["8.0", ""]]


def test_a_fifth_of_the_cells_is_hidden():
    holes = hidden([["1", "2"]] * 5000, seed=0)
    assert 0.18 < sum(text == "" for row in holes for text in row) / 10_000 < 0.22
    assert holes == hidden([["1", "2"]] * 5000, seed=0) != hidden([["1", "2"]] * 5000, seed=1)


def test_holes_are_filled_by_columns_and_by_neighbours_and_their_errors_counted():
    mean = sum(float(row[0]) for row in TRAIN) / len(TRAIN)
    filled = by_columns(KINDS, TRAIN, HOLES)
    assert filled == [[str(mean), "a"], ["8.0", "a"]]
    assert errors(KINDS, TRAIN, TEST, HOLES, filled) == {"rmse": pytest.approx(abs(mean - 2) / 10), "right": 0.0}
    filled = by_imputer(KNNImputer(), KINDS, TRAIN, TRAIN, HOLES)
    assert [float(filled[0][0]), *filled[0][1:], *filled[1]] == [pytest.approx(0.5, abs=0.2), "a", "8.0", "b"]
    assert errors(KINDS, TRAIN, TEST, HOLES, filled)["right"] == 1.0
    few = by_imputer(KNNImputer(n_neighbors=1), KINDS, TRAIN, [TRAIN[2], ["", "a"]], HOLES)
    assert [float(few[0][0]), few[1][1]] == [pytest.approx(10), "b"], "it has seen two rows alone, one with a hole"
