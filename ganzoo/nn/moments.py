"""Running statistics of what a discriminator sees in reals and in fakes. Shapes: N batch, M features.

Park et al. 2018, Data Synthesis based on Generative Adversarial Networks, arXiv:1806.03384, section 4.2
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ganzoo.nn.precision import full
from ganzoo.nn.whole import whole_batch

__all__ = ["RunningMoments"]

TINY = 1e-12  # inside the root, so that the gradient is finite where all features are the same


class RunningMoments(nn.Module):
    """`running` (4, M): means over batches of features' mean and standard deviation, of reals and then of fakes.

    A call is how they go on, with features of reals (N, M) and of fakes (N, M): (4, M), of which the present batch has
    the share 1 - kept. Eq. 2 and 3. `running` itself is for the player's `after` to write.
    """

    running: Tensor

    def __init__(self, features: int) -> None:
        super().__init__()
        self.register_buffer("running", torch.zeros(4, features))

    def forward(self, real: Tensor, fake: Tensor, kept: float) -> Tensor:  # noqa: D102
        return torch.lerp(torch.stack([*moments(real), *moments(fake)]), self.running, kept)


def moments(features: Tensor) -> tuple[Tensor, Tensor]:
    """The mean and the standard deviation of features (N, M) over the batch: (M,) each."""
    features = whole_batch(full(features))
    return features.mean(0), (features.var(0, correction=0) + TINY).sqrt()
