"""Networks and terms for GANs that know labels. Shapes: N batch, K classes, E numbers of a second input."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ganzoo.contract import Batch, Space
from ganzoo.errors import UsageError
from ganzoo.nn.blocks import SLOPE, encoder_for, mlp
from ganzoo.nn.dropout import Dropout
from ganzoo.nn.losses import wasserstein
from ganzoo.nn.penalties import gradient_penalty
from ganzoo.nn.precision import full

__all__ = [
    "Concatenated", "ConditionalBatchNorm", "Headed", "JointDiscriminator", "Labelled", "MaybeLabelled",
    "MaybeNaming", "Projection", "Spread", "class_count", "class_likelihood", "label_of", "naming", "naming_distance",
    "one_hot",
]  # fmt: skip


def class_count(space: Space) -> int:
    """K, how many classes the data have. Raises UsageError where they have none."""
    if not space.classes:
        raise UsageError(
            "this GAN learns from labels, and the data have none; type --data digits, give a folder with a sub-folder "
            "for each class or an npz with 'labels', or choose a GAN without labels (ganzoo list)"
        )
    return len(space.classes)


def label_of(batch: Batch) -> Tensor | None:
    """The batch's labels (N,), None for data without."""
    return getattr(batch, "label", None)


def one_hot(label: Tensor, classes: int) -> Tensor:
    """(N,) int64 -> (N, K) float, a one at each label; all zeros for -1, a sample without a label."""
    return (label[:, None] == torch.arange(classes, device=label.device)).float()


def class_likelihood(logits: Tensor, label: Tensor) -> Tensor:
    """E log P(C = label | x) over the samples that have a label (not -1), 0 if none has; 0-d, at most 0.

    logits (N, K), label (N,). Odena et al. 2017, eq. 3.
    """
    known = label >= 0
    likelihood = F.log_softmax(full(logits), 1).gather(1, label.clamp(min=0)[:, None])[:, 0]
    return (likelihood * known).sum() / known.sum().clamp(min=1)


class Concatenated(nn.Module):
    """A network of one vector, fed with several: (N, A), (N, B), ... -> net of (N, A + B + ...)."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, *parts: Tensor) -> Tensor:  # noqa: D102
        joined: Tensor = self.net(torch.cat(parts, 1))
        return joined


class Labelled(nn.Module):
    """A network of two inputs whose second is a label: (x, label (N,)) -> net(x, one-hot (N, K))."""

    def __init__(self, net: nn.Module, classes: int) -> None:
        super().__init__()
        self.net, self.classes = net, classes

    def forward(self, x: Tensor, label: Tensor) -> Tensor:  # noqa: D102
        found: Tensor = self.net(x, one_hot(label, self.classes))
        return found


class Spread(nn.Module):
    """A network of images that gets a vector too, in every pixel: (N, C, H, W), (N, K) -> net of (N, C + K, H, W)."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, x: Tensor, vector: Tensor) -> Tensor:  # noqa: D102
        everywhere = vector[:, :, None, None].expand(-1, -1, *x.shape[2:])
        made: Tensor = self.net(torch.cat([x, everywhere.to(x.dtype)], 1))
        return made


class ConditionalBatchNorm(nn.Module):
    """Batch norm whose gain and bias are those of a sample's class: (N, C, H, W), label (N,) -> (N, C, H, W).

    All samples are normalised together; gains start at 1, biases at 0. Dumoulin et al. 2017, A Learned
    Representation for Artistic Style, eq. 5, with batch statistics as in Miyato and Koyama 2018, section 4.
    """

    def __init__(self, channels: int, classes: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(channels, affine=False)
        self.gain, self.bias = (nn.Embedding(classes, channels) for _ in range(2))
        nn.init.ones_(self.gain.weight)
        nn.init.zeros_(self.bias.weight)

    def forward(self, x: Tensor, label: Tensor) -> Tensor:  # noqa: D102
        gain, bias = (rows(label)[:, :, None, None] for rows in (self.gain, self.bias))
        result: Tensor = gain * self.norm(x) + bias
        return result


class Projection(nn.Module):
    """The logit of a sample and its class from the sample's features: (N, F), label (N,) -> (N,).

    v_y . phi(x) + psi(phi(x)), with a vector v_y for each class and psi linear. Miyato and Koyama 2018, cGANs with
    Projection Discriminator, arXiv:1802.05637, eq. 4.
    """

    def __init__(self, features: int, classes: int) -> None:
        super().__init__()
        self.classes, self.any = nn.Embedding(classes, features), nn.Linear(features, 1)

    def forward(self, x: Tensor, label: Tensor) -> Tensor:  # noqa: D102
        logit: Tensor = (self.classes(label) * x).sum(1) + self.any(x)[:, 0]
        return logit


class MaybeLabelled(nn.Module):
    """A network of vectors, with a one-hot label beside where there are labels: (N, Z), label (N,) or None -> net's.

    classes: K, 0 for data without; net takes (N, Z + K).
    """

    def __init__(self, net: nn.Module, classes: int) -> None:
        super().__init__()
        self.net, self.classes = net, classes

    def forward(self, z: Tensor, label: Tensor | None = None) -> Tensor:  # noqa: D102
        made: Tensor = self.net(z if label is None else torch.cat([z, one_hot(label, self.classes)], 1))
        return made


class MaybeNaming(nn.Module):
    """A sample's logit, by `Projection` where there are labels, and its class's: x, label (N,) -> (N,), (N, K).

    body: x to (N, F). classes: K, 0 for data without: x -> (N,), None. named: else it has no logits, None.
    """

    def __init__(self, body: nn.Module, features: int, classes: int, *, named: bool = True) -> None:
        super().__init__()
        self.body = body
        self.head = Projection(features, classes) if classes else nn.Linear(features, 1)
        self.classes = nn.Linear(features, classes) if classes and named else None

    def forward(self, x: Tensor, label: Tensor | None = None) -> tuple[Tensor, Tensor | None]:  # noqa: D102
        features = self.body(x)
        value = self.head(features, label) if isinstance(self.head, Projection) else self.head(features)[:, 0]
        return value, None if self.classes is None else self.classes(features)


def naming(logits: Tensor | None, batch: Batch, weight: float) -> dict[str, Tensor]:
    """The term weight * `class_likelihood` of the batch's labels, none for data without. logits: `MaybeNaming`'s."""
    return {} if logits is None else {"naming": weight * class_likelihood(logits, batch.label)}


def naming_distance(
    judge: MaybeNaming, real: Tensor, fake: Tensor, batch: Batch, *, penalty: float, classes: float
) -> dict[str, Tensor]:
    """E C(x) - E C(G(z)) - penalty * E (|grad C(x^)| - 1)^2, and `naming` of the reals' classes: C climbs it.

    real, fake: (N, ...), of the batch's labels both, where there are any. penalty, classes: weights. The terms are
    `distance`, `penalty` and `naming`. Gulrajani et al. 2017, eq. 3; Odena et al. 2017, eq. 3.
    """
    label = label_of(batch)
    value, logits = judge(real, label)
    return {
        **wasserstein(value, judge(fake, label)[0]),
        "penalty": -penalty * gradient_penalty(lambda x: judge(x, label)[0], real, fake),
        **naming(logits, batch, classes),
    }


class JointDiscriminator(nn.Module):
    """Sees a sample and a vector together: (N, *shape), (N, E) -> (N,), the logit of the pair being real.

    Each has a layer of its own before they meet in a joint one, as in Mirza and Osindero 2014, section 4.1; the
    sample's is `encoder_for` with width and units, without batch norm, so that every pair is judged alone.
    """

    def __init__(self, space: Space, extra: int, width: int, units: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.sample = encoder_for(space, units, width, units, hidden=1, norm=None)
        self.other = nn.Linear(extra, units)
        self.joint = nn.Sequential(
            nn.LeakyReLU(SLOPE), Dropout(dropout), mlp(2 * units, units, 1, dropout=dropout), nn.Flatten(0)
        )

    def forward(self, x: Tensor, other: Tensor) -> Tensor:  # noqa: D102
        logit: Tensor = self.joint(torch.cat([self.sample(x), self.other(other)], 1))
        return logit


class Headed(nn.Module):
    """One body with several heads: x -> a tuple of each head's output for the body's features."""

    def __init__(self, body: nn.Module, *heads: nn.Module) -> None:
        super().__init__()
        self.body, self.heads = body, nn.ModuleList(heads)

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:  # noqa: D102
        features = self.body(x)
        return tuple(head(features) for head in self.heads)
