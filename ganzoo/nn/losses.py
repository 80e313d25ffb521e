"""What the players of the classic games want, as named terms that add up to the objective.

Every function takes logits of shape (N,), D's output without a sigmoid, and returns 0-d terms in the sign of
its paper; the docstring says who climbs (maximize) and who descends (minimize). Penalties: penalties.py.
Terms are float32 or better: logits that autocast left in bfloat16 are raised first.
D(x) stands for sigmoid(logits) in the two probabilistic games, for the logits themselves in the others.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from ganzoo.nn.precision import full
from ganzoo.nn.whole import whole_batch

__all__ = [
    "boundary_seeking",
    "hinge",
    "least_squares_discriminator",
    "least_squares_generator",
    "minimax",
    "non_saturating",
    "relativistic",
    "relativistic_average",
    "saturating",
    "score",
    "softmax_discriminator",
    "softmax_generator",
    "wasserstein",
]

Terms = dict[str, Tensor]


def minimax(real: Tensor, fake: Tensor) -> Terms:
    """V = E log D(x) + E log(1 - D(G(z))): D climbs it; -log 4 when the game is solved.

    Goodfellow et al. 2014, eq. 1.
    """
    return {"real": F.logsigmoid(full(real)).mean(), **saturating(fake)}


def saturating(fake: Tensor) -> Terms:
    """E log(1 - D(G(z))), the part of V that G can move: G descends it. Goodfellow et al. 2014, eq. 1."""
    return {"fake": F.logsigmoid(-full(fake)).mean()}


def non_saturating(fake: Tensor) -> Terms:
    """E log D(G(z)): G climbs it in place of descending V. Goodfellow et al. 2014, section 3."""
    return {"fooled": F.logsigmoid(full(fake)).mean()}


def least_squares_discriminator(real: Tensor, fake: Tensor) -> Terms:
    """E (D(x) - 1)^2 / 2 + E D(G(z))^2 / 2: D descends it. Mao et al. 2017, eq. 9 (a = 0, b = 1)."""
    return {"real": (full(real) - 1).square().mean() / 2, "fake": full(fake).square().mean() / 2}


def least_squares_generator(fake: Tensor) -> Terms:
    """E (D(G(z)) - 1)^2 / 2: G descends it. Mao et al. 2017, eq. 9 (c = 1)."""
    return {"fooled": (full(fake) - 1).square().mean() / 2}


def wasserstein(real: Tensor, fake: Tensor) -> Terms:
    """E D(x) - E D(G(z)), the distance that a 1-Lipschitz D can see: D climbs it.

    Arjovsky et al. 2017, eq. 2.
    """
    return {"distance": full(real).mean() - full(fake).mean()}


def hinge(real: Tensor, fake: Tensor) -> Terms:
    """E min(0, D(x) - 1) + E min(0, -D(G(z)) - 1): D climbs it. Miyato et al. 2018, eq. 16."""
    return {"real": -F.relu(1 - full(real)).mean(), "fake": -F.relu(1 + full(fake)).mean()}


def score(fake: Tensor) -> Terms:
    """E D(G(z)): G climbs it in the Wasserstein and hinge games. Miyato et al. 2018, eq. 17."""
    return {"score": full(fake).mean()}


def relativistic(real: Tensor, fake: Tensor) -> Terms:
    """E log sigmoid(D(x) - D(G(z))) over pairs (x, z): D climbs it; G climbs it with the two exchanged.

    real, fake: (N,), paired by their place. -log 2 when the game is solved. Jolicoeur-Martineau 2018, RSGAN.
    """
    return {"pairs": F.logsigmoid(full(real) - full(fake)).mean()}


def relativistic_average(real: Tensor, fake: Tensor) -> Terms:
    """E log sigmoid(D(x) - E D(G(z))) + E log(1 - sigmoid(D(G(z)) - E D(x))): D climbs it; G with both exchanged.

    -log 4 when the game is solved. Jolicoeur-Martineau 2018, RaSGAN.
    """
    real, fake = full(real), full(fake)
    return {
        "real": F.logsigmoid(real - whole_batch(fake).mean()).mean(),
        "fake": F.logsigmoid(whole_batch(real).mean() - fake).mean(),
    }


def softmax_discriminator(real: Tensor, fake: Tensor) -> Terms:
    """Log Z - E D(x), where Z is the sum of exp D over reals and fakes: D descends it, all mass on the reals.

    log 2N, of N reals and N fakes, when the game is solved. Lin 2017 (there D has the opposite sign).
    """
    real, fake = full(real), full(fake)
    return {"real": -real.mean(), "partition": torch.logsumexp(whole_batch(torch.cat([real, fake])), 0)}


def softmax_generator(real: Tensor, fake: Tensor) -> Terms:
    """Log Z - E D over reals and fakes together: G descends it, mass spread evenly. Lin 2017."""
    logits = torch.cat([full(real), full(fake)])
    return {"both": -logits.mean(), "partition": torch.logsumexp(whole_batch(logits), 0)}


def boundary_seeking(fake: Tensor) -> Terms:
    """E (log D(G(z)) - log(1 - D(G(z))))^2 / 2, the squared logit: G descends it to D's boundary, where D = 1/2.

    Hjelm et al. 2018, the objective for continuous data.
    """
    return {"boundary": full(fake).square().mean() / 2}
