"""A batch cut into parts and joined again, whatever its fields are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor

from ganzoo.contract import Batch

__all__ = ["cut", "joined", "leaves", "part_of"]


def part_of(batch: Batch, part: slice) -> Batch:
    """Some of a batch's samples as a batch; its fields are fetched with the batch's."""
    fetch = {name: partial(_field_of, batch, name, part) for name in batch.fields}
    size = part.stop - part.start
    return Batch(size, step=batch.step, progress=batch.progress, device=batch.device, fetch=fetch)


def _field_of(batch: Batch, name: str, part: slice) -> Any:
    value = getattr(batch, name)
    if not callable(value) or isinstance(value, Tensor):
        return cut(value, part)

    def asked(features: Tensor) -> Tensor:  # `real_with`: the draws are the whole batch's
        whole = features.new_full((len(batch),), -1)
        whole[part] = features
        rows: Tensor = value(whole)[part]
        return rows

    return asked


def cut(value: Any, part: slice) -> Any:
    """Some samples of a tensor (N, ...), or of every tensor in a tuple, a list or a mapping, in memory of their own."""
    if isinstance(value, Tensor):
        return value[part].clone()
    return _through(lambda tensors: cut(tensors[0], part), [value])


def joined(values: Sequence[Any]) -> Any:
    """Tensors (n, ...) one after another as one (N, ...), also inside of tuples, lists and mappings."""
    if len(values) == 1:
        return values[0]
    return torch.cat(list(values)) if isinstance(values[0], Tensor) else _through(joined, values)


def leaves(value: Any) -> Iterator[Any]:
    """What is in a tuple, a list or a mapping, and in those in it; of anything else, itself."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if not isinstance(value, list | tuple):
        yield value
        return
    for item in value:
        yield from leaves(item)


def _through(act: Callable[[list[Any]], Any], values: Sequence[Any]) -> Any:
    """What `act` makes of the values' first items, of their second, ..., in the structure that they have."""
    like = values[0]
    if isinstance(like, Mapping):
        return {key: act([value[key] for value in values]) for key in like}
    items = (act(list(several)) for several in zip(*values, strict=True))
    return type(like)(*items) if hasattr(like, "_fields") else type(like)(items)
