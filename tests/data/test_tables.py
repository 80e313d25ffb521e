import csv

import pytest

from ganzoo.columns import columns_of
from ganzoo.contract import Space
from ganzoo.data import open_dataset
from ganzoo.data.tables import rows_of, to_csv
from ganzoo.errors import DataError

TABLE = "age;name;seen\n31;Ann;2024-01-02\n29;Bob;\n40;Ann;2023-05-06\n" + "".join(f"{x};Bob;\n" for x in range(50, 60))


@pytest.fixture
def written(tmp_path):
    def write(text, name="people.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    return write


def test_a_csv_becomes_rows_and_comes_back(written, request_of):
    dataset = open_dataset(written(TABLE), request_of())
    columns = columns_of(dataset.space)
    assert [(column.name, column.kind) for column in columns] == [
        ("age", "integer"),
        ("name", "category"),
        ("seen", "date"),
    ]
    assert (dataset.name, len(dataset), str(dataset.space)) == ("people", 13, "3 columns")
    expected = list(csv.reader(TABLE.splitlines(), delimiter=";"))
    assert rows_of(dataset.samples.numpy(), dataset.space) == expected[1:]
    assert list(csv.reader(to_csv(dataset.samples.numpy(), dataset.space).splitlines())) == expected


def test_a_table_with_commas_in_numbers_comes_back_with_semicolons(written, request_of):
    text = "price;seen\n" + "".join(f"{n},25;2024-01-{n:02d} 12:30:00\n" for n in range(1, 21))
    dataset = open_dataset(written(text), request_of())
    columns = columns_of(dataset.space)
    assert [(column.kind, column.form) for column in columns] == [("continuous", ","), ("date", "%Y-%m-%d %H:%M:%S")]
    assert to_csv(dataset.samples.numpy(), dataset.space) == text
    quoted = written('price,n\n"1,25",1\n"2,50",2\n', "quoted.csv")
    assert columns_of(open_dataset(quoted, request_of()).space)[0].kind == "category"


def test_the_space_survives_json(written, request_of):
    import json

    space = open_dataset(written(TABLE), request_of()).space
    assert columns_of(Space.from_dict(json.loads(json.dumps(space.to_dict())))) == columns_of(space)


def test_the_fingerprint_changes_with_a_cell(written, request_of):
    first = open_dataset(written(TABLE), request_of()).fingerprint
    assert first == open_dataset(written(TABLE, "other.tsv"), request_of()).fingerprint
    assert first != open_dataset(written(TABLE.replace("Ann", "Eva")), request_of()).fingerprint


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n3\n", "line 3 has 1 cell, the header names 2 columns"),
        ('a,b\n1,2\n3,"x\n4,y\n5,z\n', "line 3 opens a quote and never closes it"),
        ('a,b\n1,2\n3,"x\n4,y', "line 3 opens a quote and never closes it"),
        ("a,a\n1,2\n", "names 'a' twice"),
        ("a,\n1,2\n", "a column with nothing"),
        ("a,b\n", "no rows below the header"),
        ("", "empty"),
        (b"a,b\n\xff,2\n", "byte 4 is not UTF-8"),
        ("a,b\n1,\n2,\n", "column 'b' has no values"),
        ("a\n" + "".join(f"key{x}\n" for x in range(2000)), "2,000 different texts"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(written, request_of, text, said):
    with pytest.raises(DataError, match=said) as caught:
        open_dataset(written(text), request_of())
    assert len(str(caught.value).splitlines()) == 1
    assert "people.csv" in str(caught.value)


@pytest.mark.parametrize("text", ["x\n1.5\n2.5\n", "x,y\n1.5,a\n2.5,a\n", 'x\n"a, b"\n"c\nd"\n'])
def test_one_column_a_constant_column_and_quoted_cells_are_tables(written, request_of, text):
    dataset = open_dataset(written(text), request_of())
    assert rows_of(dataset.samples.numpy(), dataset.space) == list(csv.reader(text.splitlines(keepends=True)))[1:]


@pytest.mark.parametrize(("name", "rows", "columns"), [("iris", 150, 5), ("wine", 178, 14)])
def test_the_built_in_tables_are_as_the_listing_says(request_of, name, rows, columns):
    dataset = open_dataset(name, request_of())
    assert (len(dataset), len(columns_of(dataset.space))) == (rows, columns)
