"""Endless batches without a state: the k-th batch of a player is a function of the seed and k."""

from __future__ import annotations

import torch
from torch import Tensor

from ganzoo.counted import counted
from ganzoo.data.dataset import Dataset
from ganzoo.data.matching import Matching
from ganzoo.errors import DataError
from ganzoo.plurals import many

__all__ = ["Stream"]


class Stream:
    """One player's own walk through the data: every epoch is a fresh counted permutation.

    Batch k has exactly `size` samples, at positions k * size and on; it may cross into the next epoch. Of these, the
    ones in `part` are dealt here (all by default), where several processes share each batch.
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
        part: slice = slice(None),
    ) -> None:
        counts = {dataset.name: len(dataset)} | ({f"{dataset.name}'s source": dataset.source_count} if unpaired else {})
        for name, count in counts.items():
            if count < size:
                raise DataError(
                    f"{name} has {many(count, 'sample')}, fewer than a batch of {size:,}; type --batch {count}"
                )
        self.dataset = dataset
        self.size = size
        self.seed = seed
        self.player = player
        self.device = torch.device(device)
        self.unpaired, self.part = unpaired, part
        self._permutations: dict[tuple[int, str], Tensor] = {}
        self._matching: Matching | None = None

    def real(self, k: int) -> Tensor:
        """The samples of the player's k-th turn: (n, *shape) float32 on the device."""
        found = self.dataset.real(self.index(k), self.device)
        if self.dataset.mapped:
            self.dataset.mapped.expect(self.index(k + 1))  # to be read while this batch is played
        return found

    def label(self, k: int) -> Tensor:
        """The labels of the same samples: (n,) int64 on the device. Raises DataError without labels."""
        return self.dataset.label(self.index(k), self.device)

    def source(self, k: int) -> Tensor:
        """The sources of the same samples, or of others if unpaired: (n, *source shape) on the device.

        Raises DataError without sources.
        """
        index, seed = self._source_index(k), counted(self.seed, "source", self.player, k)
        found = self.dataset.source(index, self.device, seed)[self.part]  # degraded as one, by draws of the whole batch
        if self.dataset.mapped_sources:
            self.dataset.mapped_sources.expect(self._source_index(k + 1))
        return found

    def source_label(self, k: int) -> Tensor:
        """The labels of the same sources: (n,) int64 on the device. Raises DataError without them."""
        return self.dataset.source_label(self.source_index(k), self.device)

    def real_with(self, k: int, feature: Tensor) -> Tensor:
        """Samples that hold the features (n,) of a one-hot, -1 for any: (n, *shape), drawn by counting for turn k."""
        if self._matching is None:
            self._matching = Matching(self.dataset.samples)
        generator = torch.Generator().manual_seed(counted(self.seed, "matching", self.player, k))
        n = self.size if self.part != slice(None) else len(feature)
        share = torch.rand(n, generator=generator)[self.part].to(self.dataset.samples.device)
        return self.dataset.real(self._matching.draw(feature.to(share.device), share), self.device)

    def index(self, k: int) -> Tensor:
        """Which samples of the k-th batch are dealt here: (n,) int64, where the samples live."""
        return self._index(k, len(self.dataset), "epoch")[self.part]

    def source_index(self, k: int) -> Tensor:
        """Which sources of the k-th batch are dealt here: (n,) int64, where the samples live."""
        return self._source_index(k)[self.part]

    def _source_index(self, k: int) -> Tensor:
        count, what = (self.dataset.source_count, "source epoch") if self.unpaired else (len(self.dataset), "epoch")
        return self._index(k, count, what)

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
