import csv

import pytest
import torch

from ganzoo.contract import Architecture, Config
from ganzoo.data.degrade import Degradation
from ganzoo.data.tables import table_dataset
from ganzoo.engine.apply import Job, jobs_for, translated
from ganzoo.engine.generator import Generator
from ganzoo.errors import DataError, UsageError
from ganzoo.nn import Cells

NAMES = ["size", "colour"]
ROWS = [[f"{k / 4:.2f}", ["red", "blue"][k % 2]] for k in range(40)]


@pytest.fixture
def greatest():
    """An imputation that puts each column's greatest number or last entry where there is none."""
    space = table_dataset("made", NAMES, ROWS, "made").space
    space = type(space)(**{**vars(space), "source": Degradation.read("hide:0.2").space(space)})
    cells = Cells(space)

    def generate(nets, batch, config):
        return cells.rows(torch.ones(len(batch.source), cells.count).cumsum(1), batch.source)

    architecture = Architecture(Config, dict, list, generate=generate, source="paired")
    return Generator("tiny", architecture, Config(), space, {"cells": cells})


def written(path, lines):
    path.write_text("\n".join(lines) + "\n")
    return path


def test_absent_cells_are_filled_and_all_others_stay(greatest, tmp_path):
    file = written(tmp_path / "holes.csv", ["colour;size", "red;NA", ";01.50", "blue;3"])
    (job,) = jobs_for([file], "tiny", None, kind="table")
    assert job == Job(file, tmp_path / "holes-tiny.csv")
    contents, note = translated(greatest, job)
    assert note == "2 of 6 cells filled"
    rows = list(csv.reader(contents.decode().splitlines(), delimiter=";"))
    assert rows == [["colour", "size"], ["red", "9.75"], ["red", "01.50"], ["blue", "3"]]  # as they were written


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["size", "1"], "no column 'colour'; tiny has learned size, colour"),
        (["size,colour,other", "1,red,2"], "a column 'other', which is not known"),
        (["size,colour,size", "1,red,2"], "column 'size' twice"),
        (["size,colour", "1,green"], "'green' is none of blue, red"),
        (["size,colour", "one,red"], "'one' is not of its kind, continuous"),
        (["size,colour"], "no rows below the header"),
    ],
)
def test_other_tables_are_one_line(greatest, tmp_path, lines, message):
    file = written(tmp_path / "other.csv", lines)
    with pytest.raises(DataError, match=message) as caught:
        translated(greatest, Job(file, tmp_path / "new.csv"))
    assert str(file) in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_folders_of_tables(tmp_path):
    written(tmp_path / "a.csv", ["x", "1"])
    written(tmp_path / "b.tsv", ["x", "1"])
    written(tmp_path / "c.png", [""])
    jobs = jobs_for([tmp_path], "tiny", tmp_path / "new", kind="table")
    assert [job.target.name for job in jobs] == ["a.csv", "b.csv"]
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="no tables in it"):
        jobs_for([tmp_path / "empty"], "tiny", None, kind="table")
