import io
import tarfile
import tracemalloc
import zipfile

import numpy as np
import pytest

from ganzoo.data import open_dataset
from ganzoo.errors import DataError
from tests.data.sounds import tone, wav


@pytest.fixture
def folder(tmp_path):
    def make(**files):
        for name, contents in files.items():
            path = tmp_path / "sounds" / f"{name.replace('__', '/')}.wav"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(contents)
        return str(tmp_path / "sounds")

    return make


def test_a_sample_is_the_beginning_of_a_sound(folder, request_of):
    sound = tone(300, 8000)
    dataset = open_dataset(folder(a=wav(np.float32(sound))), request_of(size=256))
    assert (dataset.space.kind, dataset.space.shape, dataset.space.details) == ("audio", (1, 256), {"rate": 8000})
    assert np.abs(dataset.real(np_index(0))[0, 0].numpy() - sound[:256]).max() < 1e-4


def np_index(*places):
    import torch

    return torch.tensor(places)


def test_other_rates_are_resampled_to_the_commonest_and_short_sounds_filled_up(folder, request_of):
    low = np.float32(tone(1000, 8000))
    files = {"a": wav(low), "b": wav(low[:100]), "c": wav(np.float32(tone(2000, 16000)), 16000)}
    dataset = open_dataset(folder(**files), request_of(size=512))
    full, short, resampled = dataset.real(np_index(0, 1, 2))[:, 0].numpy()
    assert dataset.notes == ("1 sound resampled to 8,000 Hz",)
    assert np.abs(resampled - full)[50:].max() < 0.02
    assert np.abs(short[:100] - full[:100]).max() == 0
    assert not short[100:].any()


def test_sub_folders_are_classes_also_in_a_zip(folder, request_of, tmp_path):
    sound = wav(np.float32(tone(64, 8000)))
    dataset = open_dataset(folder(no__1=sound, yes__1=sound, yes__2=sound), request_of(size=64))
    assert (dataset.space.classes, dataset.labels.tolist()) == (("no", "yes"), [0, 1, 1])
    with zipfile.ZipFile(tmp_path / "s.zip", "w") as archive:
        for name in ("no/1.wav", "yes/1.wav", "yes/2.wav"):
            archive.writestr(name, sound)
    zipped = open_dataset(str(tmp_path / "s.zip"), request_of(size=64))
    assert (zipped.fingerprint, zipped.labels.tolist()) == (dataset.fingerprint, [0, 1, 1])


def test_what_is_no_sound_is_named_and_left_out(folder, request_of):
    good = wav(np.float32(tone(64, 8000)))
    path = folder(a=good, b=b"not a wav", c=wav(np.zeros(0, np.int16)))
    dataset = open_dataset(path, request_of(size=64))
    assert len(dataset) == 1
    assert dataset.notes[0].startswith("2 unreadable sounds skipped: b.wav (")
    with pytest.raises(DataError, match=r"b\.wav .* and 1 more; remove it, or leave out --strict"):
        open_dataset(path, request_of(size=64, strict=True))


def test_nothing_but_noise(folder, request_of):
    with pytest.raises(DataError, match="not a readable wav: a"):
        open_dataset(folder(a=b"RIFF"), request_of(size=64))


def test_tones_are_the_same_for_everybody(request_of):
    one, other = open_dataset("tones", request_of(size=256)), open_dataset("tones", request_of(size=512))
    assert (len(one), one.space.shape, len(one.space.classes)) == (2000, (1, 256), 8)
    assert (one.samples == other.samples[..., :256]).all()


def test_spoken_digits_are_read_from_the_archive_as_it_is(request_of, tmp_path):
    with pytest.raises(DataError, match=r"spoken-digits is not in .*; put the folder"):
        open_dataset("spoken-digits", request_of(size=64))
    home = tmp_path / "root" / "spoken-digits"
    home.mkdir(parents=True)
    sound = wav(np.int16(tone(64, 8000) * 9999))
    with tarfile.open(home / "recordings.tar.gz", "w:gz") as archive:
        for name in ("recordings/3_ann_0.wav", "recordings/7_bob_0.wav", "recordings/7_bob_1.wav"):
            member = tarfile.TarInfo(name)
            member.size = len(sound)
            archive.addfile(member, io.BytesIO(sound))
    dataset = open_dataset("spoken-digits", request_of(size=64))
    assert (dataset.space.classes, dataset.labels.tolist()) == (("3", "7"), [0, 1, 1])


def test_a_damaged_archive_of_spoken_digits_is_said_in_one_line(request_of, tmp_path):
    home = tmp_path / "root" / "spoken-digits"
    home.mkdir(parents=True)
    (home / "recordings.tar.gz").write_bytes(b"half of it")
    with pytest.raises(DataError, match=r"recordings\.tar\.gz: a damaged archive; fetch it anew"):
        open_dataset("spoken-digits", request_of(size=64))
    (home / "recordings.tar.gz").unlink()
    (home / "recordings").mkdir()
    with pytest.raises(DataError, match="no wav files in it"):
        open_dataset("spoken-digits", request_of(size=64))


def test_hidden_files_and_folders_hold_no_sounds(folder, request_of):
    sound = wav(np.float32(tone(64, 8000)))
    path = folder(a=sound, **{"._a": b"resource fork", ".old__b": sound})
    dataset = open_dataset(path, request_of(size=64))
    assert (dataset.name, len(dataset), dataset.notes) == ("sounds", 1, ())


def test_pictures_with_a_sound_among_them_are_pictures(folder, request_of, picture):
    path = folder(a=wav(np.float32(tone(64, 8000))))
    for number in range(2):
        picture(number).save(f"{path}/{number}.png")
    assert open_dataset(path, request_of()).space.kind == "image"


def test_the_folder_one_is_in(folder, request_of, monkeypatch):
    monkeypatch.chdir(folder(a=wav(np.float32(tone(64, 8000)))))
    assert open_dataset(".", request_of(size=64)).name == "sounds"


@pytest.mark.parametrize("rate", [0, 2**31 - 1])
def test_a_rate_that_no_sound_has_is_damage(folder, request_of, rate):
    good = wav(np.float32(tone(64, 8000)))
    bad = bytearray(wav(np.int16(tone(64, 8000) * 9999)))
    bad[24:28], bad[28:32] = rate.to_bytes(4, "little"), (2 * rate % 2**32).to_bytes(4, "little")
    dataset = open_dataset(folder(a=good, b=bytes(bad)), request_of(size=64))
    assert dataset.notes == (f"1 unreadable sound skipped: b.wav (a rate of {rate:,} Hz)",)


def test_a_damaged_zip_of_sounds_is_said_in_one_line(request_of, tmp_path):
    sound, path = wav(np.float32(tone(64, 8000))), tmp_path / "s.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("a.wav", "b.wav"):
            archive.writestr(name, sound)
    whole = path.read_bytes()
    path.write_bytes(whole.replace(sound, sound[:-1] + b"!", 1))
    dataset = open_dataset(str(path), request_of(size=64))
    assert dataset.notes[0].startswith("1 unreadable sound skipped: a.wav (Bad CRC-32")
    path.write_bytes(whole.replace(b"PK\1\2", b"PK\0\0", 1))
    with pytest.raises(DataError, match="a damaged zip file"):
        open_dataset(str(path), request_of(size=64))


def test_of_a_long_sound_no_more_is_kept_than_a_sample(folder, request_of):
    contents = wav(np.int16(tone(1_000_000, 8000) * 9999))
    path = folder(**{f"a{number}": contents for number in range(8)})
    open_dataset(path, request_of(size=128))  # what is imported takes memory too
    tracemalloc.start()
    open_dataset(path, request_of(size=128))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 4 * len(contents)
