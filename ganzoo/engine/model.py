"""The `model/` folder of a run: what is published and loaded, weights as safetensors and all else as JSON."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import safetensors.torch
from safetensors import SafetensorError

from ganzoo import __version__, catalogue
from ganzoo.contract import Space
from ganzoo.engine.checkpoint import Checkpoint, read
from ganzoo.engine.files import pack, untie, write_whole
from ganzoo.engine.generator import Generator, build
from ganzoo.engine.origin import recorded
from ganzoo.entry import Entry
from ganzoo.errors import CheckpointError

__all__ = ["FORMAT", "from_checkpoint", "read_model", "write_model"]

FORMAT = 1


def write_model(folder: Path, generator: Generator, plugin: dict[str, Any], training: dict[str, Any]) -> None:
    """Write generator.safetensors and config.json, each whole.

    plugin: what a checkpoint says of it too, its name, where it comes from and its revision. training: data set,
    steps and seed, for the reader.
    """
    named = {key.removeprefix("nets."): value for key, value in generator.state_dict().items()}
    tensors, aliases = untie(named)
    weights = pack(tensors, {"format": "pt", "plugin": generator.name, "role": "generator"})
    file = {"file": "generator.safetensors", "sha256": sha256(weights).hexdigest(), "aliases": aliases}
    config = {
        "ganzoo_format": FORMAT,
        "ganzoo_version": __version__,
        "plugin": plugin,
        "architecture": generator.config.to_dict(),
        "space": generator.space.to_dict(),
        "training": training,
        "weights": {"generator": file},
    }
    write_whole(folder / "generator.safetensors", weights)
    write_whole(folder / "config.json", (json.dumps(config, indent=2) + "\n").encode())


def read_model(folder: Path, named: str | None = None) -> Generator:
    """The generator that `write_model` wrote. Raises CheckpointError that names what does not fit.

    named: the GAN's name or file, where it is another than the one that it was made with.
    """
    path = folder / "config.json"
    try:
        config = json.loads(path.read_text())
        entry = config["weights"]["generator"]
        if config["ganzoo_format"] > FORMAT:
            raise CheckpointError(f"{path} has format {config['ganzoo_format']}; type: pip install --upgrade ganzoo")
        weights = (folder / "generator.safetensors").read_bytes()
        if sha256(weights).hexdigest() != entry["sha256"]:
            raise CheckpointError(f"{folder / 'generator.safetensors'} does not match the hash in {path}")
        tensors = safetensors.torch.load(weights)
        tensors |= {name: tensors[first] for name, first in entry["aliases"].items()}
        plugin, options, space = config["plugin"], config["architecture"], Space.from_dict(config["space"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, SafetensorError) as error:
        raise CheckpointError(f"{folder} is not a model of ganzoo: {type(error).__name__}: {error}") from None
    entry = recorded(plugin, str(folder), named=named)
    return _build(entry, plugin, options, space, tensors, str(folder))


def from_checkpoint(path: Path, *, raw: bool = False, file: str = "", named: str | None = None) -> Generator:
    """The generator of a checkpoint file: its moving average where there is one, unless `raw`.

    file: the one-file plugin that the run was trained with. named: the GAN to use instead, a name or a file.
    """
    checkpoint = read(path)
    values = checkpoint.values
    tensors = _generator_tensors(checkpoint, raw)
    entry = recorded(values["plugin"], str(path), file=file, named=named)
    return _build(entry, values["plugin"], values["config"], Space.from_dict(values["space"]), tensors, str(path))


def _generator_tensors(checkpoint: Checkpoint, raw: bool) -> dict[str, Any]:
    has_average = any(name.startswith("average.") for name in checkpoint.tensors)
    prefix = "average." if has_average and not raw else "nets."
    nets = tuple(f"{prefix}{net}." for net in checkpoint.values["generator"])
    return {name.removeprefix(prefix): v for name, v in checkpoint.tensors.items() if name.startswith(nets)}


def _build(
    entry: Entry, plugin: dict[str, Any], options: dict[str, Any], space: Space, tensors: Any, where: str
) -> Generator:
    name = entry.name
    architecture = catalogue.load(entry)
    if architecture.revision != plugin["revision"]:
        raise CheckpointError(
            f"{where} was made with revision {plugin['revision']} of {name}, installed is revision "
            f"{architecture.revision}, which means other networks; type: pip install "
            f"{plugin.get('distribution', name)}=={plugin.get('version', '')}"
        )
    return build(name, architecture, architecture.config.parse(options), space, tensors, where)
