"""What samples are compared by: their own numbers, a classifier of the data, or Inception.

A distance of features means nothing without the extractor's name beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

import torch
from torch import Tensor, nn

from ganzoo.data import Dataset
from ganzoo.errors import DataError, UsageError
from ganzoo.judge.classifier import FEATURES, classifier_for
from ganzoo.judge.listening import Listener, pictured
from ganzoo.judge.metric import Need

__all__ = ["EXTRACTORS", "INCEPTION", "Extractor", "choose_extractor"]

INCEPTION = "weights-inception-2015-12-05-6726825d.pth"  # the network of FID, as torch-fidelity names its file
_AT_ONCE = 32  # images that Inception holds: it enlarges them to 299 x 299
_WIDEST = 4096  # features of raw samples: their covariance is held, 128 MiB


@dataclass(frozen=True)
class Extractor:
    """Samples (n, *shape) on the device to features (n, width), and logits (n, K) where it is a classifier.

    name: as it is written beside every value, with what it was made from. gives: of Subject.gives.
    """

    name: str
    width: int
    gives: frozenset[Need]
    look: Callable[[Tensor], tuple[Tensor, Tensor | None]]


def choose_extractor(dataset: Dataset, name: str | None, device: torch.device) -> Extractor:
    """The extractor of that name; None is `classifier` for labelled images and sounds, `inception` for other images,
    else `raw`.

    Raises UsageError for an unknown or unfit one, DataError where labels or weights are absent.
    """
    is_image, labelled = dataset.space.kind == "image", len(dataset.space.classes) > 1
    if name is None:
        known = labelled and dataset.space.kind in ("image", "audio")
        name = "classifier" if known else "inception" if is_image else "raw"
    if name not in EXTRACTORS:
        raise UsageError(f"unknown extractor {name!r}; known: {', '.join(EXTRACTORS)}")
    if name != "raw" and not is_image and not (name == "classifier" and dataset.space.kind == "audio"):
        raise UsageError(
            f"--extractor {name} looks at images, and {dataset.name} holds {dataset.space.plural}; type raw"
        )
    return EXTRACTORS[name](dataset, device)


def _raw(dataset: Dataset, device: torch.device) -> Extractor:
    width = dataset.space.numbers
    if width > _WIDEST:
        raise UsageError(
            f"--extractor raw compares up to {_WIDEST:,} numbers a sample, and {dataset.name} has {width:,}; "
            "type a smaller --size when training, or another --extractor"
        )
    return Extractor("raw", width, frozenset(), lambda samples: (samples.flatten(1), None))


def _classifier(dataset: Dataset, device: torch.device) -> Extractor:
    sounds = dataset.space.kind == "audio"
    trained = classifier_for(pictured(dataset) if sounds else dataset)
    model: nn.Module = trained.model
    if sounds:
        model = nn.Sequential(Listener(int(dataset.space.details["rate"])), model)
    model = model.to(device)
    name = f"classifier of {dataset.name} {trained.fingerprint}, held-out accuracy {trained.accuracy:.3f}"
    return Extractor(name, FEATURES, frozenset({"logits", "classes"}), model)


def _inception(dataset: Dataset, device: torch.device) -> Extractor:
    weights = Path(torch.hub.get_dir()) / "checkpoints" / INCEPTION
    missing = [] if find_spec("torch_fidelity") else ["pip install 'ganzoo[metrics]'"]
    if not weights.is_file():
        missing.append(f"put {INCEPTION} (from the releases of github.com/toshas/torch-fidelity) at {weights}")
    if missing:
        other = "classifier" if len(dataset.space.classes) > 1 else "raw"
        raise DataError(f"--extractor inception: {', and '.join(missing)}; or type --extractor {other}")
    if sha256(weights.read_bytes()).hexdigest()[:8] != INCEPTION[-12:-4]:  # the library unpickles the file
        raise DataError(f"--extractor inception: {weights} is damaged or another file; delete it and fetch it again")
    from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3

    layers = ["2048", "logits_unbiased"]
    model = FeatureExtractorInceptionV3("inception-v3-compat", layers, str(weights)).to(device).eval()

    def look(images: Tensor) -> tuple[Tensor, Tensor | None]:
        levels = ((images + 1) * 127.5).round().clamp(0, 255).byte().expand(-1, 3, -1, -1)
        features, logits = zip(*(model(part) for part in torch.split(levels, _AT_ONCE)), strict=True)
        return torch.cat(features), torch.cat(logits)

    return Extractor("torch-fidelity inception-v3-compat, 2048", 2048, frozenset({"logits"}), look)


EXTRACTORS: dict[str, Callable[[Dataset, torch.device], Extractor]] = {
    "classifier": _classifier,
    "inception": _inception,
    "raw": _raw,
}
