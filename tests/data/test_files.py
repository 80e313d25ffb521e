import os
import zipfile

import pytest

from ganzoo.data import files as files_module
from ganzoo.data.files import folder_files, zip_files
from ganzoo.errors import DataError


def test_an_empty_folder(tmp_path):
    with pytest.raises(DataError, match="no images in it; found no files"):
        folder_files(tmp_path)


def test_a_folder_of_other_things_says_what_is_there(tmp_path):
    for name in ("a.txt", "b.txt", "c.csv", "README"):
        (tmp_path / name).touch()
    with pytest.raises(DataError, match=r"found 2 x \.txt, 1 x \.csv, 1 x no suffix") as raised:
        folder_files(tmp_path)
    assert "\n" not in str(raised.value)


def test_linked_folders_are_followed_and_loops_are_not(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.png").touch()
    (tmp_path / "data" / "cats").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    (tmp_path / "elsewhere" / "loop").symlink_to(tmp_path / "data", target_is_directory=True)
    assert folder_files(tmp_path / "data").list() == ["cats/a.png"]


CHANGES = {
    "written in place": lambda home: (home / "cats" / "a.png").write_bytes(b"2"),
    "longer at the same time": lambda home: ((home / "cats" / "a.png").write_bytes(b"12"), earlier(home)),
    "added": lambda home: (home / "cats" / "c.png").touch(),
    "added in a new folder": lambda home: ((home / "new").mkdir(), (home / "new" / "c.png").touch()),
    "removed": lambda home: (home / "cats" / "a.png").unlink(),
    "renamed": lambda home: (home / "cats" / "a.png").rename(home / "cats" / "c.png"),
    "moved": lambda home: (home / "cats" / "a.png").rename(home / "dogs" / "a.png"),
    "two change places": lambda home: (
        (home / "cats" / "a.png").rename(home / "c"),
        (home / "dogs" / "b.png").rename(home / "cats" / "a.png"),
        (home / "c").rename(home / "dogs" / "b.png"),
    ),
}


def earlier(home, name="cats/a.png", time=1):
    os.utime(home / name, ns=(time, time))


@pytest.fixture
def two(tmp_path):
    for number, name in enumerate(("cats/a.png", "dogs/b.png"), 1):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_bytes(b"1" * number)
        earlier(tmp_path, name, number)
    return tmp_path


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_of_an_image_is_another_key(two, change):
    before = folder_files(two).key
    CHANGES[change](two)
    assert folder_files(two).key != before


def test_what_is_no_change_of_an_image_is_the_same_key(two):
    before = folder_files(two).key
    (two / "cats" / "notes.txt").touch()
    (two / "cats" / ".a.png").touch()
    (two / ".hidden").mkdir()
    (two / ".hidden" / "c.png").touch()
    assert folder_files(two).key == before
    (two / "cats" / "a.png").write_bytes(b"2")
    earlier(two)
    assert folder_files(two).key == before  # as it is said


def test_suffixes_in_any_case(tmp_path):
    (tmp_path / "A.JPG").touch()
    assert folder_files(tmp_path).list() == ["A.JPG"]


def test_a_zip_without_images(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("folder/", "")
        archive.writestr("__MACOSX/a.png", "x")
        archive.writestr(".b.png", "x")
    with pytest.raises(DataError, match=r"no images in it; found 2 x \.png"), zip_files(tmp_path / "a.zip"):
        pass


def test_a_damaged_zip(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"PK but no more")
    with pytest.raises(DataError, match="damaged zip"), zip_files(tmp_path / "a.zip"):
        pass


def test_a_member_that_unpacks_to_too_much_is_not_read(tmp_path, monkeypatch):
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.png", b"\0" * 5000)
    monkeypatch.setattr(files_module, "MEMBER_LIMIT", 4999)
    with zip_files(tmp_path / "a.zip") as files, pytest.raises(ValueError, match="5,000 bytes unpacked"):
        files.open("a.png")
