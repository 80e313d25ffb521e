"""What a GAN is given to play on: the data, and the random lens through which its discriminators see few images."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import nn

from ganzoo.contract import Architecture, Space
from ganzoo.data import Dataset, Request, needs_augmentation, open_dataset, open_translation
from ganzoo.errors import UsageError
from ganzoo.nn.augment import augment
from ganzoo.settings import Settings

__all__ = ["data_of", "put_lens"]


def data_of(gan: str, settings: Settings, architecture: Architecture) -> tuple[Dataset | None, Space, list[str]]:
    """The data of completed settings, None for a game; what one sample is; notes. Raises UsageError, DataError."""
    if architecture.spaces == ("game",):
        flags = ["--data"] if settings.data != architecture.data else []
        flags += [f"--{name}" for name in ("source", "degrade") if getattr(settings, name)]
        if flags:
            raise UsageError(f"{gan} is a game between the players alone; leave out {', '.join(flags)}")
        return None, Space(kind="game", shape=()), []
    root = Path(settings.data_root) if settings.data_root else None
    size = settings.size or architecture.size
    request = Request(root=root, size=size, channels=settings.channels, strict=settings.strict, tokens=settings.tokens)
    data, origin = settings.data or architecture.data, architecture.source
    if origin:
        dataset = open_translation(
            data, request, origin, source=settings.source, degrade=settings.degrade, preferred=architecture.degrade
        )
    elif settings.source or settings.degrade:
        asked = "--source" if settings.source else "--degrade"
        raise UsageError(
            f"{settings.gan} translates nothing; leave out {asked}, or see `ganzoo list --task translation`"
        )
    else:
        dataset = open_dataset(data, request)
    if dataset.space.kind not in architecture.spaces:
        made = " or ".join(Space(kind=kind, shape=()).plural for kind in architecture.spaces)
        raise UsageError(
            f"{gan} makes {made}, and {dataset.name} holds "
            f"{dataset.space.plural}; type --data {architecture.data}, or see `ganzoo datasets`"
        )
    if settings.labelled is not None:
        dataset = dataset.with_labels_of(settings.labelled, settings.seed)
    return dataset, dataset.space, list(dataset.notes)


def put_lens(
    settings: Settings,
    architecture: Architecture,
    dataset: Dataset | None,
    modules: Mapping[str, nn.Module],
    notes: list[str],
) -> bool:
    """Put the random lens before the discriminators, in training, if asked for or if the images are few; whether it is.

    notes: is given a sentence where nobody asked. Raises UsageError for anything but images.
    """
    few = dataset is not None and needs_augmentation(dataset)
    wanted = few if settings.augment is None else settings.augment
    if not wanted or (settings.augment is None and not set(architecture.discriminator) & set(modules)):
        return False
    if dataset is None or dataset.space.kind != "image":
        raise UsageError("--augment is for images; leave it out")
    if few:
        notes.append(
            f"{len(dataset):,} images are fewer than 1,000: differentiable augmentation is on "
            "(--no-augment turns it off)"
        )

    def lens(module: nn.Module, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
        return (augment(inputs[0]), *inputs[1:]) if module.training else inputs

    for name in architecture.discriminator:
        if name in modules:
            modules[name].register_forward_pre_hook(lens)
    return True
