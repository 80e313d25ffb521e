import errno
import gc
import gzip
import hashlib
import http.server
import os
import pickle
import threading
import warnings
from pathlib import Path

import numpy as np
import pytest
import scipy.io
import torchvision
from PIL import Image

from ganzoo.data.downloads import Download, celeba, cifar10, fashion_mnist, mnist, svhn
from ganzoo.errors import DataError, NetworkError

REAL = Path(os.environ.get("GANZOO_DATA", ""), "MNIST", "raw", "train-images-idx3-ubyte.gz")


def noise(*shape):
    return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)


def idx(array):
    return bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.tobytes()


FILES = {
    "train-images-idx3-ubyte.gz": gzip.compress(idx(noise(20, 28, 28))),
    "train-labels-idx1-ubyte.gz": gzip.compress(idx(noise(20) % 10)),
}


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A host on this machine that torchvision is pointed at; what it serves is in the folder returned."""
    folder = tmp_path / "served"
    folder.mkdir()
    for name, contents in FILES.items():
        (folder / name).write_bytes(contents)

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments):
            super().__init__(*arguments, directory=folder)

        def log_message(self, *arguments):
            pass

    host = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=host.serve_forever, args=(0.02,), daemon=True).start()
    resources = [(name, hashlib.md5(contents).hexdigest()) for name, contents in FILES.items()]
    monkeypatch.setattr(torchvision.datasets.MNIST, "mirrors", [f"http://127.0.0.1:{host.server_port}/"])
    monkeypatch.setattr(torchvision.datasets.MNIST, "resources", resources)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    yield folder
    host.shutdown()
    host.server_close()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # torchvision leaves the answer to a 404 open
        gc.collect()


def forbid(monkeypatch):
    """Make any download a failure of the test."""

    def fail(*arguments):
        raise AssertionError("there was no need to download")

    monkeypatch.setattr(Download, "_download", fail)


def put_mnist(root, family="MNIST", suffix=".gz"):
    raw = root / family / "raw"
    raw.mkdir(parents=True)
    for name, contents in FILES.items():
        if suffix:
            (raw / name).write_bytes(contents)
        else:
            (raw / name).with_suffix("").write_bytes(gzip.decompress(contents))


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize(("download", "family"), [(mnist, "MNIST"), (fashion_mnist, "FashionMNIST")])
def test_what_is_there_is_used_without_network_and_left_as_it_is(
    request_of, monkeypatch, tmp_path, download, family, suffix
):
    forbid(monkeypatch)
    put_mnist(tmp_path / "root", family, suffix)
    before = sorted((tmp_path / "root").rglob("*"))
    dataset = download.ganzoo_dataset(request_of(size=28))
    assert np.array_equal(dataset.samples[:, 0], noise(20, 28, 28))
    assert dataset.labels.tolist() == (noise(20) % 10).tolist()
    assert dataset.space.classes == download.classes
    assert sorted((tmp_path / "root").rglob("*")) == before


def test_download_then_use_what_was_downloaded(request_of, server, tmp_path, monkeypatch):
    assert not mnist.ganzoo_dataset_summary(tmp_path / "root").present
    first = mnist.ganzoo_dataset(request_of(size=28))
    assert np.array_equal(first.samples[:, 0], noise(20, 28, 28))
    assert [path.name for path in (tmp_path / "root").iterdir()] == ["MNIST"]
    summary = mnist.ganzoo_dataset_summary(tmp_path / "root")
    assert (summary.present, summary.where) == (True, str(tmp_path / "root"))
    forbid(monkeypatch)
    assert mnist.ganzoo_dataset(request_of(size=28)).fingerprint == first.fingerprint


def test_a_folder_that_lacks_a_file_is_completed(request_of, server, tmp_path):
    put_mnist(tmp_path / "root")
    raw = tmp_path / "root" / "MNIST" / "raw"
    (raw / "train-labels-idx1-ubyte.gz").unlink()
    (raw / "mine.txt").write_text("mine")
    assert len(mnist.ganzoo_dataset(request_of(size=28))) == 20
    assert (raw / "mine.txt").read_text() == "mine"


@pytest.mark.parametrize("fault", ["absent", "corrupt", "unreachable"])
def test_a_failed_download_says_where_it_looked_and_leaves_nothing(request_of, server, tmp_path, monkeypatch, fault):
    if fault == "absent":
        (server / "train-labels-idx1-ubyte.gz").unlink()
    elif fault == "corrupt":
        (server / "train-labels-idx1-ubyte.gz").write_bytes(b"<html>please log in</html>")
    else:
        monkeypatch.setattr(torchvision.datasets.MNIST, "mirrors", ["http://127.0.0.1:9/"])
    with pytest.raises(NetworkError) as raised:
        mnist.ganzoo_dataset(request_of(size=28))
    text = str(raised.value)
    assert text.startswith("cannot download mnist: ")
    assert "\n" not in text
    for words in (str(tmp_path / "root"), mnist.origin, "--data digits", "--data PATH"):
        assert words in text
    assert raised.value.exit_code == 4
    assert not (tmp_path / "root").exists()


def test_a_root_that_cannot_be_written_is_not_the_networks_fault(request_of, tmp_path):
    (tmp_path / "root").write_text("a file, not a folder")
    with pytest.raises(DataError, match=r"cannot save mnist in .*root: .* type --data-root FOLDER"):
        mnist.ganzoo_dataset(request_of())


def test_a_full_disk_is_not_the_networks_fault(request_of, tmp_path, monkeypatch):
    def full(*arguments, **options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(torchvision.datasets, "MNIST", full)
    with pytest.raises(DataError, match=r"cannot save mnist in .* No space left"):
        mnist.ganzoo_dataset(request_of())
    assert not (tmp_path / "root").exists()


def test_a_damaged_file_is_named(request_of, tmp_path):
    put_mnist(tmp_path / "root")
    file = tmp_path / "root" / "MNIST" / "raw" / "train-images-idx3-ubyte.gz"
    file.write_bytes(file.read_bytes()[:-50])
    with pytest.raises(DataError, match=r"train-images-idx3-ubyte\.gz: a damaged idx file"):
        mnist.ganzoo_dataset(request_of(size=28))


@pytest.fixture
def cifar(tmp_path, monkeypatch):
    folder = tmp_path / "root" / "cifar-10-batches-py"
    folder.mkdir(parents=True)

    def write(name, contents):
        (folder / name).write_bytes(pickle.dumps(contents))
        return [name, hashlib.md5((folder / name).read_bytes()).hexdigest()]

    maker = torchvision.datasets.CIFAR10
    batch = {"data": noise(4, 3 * 32 * 32), "labels": [3, 1, 4, 1]}
    monkeypatch.setattr(maker, "train_list", [write(f"data_batch_{i}", batch) for i in (1, 2)])
    monkeypatch.setattr(maker, "test_list", [write("test_batch", batch)])
    name, md5 = write("batches.meta", {"label_names": list(cifar10.classes)})
    monkeypatch.setattr(maker, "meta", {"filename": name, "key": "label_names", "md5": md5})
    return folder


def test_cifar10(request_of, monkeypatch, cifar):
    forbid(monkeypatch)
    dataset = cifar10.ganzoo_dataset(request_of(size=32))
    assert np.array_equal(dataset.samples[:4], noise(4, 3 * 32 * 32).reshape(4, 3, 32, 32))
    assert dataset.labels.tolist() == [3, 1, 4, 1] * 2
    assert dataset.space.classes[3] == "cat"


def test_a_damaged_cifar10(request_of, cifar):
    (cifar / "data_batch_2").write_bytes(b"damaged")
    with pytest.raises(DataError, match=r"cifar10 in .* is damaged .* delete cifar-10-batches-py"):
        cifar10.ganzoo_dataset(request_of())


def test_svhn(request_of, monkeypatch, tmp_path):
    forbid(monkeypatch)
    (tmp_path / "root").mkdir()
    file = tmp_path / "root" / "train_32x32.mat"
    scipy.io.savemat(file, {"X": noise(32, 32, 3, 5), "y": np.array([[10], [1], [2], [9], [10]], np.uint8)})
    parts = {"train": ["", file.name, hashlib.md5(file.read_bytes()).hexdigest()]}
    monkeypatch.setattr(torchvision.datasets.SVHN, "split_list", parts)
    dataset = svhn.ganzoo_dataset(request_of(size=32))
    assert np.array_equal(dataset.samples, noise(32, 32, 3, 5).transpose(3, 2, 0, 1))
    assert dataset.labels.tolist() == [0, 1, 2, 9, 0]


def test_celeba_is_the_training_part(request_of, monkeypatch, tmp_path):
    forbid(monkeypatch)
    images = tmp_path / "root" / "celeba" / "img_align_celeba"
    images.mkdir(parents=True)
    for index in range(4):
        Image.fromarray(np.full((218, 178, 3), 60 * index, np.uint8)).save(images / f"{index}.png")
    (images.parent / "list_eval_partition.txt").write_text("0.png 0\n1.png 1\n2.png 2\n3.png 0\n")
    dataset = celeba.ganzoo_dataset(request_of(size=64, channels=3))
    assert (dataset.name, dataset.labels) == ("celeba", None)
    assert dataset.samples.shape == (2, 3, 64, 64)
    assert dataset.samples[:, 0, 0, 0].tolist() == [0, 180]


@pytest.mark.skipif(not REAL.is_file(), reason="needs GANZOO_DATA with MNIST")
def test_the_real_mnist_from_its_gzipped_files(request_of):
    dataset = mnist.ganzoo_dataset(request_of(root=REAL.parents[2], size=28))
    assert dataset.samples.shape == (60_000, 1, 28, 28)
    assert dataset.labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert dataset.labels.bincount().tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert dataset.samples.float().mean().item() / 255 == pytest.approx(0.1307, abs=1e-4)
