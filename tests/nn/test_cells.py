import dataclasses

import pytest
import torch

from ganzoo.columns import columns_of
from ganzoo.data.columns import decode, encode
from ganzoo.data.degrade import Degradation
from ganzoo.data.tables import table_dataset
from ganzoo.errors import UsageError
from ganzoo.nn import Cells, cell_count

NAMES = ["size", "count", "day", "colour"]
ROWS = [
    [f"{k * 1.5 + 20 * (k % 3):.1f}", str(k), f"20{k % 90 + 10}-03-07", ["red", "blue", ""][k % 3]] for k in range(60)
]


@pytest.fixture
def table():
    dataset = table_dataset("made", NAMES, ROWS, "made")
    return dataclasses.replace(dataset.space, source=Degradation.read("hide:0.2").space(dataset.space))


def encoded(columns, rows):
    parts = [encode(c, texts, 0) for c, texts in zip(columns, zip(*rows, strict=True), strict=True)]
    return torch.cat([torch.from_numpy(part) for part in parts], 1)


def test_cells_are_numbers_from_least_to_greatest_and_one_hots(table):
    cells = Cells(table)
    rows = [["1.5", "59", "2030-03-07", "red"], ["", "0", "", "blue"], ["38.5", "", "2010-03-07", ""]]
    source = encoded(columns_of(table.source), rows)
    sizes = sorted(float(row[0]) for row in ROWS)
    place = (38.5 - sizes[0]) / (sizes[-1] - sizes[0])
    found = cells(source) * cells.known(source)[:, cells.owner]
    assert (cells.count, cells.columns, cells.owner.tolist()) == (5, 4, [0, 1, 2, 3, 3])
    assert cell_count(table) == 5
    assert cells.known(source).tolist() == [[1, 1, 1, 1], [0, 1, 0, 1], [1, 0, 1, 0]]
    assert found[:, 3:].tolist() == [[0, 1], [1, 0], [0, 0]]  # blue, red
    assert found[2, 0].item() == pytest.approx(place, abs=1e-5)
    assert found[:, 1].tolist() == pytest.approx([1, 0, 0], abs=1e-5)
    assert found[1, [0, 2]].tolist() == [0, 0]


def test_rows_keep_what_is_known_and_say_what_was_filled(table):
    cells, columns = Cells(table), columns_of(table)
    rows = [["1.5", "", "", "red"], ["", "7", "2030-03-07", ""]]
    source = encoded(columns_of(table.source), rows)
    filled = torch.tensor([[0.9, 1.0, 0.0, 0.0, 1.0], [1.0, 0.3, 0.2, 0.6, 0.4]])
    made = cells.rows(filled, source)
    texts = zip(*(decode(c, made[:, c.start : c.stop].numpy()) for c in columns), strict=True)
    least, greatest = (pick(float(row[0]) for row in ROWS) for pick in (min, max))
    days = sorted(row[2] for row in ROWS)
    assert [list(row) for row in texts] == [["1.5", "59", days[0], "red"], [str(greatest), "7", "2030-03-07", "blue"]]
    assert least < greatest


def test_the_head_and_the_error(table):
    cells = Cells(table)
    logits = torch.randn(3, 5)
    made = cells.head(logits)
    assert torch.allclose(made[:, :3], torch.sigmoid(logits[:, :3]))
    assert torch.allclose(made[:, 3:], torch.softmax(logits[:, 3:], 1))
    true = torch.tensor([[0.1, 0.2, 0.3, 1.0, 0.0]]).expand(3, -1)
    error = cells.error(made, true)
    assert torch.allclose(error[:, :3], (made[:, :3] - true[:, :3]) ** 2)
    assert torch.allclose(error[:, 3], -made[:, 3].log())
    assert error[:, 4].eq(0).all()


def test_other_sources_are_refused(table):
    with pytest.raises(UsageError, match=r"type --degrade hide:0\.2"):
        Cells(dataclasses.replace(table, source=None))
    with pytest.raises(UsageError, match=r"type --degrade hide:0\.2"):
        Cells(dataclasses.replace(table, source=dataclasses.replace(table, source=None)))
