"""Data for translations: two data sets as pairs or as two domains, or one and a degradation of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any, TypeAlias

import torch

from ganzoo.contract import Architecture, Origin, Space
from ganzoo.data.dataset import Dataset, fingerprint
from ganzoo.data.degrade import Degradation
from ganzoo.data.opening import open_dataset
from ganzoo.data.request import Half, Request
from ganzoo.errors import DataError, UsageError

__all__ = ["open_translation", "preferred_space"]

_HALVES: dict[str, tuple[Half, Half]] = {"left": ("left", "right"), "right": ("right", "left")}
_ALIKE = 0.02  # how much the proportions of the two pictures of a pair may differ

Listing: TypeAlias = dict[str, list[Any]]  # names and proportions of the readable files, in order


def open_translation(
    data: str,
    request: Request,
    origin: Origin,
    *,
    source: str | None = None,
    degrade: str | None = None,
    preferred: str | None = None,
) -> Dataset:
    """The samples of `data` with what they are translated from, as the GAN asks for it.

    source: a data set's name or path, or the half, left or right, of images that hold both; pairs are files of one
    name, or samples in one order where they do not come from files. degrade: as `--degrade`; preferred: the same,
    where nothing is asked and the data bring no sources of their own. Raises DataError, UsageError, NetworkError.
    """
    if origin == "itself" and (source or degrade):
        asked = f"--source {source}" if source else f"--degrade {degrade}"
        raise UsageError(f"{asked}: this GAN translates samples of {data} into each other; leave it out")
    half, other = _HALVES.get(source or "", (None, None))
    dataset = open_dataset(data, replace(request, half=other))
    if other and not dataset.listing:
        raise DataError(f"--source {source}: {data} is no folder or zip of side-by-side images")
    if origin == "itself":
        space = replace(dataset.space, source=dataset.space)
        return replace(dataset, space=space, source_labels=dataset.labels, unpaired=True, mapped_sources=dataset.mapped)
    if dataset.space.source is None and source is None:
        degrade = degrade or preferred
    if degrade:
        degradation = Degradation.read(degrade)
        space = replace(dataset.space, source=degradation.space(dataset.space))
        key = fingerprint(dataset.fingerprint, str(degradation))  # `mask` and `mask:centre` are one
        return replace(
            dataset, space=space, degradation=degradation, source_labels=dataset.labels, fingerprint=key,
            mapped_sources=dataset.mapped,
        )  # fmt: skip
    if source is None:
        if dataset.space.source is None or (dataset.unpaired and origin == "paired"):
            raise DataError(
                f"{data} holds no pairs; type --degrade edges, or --source NAME|PATH for what to start from"
            )
        return dataset
    return _joined(dataset, open_dataset(data if half else source, replace(request, half=half)), origin)


def preferred_space(space: Space, architecture: Architecture) -> Space:
    """A space with the source that this GAN prefers, itself degraded or itself; as it is if nothing is translated.

    Raises DataError where images of the space cannot be degraded so.
    """
    if architecture.source is None:
        return space
    degrade = architecture.degrade
    return replace(space, source=Degradation.read(degrade).space(space) if degrade else space)


def _joined(samples: Dataset, sources: Dataset, origin: Origin) -> Dataset:
    """The two as one data set; paired by name or by order if the GAN asks for pairs or the names match."""
    if samples.space.kind != sources.space.kind:
        raise DataError(
            f"{samples.name} holds {samples.space.plural} and {sources.name} {sources.space.plural}; expected one kind"
        )
    mistakes, order = _pairing(samples, sources)
    if mistakes and origin == "paired":
        raise DataError("\n".join(mistakes))
    if not mistakes and order != list(range(len(sources))):
        index = torch.tensor(order)
        labels = None if sources.labels is None else sources.labels[index]
        sources = replace(sources, samples=sources.samples[index], labels=labels, mapped=None)
    return replace(
        samples,
        space=replace(samples.space, source=replace(sources.space, source=None)),
        sources=sources.samples,
        mapped_sources=sources.mapped,
        source_labels=sources.labels,
        unpaired=bool(mistakes),
        fingerprint=fingerprint(samples.fingerprint, sources.fingerprint, json.dumps(order)),
        notes=(*samples.notes, *sources.notes),
    )


def _pairing(samples: Dataset, sources: Dataset) -> tuple[list[str], list[int]]:
    """Why the two are no pairs, a line each; and for each sample which source is its own."""
    if not (samples.listing and sources.listing):
        if len(samples) == len(sources):
            return [], list(range(len(sources)))
        counts = f"{samples.name} has {len(samples):,} samples and {sources.name} {len(sources):,}"
        return [f"{counts}; pairs need one source for each"], []
    mine, theirs = _listing(samples.listing), _listing(sources.listing)
    places = {_stem(name): place for place, name in enumerate(theirs["names"])}
    stems = [_stem(name) for name in mine["names"]]
    known = set(stems)
    mistakes = [
        f"{len(lost):,} of {count:,} images of {here} have no partner of that name in {there}: {_named(lost)}"
        for here, there, lost, count in [
            (samples.name, sources.name, [n for n in mine["names"] if _stem(n) not in places], len(samples)),
            (sources.name, samples.name, [n for n in theirs["names"] if _stem(n) not in known], len(sources)),
        ]
        if lost
    ]
    if mistakes:
        return mistakes, []
    order = [places[stem] for stem in stems]
    uneven = [
        name
        for name, place, proportion in zip(mine["names"], order, mine["proportions"], strict=True)
        if abs(proportion / theirs["proportions"][place] - 1) > _ALIKE
    ]
    if uneven:
        pairs = f"{len(uneven):,} of {len(order):,} pairs"
        mistakes = [f"{pairs} have pictures of two different proportions, which do not match: {_named(uneven)}"]
    return mistakes, order


def _listing(path: Path) -> Listing:
    found: Listing = json.loads(path.read_text("utf-8"))
    return found


def _stem(name: str) -> str:
    return str(PurePosixPath(name).with_suffix(""))


def _named(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")
