from pathlib import Path

import pytest

from ganzoo.data import Request
from ganzoo.errors import UsageError


def test_downloads_live_where_asked_then_in_ganzoo_data_then_in_the_cache(tmp_path, cache, monkeypatch):
    assert Request(root=tmp_path, size=8, channels=None).folder == tmp_path
    assert Request(root=None, size=8, channels=None).folder == cache / "data"
    monkeypatch.setenv("GANZOO_DATA", "~/there")
    assert Request(root=None, size=8, channels=None).folder == Path.home() / "there"


def test_every_mistake_at_once():
    with pytest.raises(UsageError) as raised:
        Request(root=None, size=0, channels=2)
    assert raised.value.mistakes == (
        "--size 0: expected at least 1 pixel, for example --size 32",
        "--channels 2: expected 1 (grey) or 3 (RGB)",
    )
