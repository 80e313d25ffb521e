"""One judgement of a generator by every metric that fits: samples are made and reduced part by part."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from ganzoo import catalogue
from ganzoo.data import Dataset, Request, open_dataset, open_translation
from ganzoo.data.dataset import fingerprint
from ganzoo.engine.generator import Generator
from ganzoo.errors import DataError, GanzooError, PluginError, UsageError
from ganzoo.judge.extractors import Extractor, choose_extractor
from ganzoo.judge.metric import Metric, Need, Part, Subject, Tally
from ganzoo.judge.parts import fakes, paired, reals
from ganzoo.tokens import vocabulary_of

__all__ = ["Evaluation", "Value", "evaluate_generator", "open_reals"]

_MOST_REAL = 50_000  # reals that are looked at, in random order; as many as FID's protocols take
_LACKS: dict[Need, str] = {
    "modes": "the modes of these data are not known",
    "logits": "the extractor is no classifier",
    "classes": "the extractor is no classifier of these data's classes",
    "labels": "the generator does not take labels",
    "images": "the samples are no images",
    "pairs": "nothing says what each sample should be; it is for translations of pairs",
    "numbers": "texts are no numbers that have distances",
    "tokens": "the data are not texts",
}


@dataclass(frozen=True)
class Value:
    """One number, and what must be known to compare it. real: 0 where no real samples are looked at."""

    value: float
    metric: str
    generated: int
    real: int
    extractor: str
    protocol: str
    seed: int


@dataclass(frozen=True)
class Evaluation:
    """The values by name. weights: a hash of the generator's tensors. left_out: metrics that do not fit, and why."""

    gan: str
    weights: str
    data: str
    fingerprint: str
    values: dict[str, Value]
    left_out: dict[str, str]

    def __getitem__(self, name: str) -> float:
        return self.values[name].value

    def to_dict(self) -> dict[str, Any]:
        """As JSON values, as metrics.json holds them; null is infinite."""
        found = asdict(self)
        for value in found["values"].values():
            if not math.isfinite(value["value"]):
                value["value"] = None
        return found


def open_reals(
    generator: Generator,
    data: str | None,
    root: str | Path | None,
    *,
    source: str | None = None,
    degrade: str | None = None,
) -> Dataset:
    """The data set of that name or path, its samples of the size, channels and vocabulary that the generator makes.

    root: where downloads live. source, degrade: of a translation, what its sources are; by default degraded as it
    learned it. Raises UsageError without a name, and for a game, which has no samples; DataError.
    """
    space = generator.space
    if space.kind == "game":
        raise UsageError(f"{generator.name} is a game without data; there are no samples to judge")
    if not data:
        raise UsageError(f"{generator.name} is not in a run's folder, which names its data; type --data NAME|PATH")
    if space.source is None and (source or degrade):
        raise UsageError(f"{generator.name} translates nothing; leave out {'--source' if source else '--degrade'}")
    if source and degrade:
        raise UsageError("both --source and --degrade are given; give one of them")
    asked: dict[str, Any] = {"channels": space.shape[0] if space.kind == "image" else None}
    if space.kind == "tokens":  # the numbers of tokens are those of the generator's vocabulary
        asked |= {"tokens": space.details["unit"], "vocabulary": tuple(vocabulary_of(space))}
    request = Request(root=Path(root) if root else None, size=space.shape[-1], **asked)
    if space.source is None:
        return open_dataset(data, request)
    learned = None if source else space.source.details.get("degraded")
    origin = generator.architecture.source or "paired"
    return open_translation(data, request, origin, source=source, degrade=degrade or learned)


def evaluate_generator(
    generator: Generator,
    dataset: Dataset,
    *,
    n: int = 10_000,
    seed: int = 0,
    metrics: Sequence[str] = (),
    extractor: str | None = None,
    tell: Callable[[str], None] | None = None,
) -> Evaluation:
    """Judge n generated samples against the data by the named metrics, or by all that fit.

    Of a translation, what it makes of n sources of the data, at most all of them. Reals are taken in a random order,
    all of them up to 50,000; labels are asked for as often as the data have them. Nothing is written. Raises UsageError
    for too few samples or a metric that does not fit, DataError.
    """
    if generator.space.shape != dataset.space.shape or generator.space.kind != dataset.space.kind:
        raise DataError(
            f"{generator.name} makes {generator.space.plural} of {generator.space}, and {dataset.name} holds "
            f"{dataset.space.plural} of {dataset.space}; type --data NAME for data like those it was trained on"
        )
    if dataset.space.source and generator.space.source:
        if generator.space.source.shape != dataset.space.source.shape:
            raise DataError(
                f"{generator.name} starts from {generator.space.source}, and the sources of {dataset.name} are "
                f"{dataset.space.source}; type --degrade or --source as it was trained with"
            )
        n = min(n, dataset.source_count)
    known, broken = _known(metrics)
    with torch.no_grad():
        eyes = choose_extractor(dataset, extractor, generator.device)
        subject = _subject(generator, dataset, eyes, seed)
        real_count = min(len(dataset), _MOST_REAL)
        chosen, left_out = _fitting(known, broken, subject, n, real_count, dataset, strict=bool(metrics))
        if tell:
            what = "translations" if generator.space.source else "samples"
            tell(f"judging {n:,} {what} of {generator.name} beside {real_count:,} of {dataset.name} by {eyes.name}")
        tallies = {name: metric.tally(subject) for name, metric in chosen.items()}
        generated = _feed(chosen, tallies, "fake", fakes(generator, dataset, subject, eyes, n))
        compared = {name: metric for name, metric in chosen.items() if metric.compares}
        real = _feed(compared, tallies, "real", reals(dataset, subject, eyes, real_count, generator.device))
    values = {
        name: Value(
            float(value), metric, generated[metric], real.get(metric, 0), eyes.name, known[metric].protocol, seed
        )
        for metric, tally in tallies.items()
        for name, value in tally.values().items()
    }
    tensors = [value.cpu().numpy() for _, value in sorted(generator.state_dict().items())]
    return Evaluation(generator.name, fingerprint(*tensors), dataset.name, dataset.fingerprint, values, left_out)


def _known(asked: Sequence[str]) -> tuple[dict[str, Metric], dict[str, str]]:
    """The metrics that are asked for, or all installed ones without those that are broken, and what is wrong there."""
    known, broken = dict[str, Metric](), dict[str, str]()
    for name in dict.fromkeys(asked or catalogue.names(catalogue.METRICS)):
        try:
            answer = catalogue.call(catalogue.METRICS, name, "ganzoo_metric")
            if not isinstance(answer, Metric):
                raise PluginError(f"metric {name!r}: ganzoo_metric returned {type(answer).__name__}, expected Metric")
            known[name] = answer
        except GanzooError as error:
            if asked:
                raise
            broken[name] = str(error)
    return known, broken


def _subject(generator: Generator, dataset: Dataset, eyes: Extractor, seed: int) -> Subject:
    gives: set[Need] = {*eyes.gives, "tokens" if dataset.space.kind == "tokens" else "numbers"}
    if "modes" in dataset.space.details:
        gives.add("modes")
    if dataset.space.kind == "image":
        gives.add("images")
    if paired(dataset):
        gives.add("pairs")
    shares = None
    if dataset.labels is not None and dataset.space.classes:
        labels = dataset.labels[dataset.labels >= 0].cpu()
        shares = labels.bincount(minlength=len(dataset.space.classes)).double() / len(labels)
        if generator.space.classes == dataset.space.classes and generator.takes_labels:
            gives.add("labels")
    return Subject(space=dataset.space, width=eyes.width, shares=shares, gives=frozenset(gives), seed=seed)


def _fitting(
    known: dict[str, Metric],
    broken: dict[str, str],
    subject: Subject,
    n: int,
    real: int,
    dataset: Dataset,
    *,
    strict: bool,
) -> tuple[dict[str, Metric], dict[str, str]]:
    """The metrics that can be told here, and why the others cannot, which is an error if strict."""
    chosen, left_out, too_few = dict[str, Metric](), dict(broken), list[str]()
    for name, metric in known.items():
        lacking = [_LACKS[need] for need in metric.needs if need not in subject.gives]
        if lacking:
            left_out[name] = lacking[0]
            continue
        least = metric.least(subject)
        if metric.compares and real < least:
            left_out[name] = f"it needs at least {least:,} real samples, and {dataset.name} has {real:,}"
        elif n < least and n == dataset.source_count and subject.space.source:
            left_out[name] = f"it needs at least {least:,} translations, and {dataset.name} has {n:,} sources"
        elif n < least:
            too_few.append(f"{name} needs {least:,}")
        else:
            chosen[name] = metric
    if too_few:
        raise UsageError(
            f"-n {n:,}: too few samples to judge by; {', '.join(too_few)}; type a greater -n, such as 10000"
        )
    if left_out and (strict or not chosen):
        raise UsageError(*(f"--metric {name}: {why}" for name, why in left_out.items()))
    return chosen, left_out


def _feed(metrics: dict[str, Metric], tallies: dict[str, Tally], kind: str, parts: Iterator[Part]) -> dict[str, int]:
    """Show the parts to every tally, to each as many samples as its metric takes; returns how many that were."""
    seen = dict.fromkeys(metrics, 0)
    for part in parts if metrics else ():
        for name, metric in metrics.items():
            room = len(part.samples) if metric.most is None else metric.most - seen[name]
            if room > 0:
                shown = part.first(room)
                getattr(tallies[name], kind)(shown)
                seen[name] += len(shown.samples)
    return seen
