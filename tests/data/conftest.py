"""What the tests of data share: a cache of their own, and small images."""

import numpy as np
import pytest
from PIL import Image

from ganzoo.data import Request


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    folder = tmp_path / "cache"
    monkeypatch.setenv("GANZOO_CACHE", str(folder))
    monkeypatch.delenv("GANZOO_DATA", raising=False)
    return folder


@pytest.fixture
def request_of(tmp_path):
    """request_of(size=8, channels=None, strict=False) -> a Request with a root of its own."""

    def make(**asked):
        return Request(**{"root": tmp_path / "root", "size": 8, "channels": None} | asked)

    return make


@pytest.fixture
def picture():
    """picture(seed=0, width=8, height=8, mode="RGB") -> an image of noise."""

    def make(seed=0, width=8, height=8, mode="RGB"):
        pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
        return Image.fromarray(pixels).convert(mode)

    return make
