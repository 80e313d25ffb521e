"""A small classifier of a data set, trained on it once and kept: the eyes of the judge for labelled images.

A convolutional network of LeNet's kind (LeCun et al. 1998, Gradient-Based Learning, sec. 2). Its numbers compare
between generators of the same data only.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganzoo.counted import counted
from ganzoo.data import Dataset
from ganzoo.data.cache import cache_folder
from ganzoo.data.dataset import fingerprint
from ganzoo.engine.device import drawing
from ganzoo.engine.files import pack, write_whole
from ganzoo.errors import DataError

__all__ = ["FEATURES", "Classifier", "Trained", "classifier_for"]

FEATURES = 64
_REVISION = 1  # to be raised when the same data would give another classifier
_SIDE = 32  # images of other sizes are first resized to it
_BATCH, _STEPS, _RATE = 64, 1000, 3e-3
_HELD_OUT = 0.1  # of the data, for its accuracy; at most _MOST_HELD_OUT samples
_MOST_HELD_OUT = 5000
_LEAST = 20  # labelled samples


class Classifier(nn.Module):
    """Images (N, C, H, W) in [-1, 1] to features (N, 64), the last but one layer, and logits (N, K).

    A sample's features have mean 0 and variance 1, which keeps distances between them of the order of 1.
    """

    def __init__(self, channels: int, classes: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, 16, 3, padding=1, stride=2), nn.ReLU(),
            nn.Conv2d(16, 32, 3, padding=1, stride=2), nn.ReLU(),
            nn.Conv2d(32, 64, 3, padding=1, stride=2), nn.ReLU(),
            nn.Flatten(), nn.Linear(64 * (_SIDE // 8) ** 2, FEATURES), nn.ReLU(),
        )  # fmt: skip
        self.head = nn.Linear(FEATURES, classes)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Features and logits."""
        if images.shape[-2:] != (_SIDE, _SIDE):
            images = F.interpolate(images, size=(_SIDE, _SIDE), mode="bilinear", antialias=True)
        features = F.layer_norm(self.body(images), (FEATURES,))
        return features, self.head(features)


@dataclass(frozen=True)
class Trained:
    """A trained classifier in eval mode, its accuracy on samples that it was not trained on, and a hash of its data."""

    model: Classifier
    accuracy: float
    fingerprint: str


def classifier_for(dataset: Dataset) -> Trained:
    """The classifier of a data set's labelled images, from the cache or trained now, in seconds on a CPU.

    The same data give the same classifier on one machine. Raises DataError for one class or too few labels.
    """
    labels = 0 if dataset.labels is None else int((dataset.labels >= 0).sum())
    if len(dataset.space.classes) < 2 or labels < _LEAST:
        raise DataError(
            f"{dataset.name} has {len(dataset.space.classes)} classes and {labels:,} labels, and a classifier needs "
            f"at least 2 and {_LEAST}; type --extractor raw or inception"
        )
    key = fingerprint(dataset.fingerprint, np.asarray(dataset.labels))
    with drawing(torch.device("cpu"), counted(0, "classifier")):
        model = Classifier(dataset.space.shape[0], len(dataset.space.classes))
    path = cache_folder() / "classifiers" / f"{key}-{_REVISION}.safetensors"
    if path.is_file():
        accuracy = _read(path, model)
    else:
        accuracy = _train(dataset, model)
        tensors = {name: value.contiguous() for name, value in model.state_dict().items()}
        write_whole(path, *pack(tensors, {"format": "pt", "accuracy": repr(accuracy)}))
    return Trained(model.eval().requires_grad_(False), accuracy, key)


def _read(path: Path, model: Classifier) -> float:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "pt") as file:
            model.load_state_dict({name: file.get_tensor(name) for name in file.keys()})  # noqa: SIM118
            return float(file.metadata()["accuracy"])
    except (OSError, KeyError, RuntimeError, SafetensorError) as error:
        raise DataError(f"the kept classifier {path} is damaged ({type(error).__name__}); delete it") from None


def _train(dataset: Dataset, model: Classifier) -> float:
    """Train in place by Adam on all labelled samples but those held out; returns the accuracy on these."""
    assert dataset.labels is not None
    labelled = (dataset.labels >= 0).nonzero().flatten().cpu()
    generator = torch.Generator().manual_seed(counted(0, "classifier"))
    order = labelled[torch.randperm(len(labelled), generator=generator)]
    held = min(_MOST_HELD_OUT, int(_HELD_OUT * len(order)))
    tested, trained = order[:held], order[held:]
    optimiser = torch.optim.Adam(model.parameters(), lr=_RATE)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, _STEPS)
    with torch.enable_grad():
        for _ in range(_STEPS):
            index = trained[torch.randint(len(trained), (_BATCH,), generator=generator)]
            loss = F.cross_entropy(model(dataset.real(index))[1], dataset.label(index))
            optimiser.zero_grad()
            torch.autograd.backward(loss)
            optimiser.step()
            schedule.step()
    with torch.no_grad():
        parts = torch.split(tested, _BATCH)
        right = [int((model(dataset.real(part))[1].argmax(dim=1) == dataset.label(part)).sum()) for part in parts]
    return sum(right) / held
