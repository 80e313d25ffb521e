"""Samples as metrics see them, part by part: generated, translated or real, with the extractor's features."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import torch
from torch import Tensor

from ganzoo.counted import counted
from ganzoo.data import Dataset
from ganzoo.engine.generator import Generator
from ganzoo.judge.extractors import Extractor
from ganzoo.judge.metric import Part, Subject

__all__ = ["fakes", "paired", "reals"]

_PART = 512  # samples that are held at once


def paired(dataset: Dataset) -> bool:
    """Whether each source has the sample that it should become."""
    return dataset.space.source is not None and not dataset.unpaired


def fakes(generator: Generator, dataset: Dataset, subject: Subject, eyes: Extractor, n: int) -> Iterator[Part]:
    """Generated samples, of a translation from sources in an order that the seed decides.

    A label is drawn for each by the data's shares where both have the same classes; of pairs it is the target's own.
    """
    classes, translates = generator.space.classes, generator.space.source is not None
    even = torch.ones(len(classes), dtype=torch.float64)
    same = subject.shares is not None and classes == subject.space.classes
    shares = subject.shares if same and subject.shares is not None else even
    order = torch.randperm(
        dataset.source_count if translates else 0,
        generator=torch.Generator().manual_seed(counted(subject.seed, "evaluate sources")),
    )
    for first in range(0, n, _PART):
        size, label = min(_PART, n - first), None
        seed, index = counted(subject.seed, "evaluate", first), order[first : first + min(_PART, n - first)]
        if classes and paired(dataset) and dataset.labels is not None:
            label = dataset.label(index)
        elif classes:
            draws = torch.Generator().manual_seed(counted(subject.seed, "evaluate labels", first))
            label = torch.multinomial(shares, size, replacement=True, generator=draws)
        asked = None if label is None or not generator.takes_labels else [classes[number] for number in label.tolist()]
        if not translates:
            yield _part(generator.sample(size, seed=seed, labels=asked).tensor, label, eyes, generator.device)
            continue
        source, target = dataset.source(index, seed=seed), dataset.real(index) if paired(dataset) else None
        made = generator.translate(source, seed=seed, labels=asked).tensor
        yield replace(_part(made, label, eyes, generator.device), source=source, target=target)


def reals(dataset: Dataset, subject: Subject, eyes: Extractor, count: int, device: torch.device) -> Iterator[Part]:
    """The first `count` real samples in an order that the seed decides."""
    draws = torch.Generator().manual_seed(counted(subject.seed, "evaluate reals"))
    for index in torch.split(torch.randperm(len(dataset), generator=draws)[:count], _PART):
        label = None if dataset.labels is None else dataset.label(index)
        yield _part(dataset.real(index), label, eyes, device)


def _part(samples: Tensor, label: Tensor | None, eyes: Extractor, device: torch.device) -> Part:
    features, logits = eyes.look(samples.to(device))
    return Part(samples.cpu(), features.float().cpu(), None if logits is None else logits.float().cpu(), label)
