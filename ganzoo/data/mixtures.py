"""Two mixtures of Gaussians in the plane, whose modes are known: what mode collapse is measured on.

Lin et al. 2018, PacGAN: The power of two samples in generative adversarial networks, section 4.1
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ganzoo.counted import counted
from ganzoo.data.request import Summary
from ganzoo.hookspecs import hookimpl

if TYPE_CHECKING:
    from ganzoo.data import Dataset, Request

__all__ = ["Mixture", "grid25", "ring8"]

COUNT = 10_000


@dataclass(frozen=True, kw_only=True)
class Mixture:
    """Equally likely Gaussians of one standard deviation; a sample's label is the mode that it came from."""

    name: str
    modes: tuple[tuple[float, float], ...]
    std: float

    @hookimpl
    def ganzoo_dataset(self, request: Request) -> Dataset:
        """10,000 counted draws: the same for everybody."""
        import torch

        from ganzoo.data.arrays import vector_dataset

        generator = torch.Generator().manual_seed(counted(0, self.name))
        labels = torch.randint(len(self.modes), (COUNT,), generator=generator)
        noise = torch.randn(COUNT, 2, generator=generator)
        vectors = torch.tensor(self.modes)[labels] + self.std * noise
        details = {"modes": [list(mode) for mode in self.modes], "std": self.std}
        classes = [str(mode) for mode in range(len(self.modes))]
        return vector_dataset(self.name, vectors.numpy(), labels.numpy(), classes, details)

    @hookimpl
    def ganzoo_dataset_summary(self, root: Path) -> Summary:
        """The mixture's line in `ganzoo datasets`."""
        return Summary(count=COUNT, shape=(2,), classes=len(self.modes), present=True, where="built in")


ring8 = Mixture(
    name="ring8",
    modes=tuple((math.cos(2 * math.pi * i / 8), math.sin(2 * math.pi * i / 8)) for i in range(8)),
    std=0.01,
)
grid25 = Mixture(
    name="grid25",
    modes=tuple((float(x), float(y)) for x in range(-4, 5, 2) for y in range(-4, 5, 2)),
    std=0.05,
)
