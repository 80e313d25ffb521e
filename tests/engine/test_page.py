import numpy as np

from ganzoo.engine.page import page


def test_pages_have_one_size_and_lines_in_their_order():
    empty, full = page([]), page(["", "word", *["x" * 500] * 40])
    assert empty.size == full.size
    rows = 255 - np.asarray(full, np.int64)
    assert not (255 - np.asarray(empty)).any()
    assert not rows[10:27].any(), "the first line is empty"
    assert rows[29:46].any()
    assert rows[:, -10:].sum() == 0, "long lines end before the margin"
