import os
import warnings
import zipfile

import numpy as np
import pytest
import torch
from PIL import Image

from ganzoo.data import folder as folder_module
from ganzoo.data.folder import open_folder, open_zip
from ganzoo.errors import DataError


@pytest.fixture
def photos(tmp_path, picture):
    """Two classes of different sizes, a nested folder, and what is not an image."""
    home = tmp_path / "photos"
    for index, name in enumerate(["cats/a.png", "cats/b.jpg", "dogs/c.webp", "dogs/old/d.bmp"]):
        file = home / name
        file.parent.mkdir(parents=True, exist_ok=True)
        picture(index, 20 + index, 30 - index).save(file)
    (home / "notes.txt").write_text("not an image")
    (home / ".hidden").mkdir()
    picture().save(home / ".hidden" / "e.png")
    return home


def zipped(home, where):
    with zipfile.ZipFile(where, "w") as archive:
        for file in sorted(home.rglob("*")):
            archive.write(file, file.relative_to(home.parent))
        archive.writestr("__MACOSX/photos/cats/._a.png", b"resource fork")
    return where


def test_images_of_mixed_sizes_become_one_size_with_sub_folders_as_classes(photos, request_of):
    dataset = open_folder(photos, request_of(size=16))
    assert dataset.name == "photos"
    assert dataset.samples.shape == (4, 3, 16, 16)
    assert dataset.samples.dtype == torch.uint8
    assert dataset.space.shape == (3, 16, 16)
    assert dataset.space.classes == ("cats", "dogs")
    assert dataset.labels.tolist() == [0, 0, 1, 1]
    assert dataset.notes == ()


def test_the_samples_are_memory_mapped(photos, request_of, cache):
    open_folder(photos, request_of())
    (entry,) = (cache / "images").iterdir()
    stored = np.load(entry / "samples.npy", mmap_mode="r")
    assert stored.shape == (4, 3, 8, 8)
    stored = np.array(stored)
    dataset = open_folder(photos, request_of())
    dataset.samples.zero_()  # copy on write: the cache is never changed by who uses it
    assert np.array_equal(np.load(entry / "samples.npy"), stored)


def test_a_zip_gives_the_same_as_its_folder(photos, request_of, tmp_path):
    packed = zipped(photos, tmp_path / "packed.zip")
    from_zip, from_folder = open_zip(packed, request_of()), open_folder(photos, request_of())
    assert from_zip.name == "packed"
    assert torch.equal(from_zip.samples, from_folder.samples)
    assert torch.equal(from_zip.labels, from_folder.labels)
    assert from_zip.space == from_folder.space
    assert from_zip.fingerprint == from_folder.fingerprint


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_the_second_opening_decodes_nothing(photos, request_of, tmp_path, monkeypatch, kind):
    path, opened = photos, open_folder
    if kind == "zip":
        path, opened = zipped(photos, tmp_path / "packed.zip"), open_zip
    first = opened(path, request_of())
    monkeypatch.setattr(folder_module, "upright", None)  # would be counted as unreadable
    second = opened(path, request_of())
    assert torch.equal(first.samples, second.samples)
    assert torch.equal(first.labels, second.labels)
    assert (first.space, first.fingerprint, first.notes) == (second.space, second.fingerprint, second.notes)


def test_changed_data_are_decoded_anew_and_have_another_fingerprint(photos, request_of, picture, cache):
    first = open_folder(photos, request_of())
    picture(99, 20, 30).save(photos / "cats" / "a.png")
    os.utime(photos / "cats" / "a.png", ns=(1, 1))
    second = open_folder(photos, request_of())
    assert first.fingerprint != second.fingerprint
    assert not torch.equal(first.samples, second.samples)
    assert len(list((cache / "images").iterdir())) == 1


def test_touched_but_equal_data_keep_their_fingerprint(photos, request_of):
    first = open_folder(photos, request_of())
    os.utime(photos / "cats" / "a.png", ns=(1, 1))
    assert open_folder(photos, request_of()).fingerprint == first.fingerprint


def test_another_class_is_another_fingerprint(photos, request_of):
    first = open_folder(photos, request_of())
    (photos / "cats").rename(photos / "bats")
    second = open_folder(photos, request_of())
    assert torch.equal(first.samples, second.samples)
    assert first.fingerprint != second.fingerprint


def test_sizes_are_cached_side_by_side(photos, request_of, cache):
    for size in (8, 16, 8):
        assert open_folder(photos, request_of(size=size)).space.shape == (3, size, size)
    assert len(list((cache / "images").iterdir())) == 2


def test_grey_if_every_image_is_grey_in_whatever_mode(tmp_path, request_of, picture):
    for index, mode in enumerate(["L", "1", "LA", "P"]):
        picture(index).convert("L").convert(mode).save(tmp_path / f"{index}.png")
    picture(4).convert("L").convert("RGB").save(tmp_path / "4.png")
    dataset = open_folder(tmp_path, request_of())
    assert dataset.samples.shape == (5, 1, 8, 8)
    assert np.array_equal(dataset.samples[4, 0], np.asarray(Image.open(tmp_path / "4.png"))[..., 0])
    picture(5).save(tmp_path / "5.png")
    assert open_folder(tmp_path, request_of()).space.shape == (3, 8, 8)


def test_channels_are_as_asked(photos, request_of, tmp_path, picture):
    grey = open_folder(photos, request_of(channels=1, size=30))
    assert grey.samples.shape == (4, 1, 30, 30)
    (tmp_path / "grey").mkdir()
    picture(mode="L").save(tmp_path / "grey" / "a.png")
    colour = open_folder(tmp_path / "grey", request_of(channels=3))
    assert colour.samples.shape == (1, 3, 8, 8)
    assert torch.equal(colour.samples[:, 0], colour.samples[:, 2])


def test_an_unreadable_image_is_named_and_skipped(photos, request_of):
    (photos / "cats" / "broken.png").write_bytes(b"\x89PNG but no more")
    whole = (photos / "cats" / "a.png").read_bytes()
    (photos / "dogs" / "cut.png").write_bytes(whole[: len(whole) // 2])
    for _ in range(2):  # decoded, then from the cache
        dataset = open_folder(photos, request_of())
        assert len(dataset) == 4
        assert dataset.labels.tolist() == [0, 0, 1, 1]
        (note,) = dataset.notes
        assert note.startswith("2 unreadable images skipped: cats/broken.png (")
        assert "dogs/cut.png (" in note


@pytest.mark.parametrize("opened_before", [True, False])
def test_strict_makes_an_unreadable_image_an_error(photos, request_of, opened_before):
    (photos / "broken.png").write_bytes(b"nothing")
    if opened_before:
        assert len(open_folder(photos, request_of())) == 4
    with pytest.raises(DataError, match=r"unreadable: broken\.png .*--strict"):
        open_folder(photos, request_of(strict=True))


def test_no_image_is_readable(tmp_path, request_of, cache):
    (tmp_path / "a.png").write_bytes(b"nothing")
    with pytest.raises(DataError, match=r"none of 1 images is readable; a\.png"):
        open_folder(tmp_path, request_of())
    assert list((cache / "images").iterdir()) == []


def test_a_picture_too_large_for_memory_is_unreadable(photos, request_of, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 700)  # Pillow warns above it, and refuses above twice that
    Image.new("L", (40, 25)).save(photos / "bomb.png")
    Image.new("L", (40, 40)).save(photos / "cats" / "bomb.png")
    before = warnings.filters[:]
    dataset = open_folder(photos, request_of())
    assert warnings.filters == before
    assert len(dataset) == 4
    assert dataset.notes[0].startswith("2 unreadable images skipped: bomb.png (Image size (1000 pixels)")
    assert "cats/bomb.png (Image size (1600 pixels) exceeds limit" in dataset.notes[0]


def test_images_outside_the_sub_folders_mean_no_labels(photos, request_of, picture):
    picture().save(photos / "loose.png")
    dataset = open_folder(photos, request_of())
    assert dataset.labels is None
    assert dataset.space.classes == ()
    assert dataset.notes == ("1 of 5 images lie outside the sub-folders: no labels",)


def test_one_folder_around_everything_is_no_class(tmp_path, request_of, picture):
    (tmp_path / "outer" / "inner").mkdir(parents=True)
    picture().save(tmp_path / "outer" / "inner" / "a.png")
    dataset = open_folder(tmp_path / "outer", request_of())
    assert dataset.labels is None
    assert dataset.notes == ()


def test_a_damaged_cache_says_what_to_delete(photos, request_of, cache):
    open_folder(photos, request_of())
    (entry,) = (cache / "images").iterdir()
    os.truncate(entry / "samples.npy", 200)
    with pytest.raises(DataError, match=f"damaged .* delete {entry}"):
        open_folder(photos, request_of())


def test_only_the_named_images(photos, request_of):
    dataset = open_folder(photos, request_of(), name="some", only={"cats/a.png", "dogs/c.webp"})
    assert (dataset.name, dataset.labels.tolist()) == ("some", [0, 1])


@pytest.mark.skipif(os.name == "nt", reason="a name is text there")
def test_names_that_are_not_utf8_are_classes_and_notes_that_can_be_printed(tmp_path, picture, request_of):
    for name in (b"caf\xe9/1.png", b"tea/1.png", b"tea/caf\xe9.png"):
        file = tmp_path / "photos" / os.fsdecode(name)
        file.parent.mkdir(parents=True, exist_ok=True)
        picture().save(file)
    (tmp_path / "photos" / os.fsdecode(b"\xe9.png")).write_bytes(b"damaged")
    dataset = open_folder(tmp_path / "photos", request_of())
    assert dataset.space.classes == ("caf\\xe9", "tea")
    assert dataset.notes == ("1 unreadable image skipped: \\xe9.png (no image)",)


def test_damaged_descriptions_of_good_pictures_are_nobodys_business(tmp_path, picture, request_of):
    picture().save(tmp_path / "a.jpg", exif=b"Exif\0\0II*\0\x08\0\0\0\x05\0\x12\x01\x03\0\x01")
    assert open_folder(tmp_path, request_of()).notes == ()  # a warning would fail the test
