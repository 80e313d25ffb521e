import threading
import zipfile

import numpy as np
import pytest
import torch

from ganzoo.contract import Space
from ganzoo.engine import streaming
from ganzoo.engine.samples import Samples
from ganzoo.engine.streaming import file_name, stream_to_array, stream_to_files, tell_how_far
from ganzoo.errors import UsageError

GREY = Space(kind="image", shape=(1, 4, 4))
POINTS = Space(kind="vector", shape=(2,), range=None)


def batches(space, sizes):
    generator = torch.Generator().manual_seed(0)
    return [torch.rand(size, *space.shape, generator=generator) * 2 - 1 for size in sizes]


def test_an_array_is_the_one_that_numpy_would_have_written_whole(tmp_path):
    parts = batches(POINTS, [3, 3, 1])
    stream_to_array(iter(parts), 7, POINTS, tmp_path / "new" / "points.npz")
    with np.load(tmp_path / "new" / "points.npz") as archive:
        assert archive.files == ["samples"]
        assert np.array_equal(archive["samples"], torch.cat(parts).numpy())
        assert archive["samples"].dtype == np.float32


def test_files_are_those_of_samples_saved_at_once(tmp_path):
    parts = batches(GREY, [2, 2, 1])
    stream_to_files(iter(parts), 5, GREY, tmp_path / "streamed")
    Samples(torch.cat(parts), GREY).save_files(tmp_path / "whole")
    names = [f"{number:04d}.png" for number in range(5)]
    assert sorted(path.name for path in (tmp_path / "streamed").iterdir()) == names
    for name in names:
        assert (tmp_path / "streamed" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["streamed", "whole"]


def test_names_have_digits_enough_to_be_in_order():
    assert [file_name(7, n, ".png") for n in (8, 10_000, 10_001)] == ["0007.png", "0007.png", "00007.png"]


@pytest.mark.parametrize("write", [stream_to_array, stream_to_files])
def test_what_ends_early_leaves_nothing(tmp_path, write):
    def torn():
        yield from batches(GREY, [2])
        raise RuntimeError("the generator broke")

    for path in (tmp_path / "out.npz", tmp_path / "new" / "deep" / "out.npz"):
        with pytest.raises(RuntimeError, match="the generator broke"):
            write(torn(), 4, GREY, path)
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("write", [stream_to_array, stream_to_files])
def test_what_is_there_is_not_overwritten_unless_asked(tmp_path, write):
    path = tmp_path / "out.npz"
    for force in (False, True):
        write(iter(batches(GREY, [2])), 2, GREY, path, force=force)
        with pytest.raises(UsageError, match="exists already"):
            write(iter(batches(GREY, [2])), 2, GREY, path)


def test_points_have_no_file_each(tmp_path):
    with pytest.raises(UsageError, match=r"type --out NAME.npz"):
        stream_to_files(iter([]), 0, POINTS, tmp_path / "points")


def test_writing_happens_while_the_next_batch_is_made_and_few_batches_wait(tmp_path, monkeypatch):
    written, made = [], []
    real = zipfile._ZipWriteFile.write
    monkeypatch.setattr(
        zipfile._ZipWriteFile, "write", lambda self, data: (written.append(threading.get_ident()), real(self, data))[1]
    )

    def many():
        for batch in batches(POINTS, [1] * 40):
            made.append(len(written))
            yield batch

    stream_to_array(many(), 40, POINTS, tmp_path / "points.npz")
    assert threading.get_ident() not in written[-40:]  # the header alone is written here
    assert all(number - done <= 6 for number, done in enumerate(made))


def test_how_far_it_is_is_told_every_ten_seconds(monkeypatch):
    told, clock = [], iter(range(0, 1000, 4))
    monkeypatch.setattr(streaming.time, "monotonic", lambda: next(clock))
    parts = batches(POINTS, [100] * 50)
    assert [len(part) for part in tell_how_far(told.append, iter(parts), 5000)] == [100] * 50
    assert len(told) == 16
    assert told[0] == "300 of 5,000 samples, about 3 min left"
    assert told[-1] == "4,800 of 5,000 samples, about 8 s left"
