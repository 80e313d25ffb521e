"""Data sets that torchvision downloads once, in its own layout; what is already there is used as it is."""

from __future__ import annotations

import contextlib
import errno
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from ganzoo.data.request import Summary
from ganzoo.errors import DataError, NetworkError
from ganzoo.hookspecs import hookimpl

if TYPE_CHECKING:
    from ganzoo.data import Dataset, Request

__all__ = ["Download", "celeba", "cifar10", "fashion_mnist", "mnist", "svhn"]

TIMEOUT = 30  # seconds without a byte


@dataclass(frozen=True, kw_only=True)
class Download:
    """One data set, its training part.

    maker: torchvision's class. files: what is read, below the root of downloads; each may be gzipped.
    origin: the host it comes from. read(download, root, request) -> the data set.
    """

    name: str
    maker: str
    count: int
    shape: tuple[int, ...]
    classes: tuple[str, ...]
    files: tuple[str, ...]
    origin: str
    read: Callable[[Download, Path, Request], Dataset]

    @hookimpl
    def ganzoo_dataset(self, request: Request) -> Dataset:
        """The data set, downloaded if it is not there. Raises NetworkError; DataError if it is damaged."""
        root = request.folder
        if not self.present(root):
            self._download(root)
        return self.read(self, root, request)

    @hookimpl
    def ganzoo_dataset_summary(self, root: Path) -> Summary:
        """The data set's line in `ganzoo datasets`."""
        present = self.present(root)
        where = str(root) if present else f"download from {self.origin}"
        return Summary(count=self.count, shape=self.shape, classes=len(self.classes), present=present, where=where)

    def present(self, root: Path) -> bool:
        """Whether every file is there, plain or gzipped."""
        return all(_found(root / file) is not None for file in self.files)

    def _download(self, root: Path) -> None:
        """Download into a folder beside, then move what is whole; nothing half-written is left."""
        made = [folder for folder in (root, *root.parents) if not folder.exists()]
        try:
            root.mkdir(parents=True, exist_ok=True)
            with TemporaryDirectory(prefix=".downloading-", dir=root) as temporary:
                self._fetch(temporary, root)
                _settle(Path(temporary), root)
        except OSError as error:
            raise DataError(f"cannot save {self.name} in {root}: {error}; type --data-root FOLDER") from error
        finally:
            for folder in made:
                if folder.is_dir() and not any(folder.iterdir()):
                    folder.rmdir()

    def _fetch(self, folder: str, root: Path) -> None:
        import torchvision

        before = socket.getdefaulttimeout()
        socket.setdefaulttimeout(TIMEOUT)
        try:
            with contextlib.redirect_stdout(sys.stderr):
                getattr(torchvision.datasets, self.maker)(folder, download=True)
        except Exception as error:  # torchvision lets through what its downloaders raise
            if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise
            reason = " ".join(str(error).split()) or type(error).__name__
            raise NetworkError(
                f"cannot download {self.name}: {reason}; looked in {root} and at {self.origin};"
                " type --data digits for the built-in digits, or --data PATH for your own"
            ) from error
        finally:
            socket.setdefaulttimeout(before)


def _found(file: Path) -> Path | None:
    return next((path for path in (file, Path(f"{file}.gz")) if path.exists()), None)


def _settle(source: Path, target: Path) -> None:
    """Move everything in source into target, a whole folder at once where target has none of that name."""
    for path in sorted(source.iterdir()):
        there = target / path.name
        if path.is_dir() and there.is_dir():
            _settle(path, there)
        else:
            path.replace(there)


def _read_idx(download: Download, root: Path, request: Request) -> Dataset:
    from ganzoo.data.arrays import image_dataset
    from ganzoo.data.idx import read_idx

    images, labels = (read_idx(_found(root / file) or root / file) for file in download.files)
    return image_dataset(download.name, images[:, None], request, labels, download.classes)


def _read_arrays(download: Download, root: Path, request: Request) -> Dataset:
    """CIFAR-10 and SVHN: torchvision checks the files' sums and reads them."""
    import numpy as np

    from ganzoo.data.arrays import image_dataset

    made = _make(download, root)
    images = made.data if made.data.shape[1] == 3 else made.data.transpose(0, 3, 1, 2)
    labels = np.asarray(made.targets if hasattr(made, "targets") else made.labels)
    return image_dataset(download.name, images, request, labels, download.classes)


def _make(download: Download, root: Path) -> Any:
    import torchvision

    try:
        return getattr(torchvision.datasets, download.maker)(root)
    except RuntimeError as error:
        raise DataError(
            f"{download.name} in {root} is damaged ({error}); delete {download.files[0]} to download it anew"
        ) from error


def _read_celeba(download: Download, root: Path, request: Request) -> Dataset:
    """The training images of the official partition; its 40 attributes are no classes, so: no labels."""
    from ganzoo.data.folder import open_folder

    images, partition = (root / file for file in download.files)
    rows = (line.split() for line in partition.read_text("utf-8").splitlines())
    training = {row[0] for row in rows if row[1:] == ["0"]}
    return open_folder(images, request, name=download.name, only=training)


DIGITS = tuple(str(digit) for digit in range(10))

mnist = Download(
    name="mnist",
    maker="MNIST",
    count=60_000,
    shape=(1, 28, 28),
    classes=DIGITS,
    files=("MNIST/raw/train-images-idx3-ubyte", "MNIST/raw/train-labels-idx1-ubyte"),
    origin="ossci-datasets.s3.amazonaws.com",
    read=_read_idx,
)
fashion_mnist = Download(
    name="fashion-mnist",
    maker="FashionMNIST",
    count=60_000,
    shape=(1, 28, 28),
    classes=(
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
        "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
    ),
    files=("FashionMNIST/raw/train-images-idx3-ubyte", "FashionMNIST/raw/train-labels-idx1-ubyte"),
    origin="fashion-mnist.s3-website.eu-central-1.amazonaws.com",
    read=_read_idx,
)  # fmt: skip
cifar10 = Download(
    name="cifar10",
    maker="CIFAR10",
    count=50_000,
    shape=(3, 32, 32),
    classes=("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
    files=("cifar-10-batches-py",),
    origin="www.cs.toronto.edu",
    read=_read_arrays,
)
svhn = Download(
    name="svhn",
    maker="SVHN",
    count=73_257,
    shape=(3, 32, 32),
    classes=DIGITS,
    files=("train_32x32.mat",),
    origin="ufldl.stanford.edu",
    read=_read_arrays,
)
celeba = Download(
    name="celeba",
    maker="CelebA",
    count=162_770,
    shape=(3, 218, 178),
    classes=(),
    files=("celeba/img_align_celeba", "celeba/list_eval_partition.txt"),
    origin="drive.google.com, which needs `pip install gdown`",
    read=_read_celeba,
)
