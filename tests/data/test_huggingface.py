import datasets
import numpy as np
import pytest
import torch
from PIL import Image

from ganzoo.data import Request, huggingface, open_dataset
from ganzoo.errors import DataError, UsageError


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Caches of the test's own."""
    monkeypatch.setenv("GANZOO_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "hub")
    datasets.disable_progress_bars()
    return tmp_path


def pictures(n):
    return [Image.fromarray(np.full((6, 9, 3), 10 * i, np.uint8)) for i in range(n)]


def stored(home, **columns):
    """A data set of the library's in a folder of parquet files, one for each split."""
    kinds = {"label": datasets.ClassLabel(names=["cat", "a/dog"]), "picture": datasets.Image()}
    features = datasets.Features({name: kinds.get(name, datasets.Value("string")) for name in columns})
    folder = home / "pets"
    folder.mkdir()
    for split, part in (("train", slice(0, 4)), ("test", slice(4, 6))):
        rows = datasets.Dataset.from_dict({name: values[part] for name, values in columns.items()}, features=features)
        rows.to_parquet(folder / f"{split}.parquet")
    return f"hf:{folder}"


REQUEST = Request(root=None, size=4, channels=3)


def test_pictures_and_classes_come_in_their_order(home):
    word = stored(home, label=[0, 1, 1, 0, 1, 1], picture=pictures(6))
    found = open_dataset(word, REQUEST)
    assert found.name == "pets"
    assert (found.space.shape, found.space.classes) == ((3, 4, 4), ("a_dog", "cat"))
    by_class = {
        name: found.samples[found.labels == code, 0, 0, 0].tolist() for code, name in enumerate(found.space.classes)
    }
    assert by_class == {"cat": [0, 30], "a_dog": [10, 20]}
    again = open_dataset(word, REQUEST)
    assert again.fingerprint == found.fingerprint
    assert torch.equal(again.samples, found.samples)
    held_out = open_dataset(f"{word}:test", REQUEST)
    assert held_out.samples[:, 0, 0, 0].tolist() == [40, 50]
    assert held_out.fingerprint != found.fingerprint


def test_without_classes_there_are_no_labels(home):
    found = open_dataset(stored(home, picture=pictures(6)), REQUEST)
    assert (len(found), found.space.classes, found.labels) == (4, (), None)


def test_what_cannot_be_opened_says_why(home):
    word = stored(home, name=["x"] * 6)
    with pytest.raises(DataError, match=r"pets: no column of images; found name \(string\)"):
        open_dataset(word, REQUEST)
    with pytest.raises(DataError, match=r"Unknown split .validation.* type hf:.*pets:SPLIT or"):
        open_dataset(f"{word}:validation", REQUEST)
    with pytest.raises(UsageError, match="expected hf:NAME, hf:NAME:SPLIT or"):
        open_dataset("hf:", REQUEST)
    with pytest.raises(DataError, match=r"hf:\./nothing: no such folder"):
        open_dataset("hf:./nothing", REQUEST)


def test_without_the_library_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(huggingface, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"pip install 'ganzoo\[hf\]'"):
        open_dataset("hf:somebody/pets", REQUEST)


def test_a_hub_that_cannot_be_reached_is_one_line(installed, tmp_path):
    nowhere = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path), "GANZOO_CACHE": str(tmp_path)}
    done = installed.run("train", "lsgan", "--data", "hf:somebody/pets", "--dry-run", **nowhere)
    assert done.returncode == 4
    assert done.stderr.splitlines()[-1].startswith("error: --data hf:somebody/pets: ")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (None, "doesn't contain any data files"),
        ("old.py", "scripts are no longer supported"),
        ("train.parquet", "size"),
    ],
)
def test_a_folder_that_the_library_cannot_read_is_said_in_one_line(home, file, said):
    (home / "old").mkdir()
    if file:
        (home / "old" / file).write_text("x = 1")
    with pytest.raises(DataError, match=said) as caught:
        open_dataset(f"hf:{home / 'old'}", REQUEST)
    assert len(str(caught.value).splitlines()) == 1
