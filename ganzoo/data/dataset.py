"""A data set in memory, memory-mapped or on the device, and the one way to get samples out of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import torch

from ganzoo.contract import Space
from ganzoo.counted import counted
from ganzoo.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from torch import Tensor

    from ganzoo.data.degrade import Degradation
    from ganzoo.data.mapped import Mapped

__all__ = ["Dataset", "fingerprint", "needs_augmentation"]

FEW_IMAGES = 1000
ROOM_ELSEWHERE = 4 * 2**30  # bytes of samples that any accelerator is trusted to hold


@dataclass(frozen=True, eq=False)
class Dataset:
    """Samples with their labels and what they are.

    samples: (N, *space.shape), images uint8 in 0..255, sounds int16, tokens int64, vectors and rows float32. labels:
    (N,) int64 or None.
    fingerprint: changes when the contents, the shape or the labels do. notes: sentences for the user.
    sources: (M, *space.source.shape), what samples are translations of, kept as the samples are; M is N and each has
    its own unless `unpaired`. degradation: makes them from the samples instead. With neither, and a space.source, the
    samples themselves are translated. source_labels: (M,) int64 or None. listing: the JSON file of the samples'
    file names and proportions, where they come from files. mapped, mapped_sources: the files that samples
    and sources lie in, one and the same where sources are made of samples. Raises DataError if there are no samples.
    """

    name: str
    space: Space
    samples: Tensor
    labels: Tensor | None
    fingerprint: str
    notes: tuple[str, ...] = ()
    sources: Tensor | None = None
    degradation: Degradation | None = None
    unpaired: bool = False
    source_labels: Tensor | None = None
    listing: Path | None = None
    mapped: Mapped | None = None
    mapped_sources: Mapped | None = None

    def __post_init__(self) -> None:
        if not len(self.samples):
            raise DataError(f"{self.name}: no samples in it; type --data digits for the built-in digits")

    def __len__(self) -> int:
        return len(self.samples)

    def real(self, index: Tensor, device: torch.device | str = "cpu") -> Tensor:
        """The samples at index (n,) int64 as (n, *space.shape) on the device: float32, images in [-1, 1], or int64."""
        return _numbers(_pick(self.samples, index, torch.device(device), self.mapped))

    @property
    def source_count(self) -> int:
        """M, how many sources there are."""
        return len(self.samples if self.sources is None else self.sources)

    def source(self, index: Tensor, device: torch.device | str = "cpu", seed: int = 0) -> Tensor:
        """The sources at index (n,) int64 as (n, *space.source.shape) float32 on the device.

        seed: of the draws of a degradation that has any. Raises DataError.
        """
        if self.space.source is None:
            raise DataError(f"{self.name} has no sources: its samples are not translations of anything")
        if self.degradation:
            return self.degradation(self.real(index, device), seed, self.space)
        sources = self.samples if self.sources is None else self.sources
        return _numbers(_pick(sources, index, torch.device(device), self.mapped_sources))

    def source_label(self, index: Tensor, device: torch.device | str = "cpu") -> Tensor:
        """The labels of the sources at index (n,) int64 as (n,) int64 on the device. Raises DataError without them."""
        if self.source_labels is None:
            raise DataError(f"{self.name}: its sources have no labels; sub-folders of images are classes")
        return _pick(self.source_labels, index, torch.device(device))

    def label(self, index: Tensor, device: torch.device | str = "cpu") -> Tensor:
        """The labels at index (n,) int64 as (n,) int64 on the device. Raises DataError without labels."""
        if self.labels is None:
            raise DataError(f"{self.name} has no labels; sub-folders of images are classes, as are npz 'labels'")
        return _pick(self.labels, index, torch.device(device))

    @property
    def nbytes(self) -> int:
        """The memory of the samples and of their sources, in bytes."""
        return self.samples.nbytes + (0 if self.sources is None else self.sources.nbytes)

    def with_labels_of(self, count: int, seed: int) -> Dataset:
        """The same data with the labels of only `count` samples, evenly over the classes; the others' are -1.

        Which ones is counted from the seed; all, if there are no more than that. Raises DataError without labels.
        """
        if self.labels is None:
            raise DataError(f"--labelled {count}: {self.name} has no labels; sub-folders of images are classes")
        order = torch.randperm(len(self), generator=torch.Generator().manual_seed(counted(seed, "labelled")))
        shuffled = self.labels[order]
        place = torch.zeros(len(self), dtype=torch.int64)  # of each sample among those of its class
        for label in range(len(self.space.classes)):
            members = shuffled == label
            place[members] = torch.arange(int(members.sum()))
        kept = order[place.argsort(stable=True)[:count]]
        labels = torch.full_like(self.labels, -1)
        labels[kept] = self.labels[kept]
        return replace(self, labels=labels)

    def to(self, device: torch.device | str) -> Dataset:
        """The same data set with its samples on the device, or unchanged if they are too many for it."""
        device = torch.device(device)
        if device == self.samples.device or self.nbytes > _room(device):
            return self
        parts = ("samples", "labels", "sources", "source_labels")
        held = {name: value for name in parts if (value := getattr(self, name)) is not None}
        moved = {name: value.to(device) for name, value in held.items()}
        return replace(self, **moved, mapped=None, mapped_sources=None)


def needs_augmentation(dataset: Dataset) -> bool:
    """Whether a discriminator would learn the data by heart: images, and fewer than 1,000."""
    return dataset.space.kind == "image" and len(dataset) < FEW_IMAGES


def fingerprint(*parts: np.ndarray[Any, Any] | str | None) -> str:
    """16 hexadecimal digits of a SHA-256 over arrays (type, shape, contents) and strings."""
    digest = hashlib.sha256()
    for part in parts:
        if part is None or isinstance(part, str):
            digest.update(f"{part};".encode())
        else:
            digest.update(f"{part.dtype.str}{part.shape};".encode())
            digest.update(part.data if part.flags.c_contiguous else part.copy(order="C").data)
    return digest.hexdigest()[:16]


def _numbers(picked: Tensor) -> Tensor:
    """Bytes and 16-bit sounds as numbers in [-1, 1], in place where they are copies; other types as they are."""
    if picked.dtype == torch.int16:
        return picked.float().div_(32767)
    return picked.float().div_(127.5).sub_(1) if picked.dtype == torch.uint8 else picked


def _pick(values: Tensor, index: Tensor, device: torch.device, mapped: Mapped | None = None) -> Tensor:
    if mapped:
        mapped.expect(index)
    picked = values.index_select(0, index.to(values.device))
    if picked.device.type == "cpu" and device.type == "cuda":
        picked = picked.pin_memory()  # lets the copy overlap with what the device is doing
    return picked.to(device, non_blocking=True)


def _room(device: torch.device) -> float:
    """How many bytes of samples may live on the device: half of what is free, everything on the CPU."""
    if device.type == "cpu":
        return float("inf")
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0] / 2
    return ROOM_ELSEWHERE
