"""Files that are there whole or not at all, also after a crash."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import safetensors.torch
from torch import Tensor

__all__ = ["pack", "untie", "write_whole"]

_CHUNK = 1 << 20  # bytes handed to the system at once


def write_whole(path: Path, contents: bytes) -> None:
    """Write a file so that at any moment it is either the old one or the whole new one.

    Written beside its place, synchronised, renamed, and the folder synchronised. Makes the folder; leaves
    nothing behind if writing fails. Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        _write(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644), contents)
        os.replace(partial, path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def untie(tensors: Mapping[str, Tensor]) -> tuple[dict[str, Tensor], dict[str, str]]:
    """The tensors on the CPU, tied ones once under the first of their names, and that name for each of the others."""
    stored: dict[str, Tensor] = {}
    aliases: dict[str, str] = {}
    places: dict[tuple[Any, ...], str] = {}
    for name, tensor in tensors.items():
        place = (tensor.data_ptr(), tensor.dtype, tensor.shape, tensor.stride())
        if tensor.numel() and place in places:
            aliases[name] = places[place]
        else:
            places[place] = name
            stored[name] = tensor.detach().to("cpu").contiguous()
    return stored, aliases


def pack(tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> bytes:
    """Tensors on the CPU as a safetensors file, whose bytes are the same whenever the contents are.

    The library writes its header in an order that varies from call to call; here its keys are sorted.
    """
    contents = safetensors.torch.save(dict(tensors), dict(metadata))
    length = int.from_bytes(contents[:8], "little")
    header = json.dumps(json.loads(contents[8 : 8 + length]), sort_keys=True, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    return b"".join([len(header).to_bytes(8, "little"), header, memoryview(contents)[8 + length :]])


def _write(descriptor: int, contents: bytes) -> None:
    try:
        view = memoryview(contents)
        while view:
            view = view[os.write(descriptor, view[:_CHUNK]) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
