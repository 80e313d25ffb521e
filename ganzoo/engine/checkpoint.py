"""Checkpoints: one safetensors file each, whole or not there, verified by hash when read. Never pickle.

A file is written whole (files.py) before any older one is removed; so a crash at any moment leaves the
previous checkpoint whole. Everything that is not a tensor is JSON in the file's header, with a hash of every
tensor and a hash of that JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeAlias

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from ganzoo.engine.files import pack, untie, write_whole
from ganzoo.errors import CheckpointError, DataError
from ganzoo.places import word

__all__ = ["FORMAT", "Checkpoint", "Wanted", "newest", "prune", "read", "refuse_other", "save", "steps_in"]

FORMAT = 1
Wanted: TypeAlias = Callable[[Mapping[str, Any], Collection[str]], Collection[str]]  # values, names -> names to read
_NAME = re.compile(r"step-(\d{8})\.safetensors")


@dataclass(frozen=True)
class Checkpoint:
    """A verified checkpoint: its file, its tensors by name, and its JSON values (format, step, plugin, ...)."""

    path: Path
    tensors: dict[str, Tensor]
    values: dict[str, Any]

    @property
    def step(self) -> int:
        """How many steps were done."""
        return int(self.values["step"])


def save(
    folder: Path, step: int, tensors: Mapping[str, Tensor], values: Mapping[str, Any], *, keep: int | None = None
) -> Path:
    """Write the checkpoint of a step into a folder, prune the folder to the newest `keep`, and return its path.

    Tensors that share memory (tied networks) are stored once, under the first of their names. Where there is no
    room, all checkpoints but the newest that verifies make room and it is tried once more. Raises OSError, that one
    still whole.
    """
    path, parts = folder / f"step-{step:08d}.safetensors", _pack(step, tensors, values)
    try:
        write_whole(path, *parts)
    except OSError:
        if keep is None or not steps_in(folder):
            raise
        prune(folder, 1, newest(folder)[0].step)
        write_whole(path, *parts)
    if keep is not None:
        prune(folder, keep, step)
    return path


def _pack(step: int, tensors: Mapping[str, Tensor], values: Mapping[str, Any]) -> list[bytes | memoryview]:
    stored, aliases = untie(tensors)
    hashes = _hashes(stored)
    content = json.dumps({"format": FORMAT, "step": step, "aliases": aliases, "hashes": hashes, **values})
    return pack(stored, _header(content))


def read(path: Path, wanted: Wanted | None = None, *, mapped: bool = True) -> Checkpoint:
    """Read and verify one checkpoint. Raises CheckpointError that names the file and what is wrong with it.

    wanted: given the values and all names, the names of the tensors to read; the others are neither read nor
    verified, but the file must be whole. mapped: tensors are the file's own pages, for as long as it is sure not to
    change; else they have memory of their own.
    """
    try:
        with safe_open(path, framework="pt", backend="mmap" if mapped else "pread") as file:
            values, hashes = _verified(path, file.metadata() or {})
            aliases, names = values.pop("aliases"), set(file.keys())
            if hashes.keys() != names:
                name = sorted(hashes.keys() ^ names)[0]
                raise CheckpointError(f"{path} is damaged: the tensor {name!r} is missing or unknown")
            names |= aliases.keys()
            places = {name: aliases.get(name, name) for name in (wanted(values, names) if wanted else names)}
            stored = {name: file.get_tensor(name) for name in sorted(set(places.values()))}
    except (SafetensorError, OSError, ValueError) as error:
        raise CheckpointError(f"{path} is not a whole checkpoint: {str(error).splitlines()[0]}") from None
    for name, found in _hashes(stored).items():
        if found != hashes[name]:
            raise CheckpointError(f"{path} is damaged: the tensor {name!r} does not match its hash")
    return Checkpoint(path, {name: stored[place] for name, place in places.items()}, values)


def _verified(path: Path, header: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """The values in a checkpoint's header, and the hash of every tensor by name. Raises CheckpointError."""
    content = header.get("ganzoo")
    if content is None:
        raise CheckpointError(f"{path} is a safetensors file, but not a checkpoint of ganzoo")
    if header != _header(content):
        raise CheckpointError(f"{path} is damaged: its header does not match its hash")
    values = json.loads(content)
    if values["format"] > FORMAT:
        raise CheckpointError(
            f"{path} has checkpoint format {values['format']}, this ganzoo reads up to {FORMAT}; "
            "type: pip install --upgrade ganzoo"
        )
    return values, values.pop("hashes")


def refuse_other(saved: Checkpoint, identity: Mapping[str, Any], folder: Path) -> None:
    """Raises CheckpointError if a checkpoint is of another GAN, DataError if it was played on other data.

    identity: what the run in this folder says of itself (setup.py).
    """
    gan, other = identity["plugin"]["name"], saved.values["plugin"]["name"]
    if gan != other:
        raise CheckpointError(f"{saved.path} is a checkpoint of {other}, not of {gan}")
    data, before = identity["data"], saved.values["data"]
    if data["fingerprint"] != before["fingerprint"]:
        raise DataError(
            f"the data have changed since {saved.path} was saved: {before['name']} had the fingerprint "
            f"{before['fingerprint']}, {data['name']} has {data['fingerprint']}; bring the old data back, or start "
            f"a new run from these weights: ganzoo train --config {word(folder / 'config.toml')} --from {word(folder)}"
        )


def steps_in(folder: Path) -> dict[int, Path]:
    """The checkpoints of a folder by step, oldest first, not yet verified."""
    found = {int(match[1]): path for path in folder.glob("step-*") if (match := _NAME.fullmatch(path.name))}
    return dict(sorted(found.items()))


def newest(folder: Path, wanted: Wanted | None = None, *, mapped: bool = True) -> tuple[Checkpoint, list[str]]:
    """The newest checkpoint that verifies, and why each newer one was skipped. wanted, mapped: as `read` takes them.

    Raises CheckpointError if none does: a run is never silently started over. One of a newer format is not skipped.
    """
    skipped: list[str] = []
    for path in reversed(steps_in(folder).values()):
        try:
            return read(path, wanted, mapped=mapped), skipped
        except CheckpointError as error:
            if "checkpoint format" in str(error):
                raise
            skipped.append(str(error))
    found = "; ".join(skipped) or "it holds none"
    raise CheckpointError(f"no checkpoint in {folder} can be used: {found}; to start over, train into another folder")


def prune(folder: Path, keep: int, good: int) -> None:
    """Remove all but the newest `keep` checkpoints up to the step `good`, and what a killed writer left behind.

    Those of later steps go too: they did not verify when the run went on from an earlier one.
    """
    found = steps_in(folder)
    kept = [step for step in found if step <= good][-keep:]
    for step in found.keys() - set(kept):
        found[step].unlink()
    for path in folder.glob(".step-*.partial"):
        path.unlink()


def _header(content: str) -> dict[str, str]:
    return {"format": "pt", "ganzoo": content, "ganzoo_sha256": sha256(content.encode()).hexdigest()}


def _hashes(tensors: Mapping[str, Tensor]) -> dict[str, str]:
    """The hash of every tensor, on as many cores as there are."""
    with ThreadPoolExecutor() as cores:
        return dict(zip(tensors, cores.map(_hash, tensors.values()), strict=True))


def _hash(tensor: Tensor) -> str:
    """sha256 over type, shape and bytes."""
    digest = sha256(f"{tensor.dtype}{tuple(tensor.shape)}".encode())
    digest.update(tensor.reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()
