"""Endless batches without a state: the k-th batch of a player is a function of the seed and k."""

from __future__ import annotations

import torch
from torch import Tensor

from ganzoo.counted import counted
from ganzoo.data.dataset import Dataset
from ganzoo.data.matching import Matching
from ganzoo.errors import DataError

__all__ = ["Stream"]


class Stream:
    """One player's own walk through the data: every epoch is a fresh counted permutation.

    Batch k has exactly `size` samples, at positions k * size and on; it may cross into the next epoch.
    unpaired: sources are dealt by a permutation of their own, whether or not each belongs to a sample.
    Nothing is to be saved: a new stream gives the same batches. Raises DataError if the data are fewer
    than one batch.
    """

    def __init__(
        self,
        dataset: Dataset,
        size: int,
        seed: int,
        player: str,
        device: torch.device | str,
        *,
        unpaired: bool = False,
    ) -> None:
        counts = {dataset.name: len(dataset)} | ({f"{dataset.name}'s source": dataset.source_count} if unpaired else {})
        for name, count in counts.items():
            if count < size:
                raise DataError(
                    f"a batch of {size:,} was asked for and {name} has {count:,} samples; type --batch {count}"
                )
        self.dataset = dataset
        self.size = size
        self.seed = seed
        self.player = player
        self.device = torch.device(device)
        self.unpaired = unpaired
        self._permutations: dict[tuple[int, str], Tensor] = {}
        self._matching: Matching | None = None

    def real(self, k: int) -> Tensor:
        """The samples of the player's k-th turn: (size, *shape) float32 on the device."""
        return self.dataset.real(self.index(k), self.device)

    def label(self, k: int) -> Tensor:
        """The labels of the same samples: (size,) int64 on the device. Raises DataError without labels."""
        return self.dataset.label(self.index(k), self.device)

    def source(self, k: int) -> Tensor:
        """The sources of the same samples, or of others if unpaired: (size, *source shape) on the device.

        Raises DataError without sources.
        """
        return self.dataset.source(self.source_index(k), self.device, counted(self.seed, "source", self.player, k))

    def source_label(self, k: int) -> Tensor:
        """The labels of the same sources: (size,) int64 on the device. Raises DataError without them."""
        return self.dataset.source_label(self.source_index(k), self.device)

    def real_with(self, k: int, feature: Tensor) -> Tensor:
        """Samples that hold the features (n,) of a one-hot, -1 for any: (n, *shape), drawn by counting for turn k."""
        if self._matching is None:
            self._matching = Matching(self.dataset.samples)
        generator = torch.Generator().manual_seed(counted(self.seed, "matching", self.player, k))
        share = torch.rand(len(feature), generator=generator).to(self.dataset.samples.device)
        return self.dataset.real(self._matching.draw(feature.to(share.device), share), self.device)

    def index(self, k: int) -> Tensor:
        """Which samples the k-th batch holds: (size,) int64, where the samples live."""
        return self._index(k, len(self.dataset), "epoch")

    def source_index(self, k: int) -> Tensor:
        """Which sources the k-th batch holds: (size,) int64, where the samples live."""
        return self._index(k, self.dataset.source_count, "source epoch") if self.unpaired else self.index(k)

    def _index(self, k: int, count: int, what: str) -> Tensor:
        epoch, first = divmod(k * self.size, count)
        index = self._permutation(epoch, count, what)[first : first + self.size]
        if missing := self.size - len(index):
            index = torch.cat([index, self._permutation(epoch + 1, count, what)[:missing]])
        return index

    def _permutation(self, epoch: int, count: int, what: str) -> Tensor:
        if (epoch, what) not in self._permutations:
            generator = torch.Generator().manual_seed(counted(self.seed, what, self.player, epoch))
            permutation = torch.randperm(count, generator=generator)
            kept = {place: p for place, p in self._permutations.items() if place[1] != what or place[0] == epoch - 1}
            self._permutations = kept | {(epoch, what): permutation.to(self.dataset.samples.device)}
        return self._permutations[epoch, what]
