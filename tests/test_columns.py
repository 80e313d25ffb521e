import pytest

from ganzoo.columns import read_conditions
from ganzoo.errors import UsageError


def test_a_value_may_have_any_signs():
    assert read_conditions(["a=1", "b c=x=y", "d="]) == {"a": "1", "b c": "x=y", "d": ""}


def test_each_column_is_asked_for_one_value():
    with pytest.raises(UsageError) as error:
        read_conditions(["a=1", "b", "a=2"])
    assert [*error.value.mistakes] == [
        "--where b: expected COLUMN=VALUE",
        "--where a=... is given 2 times; a row has one value of it",
    ]
