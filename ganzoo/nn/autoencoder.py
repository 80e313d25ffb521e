"""Discriminators that judge a sample by how well they reconstruct it. Shapes: N batch, F code."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ganzoo.nn.precision import full
from ganzoo.nn.whole import whole_batch

__all__ = ["Autoencoder", "pulling_away"]


class Autoencoder(nn.Module):
    """A sample's energy, the mean of |x - decoder(encoder(x))|^power, and its code: (N, ...) -> (N,), (N, F).

    Zhao et al. 2017, section 2.3 (EBGAN, power 2); Berthelot et al. 2017, section 3.1 (BEGAN, power 1).
    """

    def __init__(self, encoder: nn.Module, decoder: nn.Module, power: Literal[1, 2]) -> None:
        super().__init__()
        self.encoder, self.decoder, self.power = encoder, decoder, power

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:  # noqa: D102
        code: Tensor = self.encoder(x)
        error = full(x) - full(self.decoder(code))
        return error.abs().pow(self.power).flatten(1).mean(1), code


def pulling_away(codes: Tensor) -> Tensor:
    """The mean squared cosine between the codes (N, F) of all pairs of a batch, N > 1; 0-d.

    G descends it, so that its samples differ. Zhao et al. 2017, section 2.4.
    """
    unit = F.normalize(whole_batch(full(codes)), dim=1)
    n = len(unit)
    off = torch.ones(n, n, device=codes.device, dtype=unit.dtype) - torch.eye(n, device=codes.device, dtype=unit.dtype)
    return ((unit @ unit.T).square() * off).sum() / (n * (n - 1))
