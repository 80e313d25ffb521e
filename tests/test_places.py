from dataclasses import replace
from pathlib import Path

import pytest

from ganzoo.places import brief, lasting, word
from ganzoo.settings import Settings


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("photos", "digits", "left", "latest"):
        Path(name).mkdir()


def test_paths_become_absolute_and_names_stay(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    typed = Settings(gan="dcgan", data="./digits", source="~/photos", data_root="..", start_from="photos")
    assert lasting(typed) == Settings(
        gan="dcgan", data=f"{tmp_path}/digits", source=f"{tmp_path}/photos", data_root=f"{tmp_path}/..",
        start_from=f"{tmp_path}/photos",
    )  # fmt: skip
    named = Settings(gan="dcgan", data="digits", source="left", start_from="latest")
    for same in (named, replace(named, data="hf:me/photos"), replace(named, data="photographs", source=None)):
        assert lasting(same) == same


def test_a_path_is_shown_from_here_or_by_its_last_part(tmp_path):
    assert brief(str(tmp_path / "photos" / "cats")) == "photos/cats"
    assert brief(tmp_path.parent / "photos") == "photos"
    for same in ("digits", "photos/cats", 3, None):
        assert brief(same) == same


def test_a_path_is_one_word_of_a_command_line():
    assert word(Path("runs/dcgan-001")) == "runs/dcgan-001"
    assert word("my runs/a") == "'my runs/a'"
