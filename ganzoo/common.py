"""The hyper-parameters that many GANs have in common, to inherit a plugin's Config from.

class Config(ganzoo.PlainConfig, ganzoo.AdamConfig):
    "A field named again here has this GAN's own default and note."

Importable without torch, so that the names of the options are known before a plugin is imported.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from ganzoo.config import Config, Range
from ganzoo.optimisers import Adam

__all__ = ["AdamConfig", "PlainConfig"]


@dataclass(frozen=True, kw_only=True)
class PlainConfig(Config):
    """The noise and the sizes of `ganzoo.nn.plain_networks`. Z is DCGAN's, the sizes are ours: small, for a CPU."""

    latent_dim: Annotated[int, "Z, length of the noise vector", Range(1, 4096)] = 100
    width: Annotated[int, "channels at half the full size, for images of 16, 32, ...", Range(1, 512)] = 32
    units: Annotated[int, "units of each hidden layer where there are no convolutions", Range(1, 8192)] = 256


@dataclass(frozen=True, kw_only=True)
class AdamConfig(Config):
    """Adam's numbers, alike for all players: those of Radford et al. 2015 (DCGAN), section 4."""

    lr: Annotated[float, "Adam's step size for all players (DCGAN's)", Range(0, 1)] = 2e-4
    beta1: Annotated[float, "Adam's decay of the mean gradient (DCGAN's)", Range(0, 0.9999)] = 0.5
    beta2: Annotated[float, "Adam's decay of the mean square", Range(0, 0.999999)] = 0.999

    @property
    def adam(self) -> Adam:
        """The optimiser of these numbers."""
        return Adam(lr=self.lr, betas=(self.beta1, self.beta2))
