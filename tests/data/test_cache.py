import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from ganzoo.data.cache import cache_folder, keep


def write(text):
    return lambda folder: (folder / "file").write_text(text)


def test_what_is_kept_is_built_once_per_version():
    first = keep("source", "v1", write("one"))
    assert keep("source", "v1", write("two")) == first
    assert (first / "file").read_text() == "one"


def test_a_new_version_replaces_the_old_one_and_no_other_source():
    old, other = keep("source", "v1", write("one")), keep("another", "v1", write("one"))
    new = keep("source", "v2", write("two"))
    assert (new / "file").read_text() == "two"
    assert not old.exists()
    assert other.exists()


def test_a_failed_build_leaves_nothing(cache):
    def fail(folder):
        (folder / "half").write_text("half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        keep("source", "v1", fail)
    assert list((cache / "images").iterdir()) == []


def test_of_two_at_once_one_builds_and_the_other_waits_for_it():
    begun, built = threading.Event(), []

    def slow(folder):
        begun.set()
        time.sleep(0.2)
        write("first")(folder)
        built.append(folder)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(keep, "source", "v1", slow)
        assert begun.wait(10)
        second = pool.submit(keep, "source", "v1", slow)
    assert first.result() == second.result()
    assert len(built) == 1


def test_what_a_killed_process_left_is_removed(cache):
    left = cache / "images" / ".building-source"
    left.mkdir(parents=True)
    (left / "half").write_text("half")
    assert [path.name for path in keep("source", "v1", write("one")).iterdir()] == ["file"]
    assert [path.name for path in (cache / "images").iterdir()] == ["source-v1"]


def test_the_platforms_own_folder(monkeypatch, tmp_path):
    monkeypatch.delenv("GANZOO_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    assert cache_folder() == tmp_path / "ganzoo"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert cache_folder().parts[-3:] == ("Library", "Caches", "ganzoo")
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    assert cache_folder() == tmp_path / "local" / "ganzoo"
