import numpy as np
import pytest

from ganzoo.columns import Column
from ganzoo.data.columns import decode, encode, infer
from ganzoo.errors import DataError

NUMBERS = [f"{x:.2f}" for x in np.random.default_rng(0).normal([[0.0], [50.0]], 1.0, (2, 200)).ravel()]


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (["1.5", "-2e3", "3"], "continuous"),
        ([str(x) for x in range(-5, 15)], "integer"),
        (["0", "1", "1", "2"], "category"),
        (["2024-02-29", "1999-12-31"], "date"),
        (["1.5", "two"], "category"),
        (["2024-02-29 23:59:59", "1999-12-31 00:00:00"], "date"),
        (["2024-02-29 23:59:59", "1999-12-31"], "category"),
        (["2024-02-29 3:04:05", "1999-12-31 00:00:00"], "category"),  # would be written otherwise
        (["2024-02-29T23:59:59.5Z", "1999-12-31T00:00:00.0Z"], "date"),
        (["2024-02-29T23:59:59.5Z", "1999-12-31T00:00:00.25Z"], "category"),
        (["2024-02-29 23:59+01:00", "1999-12-31 00:00+02:00"], "category"),  # two time zones
        (["2024-02-29 23:59.5", "1999-12-31 00:00.5"], "category"),  # no seconds that these were decimals of
        (["2024-02-29Z", "1999-12-31Z"], "category"),
        (["1,5", "2,25"], "category"),  # of a file with commas between cells
        (["", "NA", "7.5"], "continuous"),
    ],
)
def test_a_kind_is_inferred(texts, kind):
    column = infer("x", texts)
    assert column.kind == kind
    assert column.absent == ("NA" in texts)


@pytest.mark.parametrize(
    "texts",
    [
        NUMBERS,
        [*NUMBERS[:20], "", *NUMBERS[20:40]],
        [str(x) for x in range(0, 3000, 7)],
        ["2024-02-29", "1999-12-31", "", "2000-01-01"] * 5,
        ["2024-02-29 23:59:59", "2024-03-01 00:00:00", "", "2024-02-01 07:05:03"] * 5,
        [f"2024-01-02T{hour:02d}:{minute:02d}" for hour in range(24) for minute in range(0, 60, 7)],
        [f"2024-01-02T03:04:{second:02d}.{7 * second:03d}Z" for second in range(60)],
        [f"2024-01-02 03:{minute:02d}:00+05:30" for minute in range(60)],
        [f"2024-01-02 {hour:02d}:00 UTC" for hour in range(24)],
        [f"2024-01-02 03:04:05.{number:03d}000000" for number in range(0, 999, 9)],
        ["red", "green", "", "a, b"],
        ["5.0", "5.0", "5.0"],
        [f"{x:05d}" for x in range(0, 99_999, 777)],
        ["same", "same"],
    ],
)
def test_texts_come_back(texts):
    column = infer("x", texts)
    features = encode(column, texts, seed=0)
    assert features.shape == (len(texts), column.stop)
    assert ((features[:, [f - column.start for f in column.entries]]).sum(1) == 1).all()
    assert np.abs(features).max() <= 1
    back = decode(column, features)
    if column.kind == "continuous":
        read = [float(text) if text else None for text in back]
        assert read == [pytest.approx(float(text), abs=0.0101) if text else None for text in texts]
    else:
        assert back == texts


def test_numbers_with_commas_come_back_with_commas():
    texts = [*(text.replace(".", ",") for text in NUMBERS), "3", "-1,5e2", ""]
    column = infer("x", texts, comma=True)
    assert (column.kind, column.form) == ("continuous", ",")
    back = decode(column, encode(column, texts, seed=0))
    assert all("." not in text and "," in text for text in back[:-1])
    numbers = [[float(text.replace(",", ".")) for text in some[:-1]] for some in (texts, back)]
    assert numbers[0] == pytest.approx(numbers[1], abs=0.0101)
    assert infer("x", ["1.5", "2,5"], comma=True).kind == "category"
    assert infer("x", ["1.5", "2.5"], comma=True).form == ""
    with pytest.raises(DataError, match="is not of its kind"):
        encode(column, ["1.5"], seed=0)


def test_times_that_lie_close_together_are_told_apart():
    texts = [str(1_700_000_000 + 7 * number) for number in range(200)]
    column = infer("x", texts)
    assert decode(column, encode(column, texts, seed=0)) == texts


def test_two_clusters_are_two_gaussians_and_each_number_is_of_its_own():
    column = infer("x", NUMBERS)
    means = np.array([mean for mean, _ in column.modes])
    assert sum(column.shares) == pytest.approx(1)
    features = encode(column, NUMBERS, seed=0)
    chosen = means[features[:, 1:].argmax(1)]
    assert np.abs(chosen - np.array(NUMBERS, float)).max() < 8
    assert {mean > 25 for mean in means} == {True, False}


def test_a_number_is_its_place_within_four_deviations():
    column = Column(name="x", kind="continuous", modes=((10.0, 2.0),), shares=(1.0,), least=0, greatest=99, decimals=1)
    assert encode(column, ["12.0", "2.0", "50"], seed=0)[:, 0].tolist() == [0.25, -1.0, 1.0]
    assert decode(column, np.array([[0.25, 1.0], [-1.0, 1.0]], np.float32)) == ["12.0", "2.0"]


@pytest.mark.parametrize("power", [-7, -19, -30, 20])
def test_numbers_with_exponents_come_back(power):
    texts = [f"{x / 7:.2f}e{power}" for x in range(1, 60)]
    column = infer("x", texts)
    back = decode(column, encode(column, texts, seed=0))
    assert np.array(back, float) == pytest.approx(np.array(texts, float), rel=1e-3, abs=0)


def test_generated_numbers_stay_within_the_datas_range():
    column = infer("x", [str(x) for x in range(20, 40)])
    wild = np.tile(np.array([[1.0], [-1.0]], np.float32), (1, column.stop))
    assert {int(text) for text in decode(column, wild)} <= {20, 39}


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["", "na"], "no values"),
        ([f"id{x}" for x in range(10_000)], "10,000 different texts"),
        (["1.0", "inf"], "finite"),
    ],
)
def test_a_column_that_nothing_can_be_made_of(texts, said):
    with pytest.raises(DataError, match=said):
        infer("x", texts)


def test_a_value_that_the_data_did_not_have():
    column = infer("x", ["red", "green"])
    with pytest.raises(DataError, match="'blue' is none of green, red"):
        encode(column, ["blue"], seed=0)
    with pytest.raises(DataError, match="row 2 has no value"):
        encode(column, ["red", ""], seed=0)
