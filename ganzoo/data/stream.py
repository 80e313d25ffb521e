"""Endless batches without a state: the k-th batch of a player is a function of the seed and k."""

from __future__ import annotations

import torch
from torch import Tensor

from ganzoo.counted import counted
from ganzoo.data.dataset import Dataset
from ganzoo.errors import DataError

__all__ = ["Stream"]


class Stream:
    """One player's own walk through the data: every epoch is a fresh counted permutation.

    Batch k has exactly `size` samples, at positions k * size and on; it may cross into the next epoch.
    Nothing is to be saved: a new stream gives the same batches. Raises DataError if the data are fewer
    than one batch.
    """

    def __init__(self, dataset: Dataset, size: int, seed: int, player: str, device: torch.device | str) -> None:
        if len(dataset) < size:
            raise DataError(
                f"a batch of {size:,} was asked for and {dataset.name} has {len(dataset):,} samples;"
                f" type --batch {len(dataset)}"
            )
        self.dataset = dataset
        self.size = size
        self.seed = seed
        self.player = player
        self.device = torch.device(device)
        self._permutations: dict[int, Tensor] = {}

    def real(self, k: int) -> Tensor:
        """The samples of the player's k-th turn: (size, *shape) float32 on the device."""
        return self.dataset.real(self.index(k), self.device)

    def label(self, k: int) -> Tensor:
        """The labels of the same samples: (size,) int64 on the device. Raises DataError without labels."""
        return self.dataset.label(self.index(k), self.device)

    def source(self, k: int) -> Tensor:
        """The sources of the same samples: (size, *source shape) on the device. Raises DataError without sources."""
        return self.dataset.source(self.index(k), self.device)

    def index(self, k: int) -> Tensor:
        """Which samples the k-th batch holds: (size,) int64, where the samples live."""
        epoch, first = divmod(k * self.size, len(self.dataset))
        index = self._permutation(epoch)[first : first + self.size]
        if missing := self.size - len(index):
            index = torch.cat([index, self._permutation(epoch + 1)[:missing]])
        return index

    def _permutation(self, epoch: int) -> Tensor:
        if epoch not in self._permutations:
            generator = torch.Generator().manual_seed(counted(self.seed, "epoch", self.player, epoch))
            permutation = torch.randperm(len(self.dataset), generator=generator)
            newest = [(e, p) for e, p in self._permutations.items() if e == epoch - 1]
            self._permutations = dict(newest)
            self._permutations[epoch] = permutation.to(self.dataset.samples.device)
        return self._permutations[epoch]
