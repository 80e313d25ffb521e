"""A published space's columns, rates and tokens: what is malformed is said before anything is built."""

import json
from dataclasses import replace

import pytest

from ganzoo.columns import Column
from ganzoo.data import Request, open_dataset
from ganzoo.data.degrade import Degradation
from ganzoo.data.tables import table_dataset
from ganzoo.hub.details import check_details
from ganzoo.hub.fields import Fields
from ganzoo.testing.case import Case

ROWS = [[str(n / 8), f"2024-01-{n + 1:02d}", "ab"[n % 2], str(n * 7) if n else ""] for n in range(20)]
TABLE = table_dataset("t", ["size", "day", "kind", "count"], ROWS, "t").space


def mistakes(space):
    """What is wrong with a space as it comes back from a file."""
    found = []
    details = json.loads(json.dumps(dict(space.details)))
    check_details(space.kind, space.shape, details, Fields({}, "config.json: space", found))
    return found


@pytest.mark.parametrize("name", ["iris", "tones", "ring8", "oracle", "numbers", "digits"])
def test_the_spaces_of_data_are_right(name):
    space = open_dataset(name, Request(root=None, size=8, channels=None)).space
    assert mistakes(space) == []


def test_the_spaces_that_gans_are_tried_on_and_start_from_are_right():
    for name in ("vanilla-mlp", "ctgan", "gain", "hifi-gan", "seqgan", "pix2pix"):
        for space in Case(name).spaces:
            assert mistakes(space) == []
            assert not space.source or mistakes(space.source) == []
    assert mistakes(TABLE) == mistakes(Degradation.read("hide").space(TABLE)) == []


def changed(number, **values):
    columns = [dict(column) for column in TABLE.details["columns"]]
    columns[number] |= values
    return replace(TABLE, details={"columns": columns})


@pytest.mark.parametrize(
    ("space", "said"),
    [
        (replace(TABLE, details={}), "columns is missing"),
        (replace(TABLE, details={"columns": []}), "columns have 0 features, the space has the shape ("),
        (replace(TABLE, details={"columns": [3]}), "columns[0] should be a table of fields"),
        (replace(TABLE, shape=(99,)), "features, the space has the shape (99,)"),
        (changed(0, name="\x1b[2J"), "columns[0]: name is"),
        (changed(0, kind="os.system"), "columns[0]: kind is os.system, expected text, for example continuous"),
        (changed(1, start=10**9), "columns[1]: start is 1000000000"),
        (changed(1, start=1), "columns[1]: start is 1, expected "),
        (changed(0, start="0"), "columns[0]: start is 0, expected a whole number"),
        (changed(0, modes=[]), "columns[0] should have printable values if it is a category, else modes"),
        (changed(0, modes=[[0, 0]]), "columns[0] should have modes of a mean and a standard deviation above 0"),
        (changed(0, modes=[[1, 2, 3]]), "modes of a mean"),
        (changed(0, modes="abc"), "columns[0]: modes is abc, expected a list"),
        (changed(2, values=[]), "printable values"),
        (changed(2, values=[1, 2]), "printable values"),
        (changed(0, shares=[2]), "columns[0] should have a share from 0 to 1 for each"),
        (changed(0, shares=[0.5] * 9), "columns[0] should have a share from 0 to 1 for each"),
        (changed(0, least=9.0, greatest=1.0), "columns[0] should have a least value below the greatest"),
        (changed(1, greatest=1e9), "columns[1] should have a least value below the greatest"),
        (changed(0, decimals=10**6), "columns[0] should have a name, and at most 400 digits"),
        (changed(0, absent="no"), "columns[0]: absent is no, expected true or false"),
        (changed(1, form="%c%c%c"), "columns[1] should have no form, or one of %Y-%m-%d %H:%M:%S, "),
        (changed(2, form=","), "columns[2] should have no form"),
        (changed(0, more=1), "columns[0] has fields that no column has"),
    ],
)  # fmt: skip
def test_malformed_columns_are_said(space, said):
    found = mistakes(space)
    assert len(found) == 1
    assert said in found[0]
    assert found[0].startswith("config.json: space.details")
    assert found[0].isprintable()


@pytest.mark.parametrize(
    ("kind", "details", "said"),
    [
        ("audio", {}, "rate is missing"),
        ("audio", {"rate": "8000; rm"}, "rate is 8000; rm, expected a whole number from 1 to 1,000,000"),
        ("audio", {"rate": 0}, "rate is 0"),
        ("audio", {"rate": 8000, "degraded": "mel:9999"}, "degraded is none: --degrade mel:9999"),
        ("image", {"degraded": ["mask"]}, "degraded is"),
        ("image", {"degraded": "__import__"}, "degraded is none: unknown degradation"),
        ("vector", {"modes": [[1.0], [2.0, 3.0]], "std": 0.1}, "modes should be points of the space"),
        ("vector", {"modes": [[1.0, 2.0]], "std": 0}, "modes should be points of the space"),
        ("tokens", {"unit": "lines", "vocabulary": ["a"]}, "should have a unit and a vocabulary"),
        ("tokens", {"unit": "words", "vocabulary": ["a"], "oracle": {"words": 10**9, "units": 1}}, "words is"),
        ("tokens", {"unit": "words", "vocabulary": ["a"], "oracle": {"words": 5, "units": 9, "x": 1}}, "x is not a"),
    ],
)
def test_malformed_details_are_said(kind, details, said):
    space = replace(TABLE, kind=kind, shape=(2,), details=details)
    assert any(said in mistake for mistake in mistakes(space))


def test_a_column_that_is_right_is_read_as_it_was():
    assert [Column.from_dict(json.loads(json.dumps(values))) for values in TABLE.details["columns"]] == [
        Column.from_dict(values) for values in TABLE.details["columns"]
    ]
