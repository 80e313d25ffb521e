"""Generators from checkpoints, and the `model/` folder that is published: weights as safetensors, all else as JSON.

Reading such a folder, which may be a stranger's, is `ganzoo.hub.load`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ganzoo import __version__, catalogue
from ganzoo.contract import Architecture, Space
from ganzoo.engine.building import build
from ganzoo.engine.checkpoint import Checkpoint, Wanted, newest, read
from ganzoo.engine.files import holds, pack, untie, write_whole
from ganzoo.engine.folder import RunFolder, checkpoint_in, find
from ganzoo.engine.generator import Generator
from ganzoo.engine.layout import CONFIG, DISCRIMINATOR, FORMAT, GENERATOR, MANIFEST, Pin, as_json, identity
from ganzoo.engine.origin import file_of, recorded
from ganzoo.entry import Entry
from ganzoo.errors import CheckpointError, ModelError, UsageError

__all__ = [
    "checkpoint_of",
    "discriminator_tensors",
    "from_checkpoint",
    "from_run",
    "generator_of",
    "plugin_file",
    "refuse_revision",
    "write_manifest",
    "write_model",
]


def write_model(
    folder: Path,
    generator: Generator,
    plugin: Mapping[str, Any],
    training: Mapping[str, Any],
    *,
    discriminator: Mapping[str, Tensor] | None = None,
    half: bool = False,
    durable: bool = True,
) -> dict[str, Pin]:
    """Write the weights, config.json and manifest.json, each whole, and return the pins that are in the manifest.

    plugin: what a checkpoint says of it too, its name, where it comes from and its revision. training: data set,
    steps and seed, for the reader. discriminator: its tensors, to be written too. half: weights as float16, half as
    large; they are loaded as float32. durable: as `write_whole` takes it. Raises ModelError if weights do not fit into
    float16, or do not come back as they were written.
    """
    config: dict[str, Any] = {
        "ganzoo_format": FORMAT,
        "ganzoo_version": __version__,
        "plugin": dict(plugin),
        "architecture": generator.config.to_dict(),
        "space": generator.space.to_dict(),
        "training": dict(training),
        "weights": {},
    }
    named = {key.removeprefix("nets."): value for key, value in generator.state_dict().items()}
    parts = {"generator": (GENERATOR, named)}
    if discriminator is not None:
        parts["discriminator"] = (DISCRIMINATOR, dict(discriminator))
    pins = {}
    for role, (file, tensors) in parts.items():
        stored, aliases = untie(_halved(tensors) if half else tensors)
        weights = pack(stored, _metadata(config, role))
        pins[file] = _written(folder / file, weights, durable)
        config["weights"][role] = {"sha256": pins[file].sha256, "aliases": aliases}
    pins[CONFIG] = _written(folder / CONFIG, [as_json(config)], durable)
    write_manifest(folder, pins, durable=durable)
    return pins


def _written(path: Path, parts: Sequence[bytes | memoryview], durable: bool) -> Pin:
    """Write a file of these parts and return its pin. Raises ModelError if another byte of it is read back."""
    with ThreadPoolExecutor(1) as beside:
        pin = beside.submit(Pin.of, *parts)
        write_whole(path, *parts, durable=durable)
        if not holds(path, *parts):
            raise ModelError(f"{path} does not hold what was written to it: it is damaged, and is not used")
        return pin.result()


def write_manifest(folder: Path, pins: Mapping[str, Pin], *, durable: bool = True) -> None:
    """Write manifest.json: the hash and size of each of these files."""
    files = {name: {"sha256": pin.sha256, "size": pin.size} for name, pin in sorted(pins.items())}
    write_whole(folder / MANIFEST, as_json({"format": FORMAT, "files": files}), durable=durable)


def _metadata(config: Mapping[str, Any], role: str) -> dict[str, str]:
    """What the weights say of themselves, so that they cannot be taken for others."""
    return {
        "format": "pt",
        "ganzoo_format": str(FORMAT),
        "plugin": config["plugin"]["name"],
        "plugin_version": config["plugin"]["version"],
        "role": role,
        "config_sha256": identity(config),
        "created_by": f"ganzoo {__version__}",
    }


def _halved(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The same tensors with float16 for float32, tied ones still tied."""
    halves: dict[object, Tensor] = {}
    found = {}
    for name, value in tensors.items():
        place = (value.data_ptr(), value.shape, value.stride())
        if value.dtype == torch.float32 and place not in halves:
            halves[place] = value.half()
            if not torch.isfinite(halves[place]).all():
                raise ModelError(f"{name!r} holds numbers that are too large for float16; publish without --half")
        found[name] = halves[place] if value.dtype == torch.float32 else value
    return found


def from_checkpoint(path: Path, *, raw: bool = False, file: str = "", named: str | None = None) -> Generator:
    """The generator of a checkpoint file: its moving average where there is one, unless `raw`.

    file: the one-file plugin that the run was trained with. named: the GAN to use instead, a name or a file.
    """
    return _of(read(path, _weights(raw), mapped=False), file, named)


def from_run(path: Path, *, step: int | None = None, raw: bool = False, named: str | None = None) -> Generator:
    """The generator of a run's folder, of its newest good checkpoint or of that step's; of a checkpoint file too.

    named: as `from_checkpoint`. Raises UsageError for a step that is not there, CheckpointError.
    """
    return _of(checkpoint_of(path, step, raw=raw, mapped=False), plugin_file(path), named)


def _of(checkpoint: Checkpoint, file: str, named: str | None) -> Generator:
    return generator_of(checkpoint, recorded(checkpoint.values["plugin"], str(checkpoint.path), file=file, named=named))


def plugin_file(path: Path) -> str:
    """The one-file plugin that a run, or the run of a checkpoint file, was trained with; "" if it is installed."""
    try:
        return file_of(find(path))
    except UsageError:
        return ""


def checkpoint_of(path: Path, step: int | None, *, raw: bool = False, mapped: bool = True) -> Checkpoint:
    """A run's newest good checkpoint or that step's; that of a checkpoint file. Of its tensors the generator's alone.

    raw: its weights themselves, not their moving average. mapped: as `read` takes it.
    """
    if not path.is_file():
        folder = RunFolder(path)
        if step is None:
            return newest(folder.checkpoints, _weights(raw), mapped=mapped)[0]
        path = checkpoint_in(folder, step)
    return read(path, _weights(raw), mapped=mapped)


def generator_of(checkpoint: Checkpoint, entry: Entry) -> Generator:
    """The generator in a checkpoint of `checkpoint_of`, built by that plugin, with its tensors.

    Raises CheckpointError.
    """
    values, where = checkpoint.values, str(checkpoint.path)
    architecture = catalogue.load(entry)
    refuse_revision(architecture.revision, values["plugin"], where)
    config, space = architecture.config.parse(values["config"]), Space.from_dict(values["space"])
    tensors = {name.partition(".")[2]: value for name, value in checkpoint.tensors.items()}
    return build(entry.name, architecture, config, space, tensors, where)


def discriminator_tensors(path: Path, architecture: Architecture) -> dict[str, Tensor]:
    """The tensors of a checkpoint's networks that judge samples, by name. Raises CheckpointError without any."""
    nets = tuple(f"nets.{net}." for net in architecture.discriminator)
    tensors = read(path, lambda values, names: [name for name in names if name.startswith(nets)]).tensors
    if not tensors:
        raise CheckpointError(f"{path} has no network that judges samples; leave out --with-discriminator")
    return {name.removeprefix("nets."): value for name, value in tensors.items()}


def refuse_revision(installed: int, plugin: Mapping[str, Any], where: str) -> None:
    """Raises CheckpointError if weights were made with another revision of their architecture than is installed."""
    if installed != plugin["revision"]:
        raise CheckpointError(
            f"{where} was made with revision {plugin['revision']} of {plugin['name']}, installed is revision "
            f"{installed}, which means other networks; type: pip install "
            f"{plugin.get('distribution', plugin['name'])}=={plugin.get('version', '')}"
        )


def _weights(raw: bool) -> Wanted:
    """Which of a checkpoint's tensors are the generator's: of its moving average where there is one, unless `raw`."""

    def wanted(values: Mapping[str, Any], names: Collection[str]) -> list[str]:
        has_average = any(name.startswith("average.") for name in names)
        prefix = "average." if has_average and not raw else "nets."
        return [name for name in names if name.startswith(tuple(f"{prefix}{net}." for net in values["generator"]))]

    return wanted
