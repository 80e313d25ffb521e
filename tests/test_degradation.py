import pytest

from ganzoo.degradation import DEGRADATIONS, read_degradation
from ganzoo.errors import UsageError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("edges", ("edges", None)),
        ("grey", ("grey", None)),
        ("mask", ("mask", "centre")),
        ("mask:random", ("mask", "random")),
        ("downscale", ("downscale", 4)),
        ("downscale:2", ("downscale", 2)),
        ("noise:.1", ("noise", 0.1)),
        ("blur:3", ("blur", 3.0)),
        ("hide", ("hide", 0.2)),
        ("mel:80", ("mel", 80)),
    ],
)
def test_what_may_be_typed(text, expected):
    assert read_degradation(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("egdes", "unknown degradation 'egdes'; did you mean 'edges'"),
        ("edges:3", "type for example --degrade edges"),
        ("mask:left", "type for example --degrade mask:random"),
        ("downscale:0", "type for example --degrade downscale:4, at most 16"),
        ("downscale:1.5", "type for example --degrade downscale:4, at most 16"),
        ("noise:-1", "type for example --degrade noise:0.3, at most 10"),
        ("noise:nan", "type for example --degrade noise:0.3"),
        ("hide:1", "type for example --degrade hide:0.2, at most 0.95"),
        ("blur:", "type for example --degrade blur:2.0, at most 64"),
    ],
)
def test_anything_else_is_one_line(text, message):
    with pytest.raises(UsageError, match=message) as caught:
        read_degradation(text)
    assert len(caught.value.mistakes) == 1


def test_each_reads_its_own_name():
    assert [read_degradation(name)[1] for name in DEGRADATIONS] == list(DEGRADATIONS.values())
