import math

import pytest

from ganzoo.engine.layout import FILES, MANIFEST, NEEDED, TEXTS, Pin, as_json


def test_only_these_files_are_ever_published():
    assert not [name for name in FILES if name.endswith((".pt", ".bin", ".py", ".pkl")) or "/" in name]
    assert {*NEEDED, *TEXTS, MANIFEST} <= FILES.keys()


def test_json_has_no_nan():
    with pytest.raises(ValueError, match="JSON"):
        as_json({"value": math.nan})
    assert as_json({"a": 1}) == b'{\n  "a": 1\n}\n'


def test_a_pin_is_of_contents(tmp_path):
    assert Pin.of(b"abc").size == 3
    assert Pin.of(b"abc") != Pin.of(b"abd")
    (tmp_path / "file").write_bytes(b"abc")
    assert Pin.found(tmp_path / "file") == Pin.of(b"a", b"bc")
