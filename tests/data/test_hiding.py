import dataclasses

import pytest
import torch

from ganzoo.columns import columns_of
from ganzoo.contract import Space
from ganzoo.data.degrade import Degradation
from ganzoo.errors import DataError
from ganzoo.testing.case import TABLES, made_up


@pytest.mark.parametrize("space", TABLES)
def test_hidden_cells_have_the_entry_of_absent_ones(space):
    degradation = Degradation.read("hide:0.3")
    rows, source = made_up(space, 2000).samples, degradation.space(space)
    for column in columns_of(space):
        if column.modes and column.absent:
            rows[rows[:, column.stop - 1] > 0, column.start] = 0  # as data have it
    made = degradation(rows, 5, space)
    assert made.shape == (2000, *source.shape)
    for before, after in zip(columns_of(space), columns_of(source), strict=True):
        assert after.absent
        assert sum(after.shares) == pytest.approx(1)
        was_absent = rows[:, before.stop - 1] > 0 if before.absent else torch.zeros(2000, dtype=torch.bool)
        absent = made[:, after.stop - 1] > 0
        assert absent[was_absent].all()
        assert absent[~was_absent].float().mean().item() == pytest.approx(0.3, abs=0.05)
        assert (made[absent][:, after.start : after.stop - 1] == 0).all()
        kept = slice(after.start, after.start + before.stop - before.start)
        assert torch.equal(made[~absent][:, kept], rows[~absent][:, before.start : before.stop])
    assert torch.equal(made, degradation(rows, 5, space))
    assert not torch.equal(made, degradation(rows, 6, space))


def test_what_is_for_tables_is_for_no_others():
    with pytest.raises(DataError, match=r"--degrade hide:0\.2 is for tables, and these data are images; leave it out"):
        Degradation.read("hide").space(Space(kind="image", shape=(1, 8, 8)))
    with pytest.raises(DataError, match="--degrade edges is for images, and these data are tables"):
        Degradation.read("edges").space(dataclasses.replace(TABLES[0]))
