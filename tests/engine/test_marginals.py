from ganzoo.engine.samples import Samples
from ganzoo.testing.case import TABLES, made_up


def test_a_table_is_shown_column_by_column(tmp_path):
    rows = made_up(TABLES[0]).samples
    alone, beside = Samples(rows, TABLES[0]), Samples(rows[:8], TABLES[0], real=rows)
    assert alone.grid().width > alone.grid().height > 100  # three plots in a row
    assert alone.grid().tobytes() != beside.grid().tobytes()
    assert alone._repr_png_()


def test_rows_are_saved_as_csv(tmp_path):
    samples = Samples(made_up(TABLES[0], 5).samples, TABLES[0])
    lines = samples.save(tmp_path / "rows.csv").read_text().splitlines()
    assert lines[0] == "size,class,open"
    assert len(lines) == 6
    assert {line.split(",")[1] for line in lines[1:]} <= {"a", "b", "c"}
