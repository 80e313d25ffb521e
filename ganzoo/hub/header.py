"""The header of a safetensors file, checked before anything of the file is loaded.

Stricter than the library, which takes duplicate names, unknown fields, odd names and any type. A pure function.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ganzoo.errors import ModelError
from ganzoo.hub.fields import Fields, shortened
from ganzoo.hub.strict import read_json

__all__ = ["TENSOR", "Header", "Stored", "parse_header", "read_header", "seems"]

TENSOR = re.compile(r"[A-Za-z0-9_.]{1,256}")
SIZES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8}  # bytes of a number; no other type is loaded
_MOST_BYTES, _MOST_TENSORS, _MOST_DIMENSIONS = 1 << 20, 20_000, 8


@dataclass(frozen=True)
class Stored:
    """One tensor as the header describes it: type as in SIZES, shape, and at which byte of the file it begins."""

    dtype: str
    shape: tuple[int, ...]
    start: int


@dataclass(frozen=True)
class Header:
    """What the file says of itself, and its tensors by name."""

    metadata: Mapping[str, str]
    tensors: Mapping[str, Stored]


def read_header(path: Path) -> Header:
    """The checked header of a file. Raises ModelError."""
    try:
        with path.open("rb") as file:
            start = file.read(8 + _MOST_BYTES)
        return parse_header(start, path.stat().st_size, str(path))
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror or error}") from None


def parse_header(start: bytes, size: int, where: str) -> Header:
    """The header in a file's first bytes. size: of the whole file. Raises ModelError."""
    length = int.from_bytes(start[:8], "little")
    if len(start) < 10 or length > _MOST_BYTES or length > size - 8:
        raise ModelError(f"{where} is not safetensors: {seems(start) or 'its header is longer than it may be'}")
    text = start[8 : 8 + length]
    if not text.startswith(b"{"):
        raise ModelError(f"{where} is not safetensors: its header does not begin with a brace")
    values = read_json(text, f"the header of {where}", _MOST_BYTES)
    metadata = values.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(word, str) for word in metadata.values()):
        raise ModelError(f"{where} is not safetensors: its metadata should be strings by name")
    if not 0 < len(values) <= _MOST_TENSORS:
        raise ModelError(f"{where} holds {len(values):,} tensors; a model has from 1 to {_MOST_TENSORS:,}")
    tensors, spans = {}, []
    for name, described in values.items():
        if not TENSOR.fullmatch(name):
            raise ModelError(f"{where} names a tensor {shortened(name)}; names match {TENSOR.pattern}")
        tensors[name], span = _stored(described, f"{where}: tensor {shortened(name)}", 8 + length)
        spans.append(span)
    place = 0
    for first, last in sorted(spans):
        if first != place:
            raise ModelError(f"{where} has tensors that overlap or leave bytes between them, at byte {place:,}")
        place = last
    if 8 + length + place != size:
        raise ModelError(f"{where} has {size:,} bytes, its tensors end at {8 + length + place:,}")
    return Header(metadata, tensors)


def _stored(described: object, where: str, data: int) -> tuple[Stored, tuple[int, int]]:
    """One tensor and the bytes it has, from its first to behind its last. data: where the tensors begin."""
    mistakes: list[str] = []
    fields = Fields(described, where, mistakes)
    dtype = fields.text("dtype", re.compile("|".join(SIZES)), like=", ".join(SIZES))
    shape = fields.items("shape", _MOST_DIMENSIONS)
    span = fields.items("data_offsets", 2)
    fields.end()
    for name, numbers in (("shape", shape), ("data_offsets", span)):
        if not all(type(number) is int and 0 <= number < 2**40 for number in numbers):
            fields.wrong(name, f"is {shortened(numbers)}, expected whole numbers")
    if not mistakes and len(span) != 2:
        fields.wrong("data_offsets", "should be two numbers")
    if not mistakes and span[1] - span[0] != math.prod(shape) * SIZES[dtype]:
        fields.wrong("data_offsets", f"are {span[1] - span[0]:,} bytes, {dtype} of {shape} has another number")
    if mistakes:
        raise ModelError(mistakes[0])
    return Stored(dtype, tuple(shape), data + span[0]), (span[0], span[1])


def seems(start: bytes) -> str:
    """What a file that should be weights seems to be, from its first bytes; empty if that cannot be told."""
    if not start:
        return "it is empty"
    if start[8:9] == b"{":
        return ""
    if start.startswith((b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05", b"PK\x03\x04")):
        return "it is a pickle under another name, which ganzoo never loads"
    if start.startswith(b"version https://git-lfs"):
        return "it is a git-LFS pointer and not the file itself; type: git lfs pull"
    if start.lstrip()[:1] == b"<":
        return "it is a web page"
    return "it is cut off" if len(start) < 10 else ""
