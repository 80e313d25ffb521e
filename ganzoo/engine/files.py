"""Files that are there whole or not at all, also after a crash, and tensors as the parts of one."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

__all__ = ["beside", "holds", "pack", "untie", "write_whole"]

_CHUNK = 1 << 20  # bytes handed to the system at once
_COMPARED = 1 << 18  # bytes read back at once: two such pieces stay in a processor's cache
_TYPES = {  # as safetensors calls them, in the order in which it lays them out
    name: getattr(torch, dtype)
    for name, dtype in {
        "U64": "uint64", "I64": "int64", "F64": "float64", "C64": "complex64", "F32": "float32", "U32": "uint32",
        "I32": "int32", "BF16": "bfloat16", "F16": "float16", "U16": "uint16", "I16": "int16",
        "F8_E4M3": "float8_e4m3fn", "F8_E5M2": "float8_e5m2", "I8": "int8", "U8": "uint8", "BOOL": "bool",
    }.items()
}  # fmt: skip


def write_whole(path: Path, *parts: bytes | memoryview, durable: bool = True) -> None:
    """Write a file of these parts so that at any moment it is either the old one or the whole new one.

    Written beside its place, synchronised, renamed, and the folder synchronised. Makes the folder; leaves
    nothing behind if writing fails. durable: False where the folder itself does not outlive this process, so that
    nothing waits for the disk. Raises OSError as `beside` does.
    """
    with beside(path) as partial:
        _write(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644), parts, durable)
        os.replace(partial, path)
    if durable:
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """A hidden path beside `path`, in its folder, which is made: for what is written and then renamed to `path`.

    If that fails, neither what was written nor a folder that was made is left. Raises OSError that names `path`;
    NotADirectoryError where the system makes no file, which it says as if something were not found.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    made = [folder for folder in path.parents if not folder.exists()]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield partial
    except BaseException as error:
        with suppress(OSError):
            shutil.rmtree(partial) if partial.is_dir() else partial.unlink()
        with suppress(OSError):
            for folder in made:
                folder.rmdir()
        places = (None, *map(str, (partial, *path.parents)))
        if isinstance(error, OSError) and (error.filename and str(error.filename)) in places:
            if isinstance(error, FileNotFoundError | FileExistsError):
                raise NotADirectoryError(errno.ENOTDIR, "no file can be made there", str(path)) from None
            error.filename = str(path)
        raise


def holds(path: Path, *parts: bytes | memoryview) -> bool:
    """Whether a file is these parts and nothing else, compared byte by byte as it is read. Raises OSError."""
    with path.open("rb") as file:
        for part in parts:
            view = memoryview(part)
            for start in range(0, len(view), _COMPARED):
                wanted = bytes(view[start : start + _COMPARED])
                if file.read(len(wanted)) != wanted:
                    return False
        return not file.read(1)


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


def pack(tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> list[bytes | memoryview]:
    """Contiguous tensors on the CPU as the parts of a safetensors file: its header, and the tensors' own memory.

    The bytes are the same whenever the contents are: the library lays tensors out like this too, but writes its
    header in an order that varies from call to call; here its keys are sorted.
    """
    names = {dtype: name for name, dtype in _TYPES.items()}
    order = list(names)
    header: dict[str, Any] = {"__metadata__": dict(metadata)} if metadata else {}
    views, place = [], 0
    for name in sorted(tensors, key=lambda name: (order.index(tensors[name].dtype), name)):
        tensor = tensors[name]
        end = place + tensor.nbytes
        header[name] = {"dtype": names[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [place, end]}
        views.append(tensor.reshape(-1).view(torch.uint8).numpy().data)
        place = end
    text = json.dumps(header, sort_keys=True, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return [len(text).to_bytes(8, "little") + text, *views]


def _write(descriptor: int, parts: Sequence[bytes | memoryview], durable: bool) -> None:
    try:
        for part in parts:
            view = memoryview(part)
            while view:
                view = view[os.write(descriptor, view[:_CHUNK]) :]
        if durable:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
