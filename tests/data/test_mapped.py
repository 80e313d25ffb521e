import mmap
from dataclasses import replace

import numpy as np
import pytest
import torch

from ganzoo.contract import Space
from ganzoo.data import Dataset, Stream
from ganzoo.data import mapped as mapped_module
from ganzoo.data.folder import open_folder
from ganzoo.data.mapped import mapped

pytestmark = pytest.mark.skipif(not hasattr(mmap, "MADV_WILLNEED"), reason="the system takes no advice")


class Advised:
    """A mapping that remembers what was asked of it: (first byte, bytes)."""

    def __init__(self, error=None):
        self.asked, self.error = [], error

    def madvise(self, option, start, length):
        assert option == mmap.MADV_WILLNEED
        self.asked.append((start, length))
        if self.error:
            raise self.error


class Told:
    """Stands where a mapping is looked ahead in: the batches that were asked for."""

    def __init__(self):
        self.batches = []

    def expect(self, index):
        self.batches.append(index.tolist())


@pytest.fixture
def file(tmp_path, monkeypatch):
    """A file of 40 samples of 1,000 bytes."""
    monkeypatch.setattr(mapped_module, "LARGE", 0)
    np.save(tmp_path / "samples.npy", np.arange(40_000, dtype=np.int64).astype(np.uint8).reshape(40, 1, 10, 100))
    return np.load(tmp_path / "samples.npy", mmap_mode="c")


def test_the_pages_of_the_samples_are_asked_for_and_no_others(file):
    found = mapped(file)
    found.expect(torch.arange(40))  # a real mapping takes it
    found._map = Advised()
    places = [0, 5, 39]
    found.expect(torch.tensor(places))
    for place, (start, length) in zip(places, found._map.asked, strict=True):
        first = file.offset + 1000 * place
        assert start % mmap.PAGESIZE == 0
        assert first - mmap.PAGESIZE < start <= first
        assert start + length == first + 1000


def test_advice_that_the_system_does_not_take_is_no_error(file):
    found = mapped(file)
    found._map = Advised(OSError("not now"))
    found.expect(torch.tensor([1, 2]))
    assert len(found._map.asked) == 1


def test_a_small_file_is_left_to_the_system(file, monkeypatch):
    monkeypatch.setattr(mapped_module, "LARGE", file.nbytes + 1)
    assert mapped(file) is None


def dataset(**fields):
    space = Space(kind="image", shape=(1, 2, 2))
    samples = torch.arange(80, dtype=torch.uint8).view(20, 1, 2, 2)
    return Dataset("images", space, samples, None, "0", **fields)


def test_what_is_wanted_is_asked_for_as_one_before_it_is_touched():
    told = Told()
    found, index = dataset(mapped=told), torch.tensor([3, 1])
    assert torch.equal(found.real(index), dataset().real(index))
    assert told.batches == [[3, 1]]


@pytest.mark.parametrize("first", [0, 7])
def test_the_next_batch_is_asked_for_while_one_is_played(first):
    told = Told()
    ahead, plain = (Stream(dataset(mapped=mapping), 6, 0, "D", "cpu") for mapping in (told, None))
    for k in range(first, first + 10):
        assert torch.equal(ahead.real(k), plain.real(k))
        assert told.batches[-2:] == [plain.index(k).tolist(), plain.index(k + 1).tolist()]


@pytest.mark.parametrize("own", [True, False])
def test_sources_are_asked_for_where_they_are(own):
    mine, theirs = Told(), Told()
    found = dataset(mapped=mine, mapped_sources=theirs if own else mine)
    found = replace(found, space=replace(found.space, source=found.space), sources=found.samples if own else None)
    stream = Stream(found, 6, 0, "D", "cpu", unpaired=True)
    told, silent = (theirs, mine) if own else (mine, theirs)
    for k in range(3):
        stream.source(k)
        assert told.batches[-2:] == [stream.source_index(k).tolist(), stream.source_index(k + 1).tolist()]
    assert not silent.batches


def test_samples_that_move_to_a_device_are_read_from_no_file():
    assert dataset(mapped=Told()).to("cpu").mapped is not None
    assert dataset(mapped=Told()).to("meta").mapped is None


def test_a_folder_of_images_is_looked_ahead_in(tmp_path, picture, request_of, monkeypatch):
    picture().save(tmp_path / "a.png")
    assert open_folder(tmp_path, request_of()).mapped is None
    monkeypatch.setattr(mapped_module, "LARGE", 0)
    assert open_folder(tmp_path, request_of()).mapped is not None
