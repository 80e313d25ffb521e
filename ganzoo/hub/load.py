"""A generator from the files of a published model, which may be a stranger's.

Checked in this order, and nothing is used before it is checked: sizes, sha256, the weights' header, config.json,
the plugin (among the installed ones alone), its options, the networks' names, shapes and types without memory,
then the numbers. Never pickle, never code from the model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from ganzoo import catalogue
from ganzoo.config import Config
from ganzoo.contract import Architecture
from ganzoo.engine.building import blank, differences, filled
from ganzoo.engine.generator import Generator
from ganzoo.engine.layout import CONFIG, DISCRIMINATOR, FILES, GENERATOR, MANIFEST, NEEDED, Pin
from ganzoo.engine.model import refuse_revision
from ganzoo.engine.origin import recorded
from ganzoo.errors import CheckpointError, GanzooError, ModelError
from ganzoo.hub.described import Described, parse_config, parse_manifest
from ganzoo.hub.header import Header, read_header
from ganzoo.hub.missing import refuse_missing
from ganzoo.hub.verify import verify

__all__ = ["manifest", "read"]

_MOST_NUMBERS = 2_000_000_000  # of all weights
_TYPES = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16, "I64": torch.int64}


def read(
    folder: Path,
    pins: Mapping[str, Pin] | None = None,
    *,
    named: str | None = None,
    mapped: bool = False,
    tell: Callable[[str], None] | None = None,
) -> Generator:
    """The generator in a folder of a published model, in eval mode.

    pins: what the files were held to just now; without, they are held to the folder's manifest here.
    named: the GAN to load it with, a name or a file, where it is another than the model says. mapped: its tensors are
    the file's own pages, where it is sure that nobody changes it. tell: is given a line about what is odd and works
    all the same.
    Raises ModelError that names what does not fit, CheckpointError if it was made by a file that is not known,
    PluginError if the plugin is broken.
    """
    if pins is None:
        pins = manifest(folder)
        verify(folder, pins, NEEDED, MANIFEST)
    path = folder / GENERATOR
    header = read_header(path)
    config = parse_config((folder / CONFIG).read_bytes(), str(folder / CONFIG))
    _refuse_swapped(header, config, "generator", path, pins[GENERATOR])
    if DISCRIMINATOR in pins and (folder / DISCRIMINATOR).is_file():
        verify(folder, pins, [DISCRIMINATOR], MANIFEST)
        other = folder / DISCRIMINATOR
        _refuse_swapped(read_header(other), config, "discriminator", other, pins[DISCRIMINATOR])
    if not named and "sha256" not in config.plugin:
        refuse_missing(config.plugin, folder)
    name = config.plugin["name"]
    architecture = catalogue.load(recorded(config.plugin, str(folder), named=named))
    try:
        refuse_revision(architecture.revision, config.plugin, str(folder))
    except CheckpointError as error:
        raise ModelError(str(error)) from None
    generator = _blank(architecture, _options(architecture, config, folder), config, folder)
    aliases = config.aliases["generator"]
    stored = {name: (_TYPES[tensor.dtype], tensor.shape) for name, tensor in header.tensors.items()}
    if lost := sorted(set(aliases.values()) - stored.keys()) + sorted(aliases.keys() & stored.keys()):
        raise ModelError(f"{folder / CONFIG} has an alias for or of {lost[0]!r}, which does not fit {path}")
    stored |= {name: stored[first] for name, first in aliases.items()}
    if wrong := differences(generator, stored):
        raise ModelError(f"{path} does not fit {name}: {wrong}")
    tensors = _tensors(path, mapped)
    tensors |= {name: tensors[first] for name, first in aliases.items()}
    for name, value in tensors.items():
        if tell and value.ndim > 1 and value.numel() and not any(map(float, value.aminmax())):
            tell(f"{path}: {name!r} is all zeros, so samples may all look the same")
    try:
        generator = filled(generator, tensors, str(path))
    except CheckpointError as error:
        raise ModelError(str(error)) from None
    generator.about = config.training
    return generator


def manifest(folder: Path) -> dict[str, Pin]:
    """The pins in a folder's manifest.json. Raises ModelError that says what the folder holds instead."""
    path = folder / MANIFEST
    if not path.is_file():
        raise ModelError(f"{folder} is no model of ganzoo: it has no {MANIFEST}{_instead(folder)}")
    try:
        with path.open("rb") as file:
            return parse_manifest(file.read(FILES[MANIFEST] + 1), str(path))
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror or error}") from None


def _instead(folder: Path) -> str:
    """Other people's weights in a folder, as a clause."""
    names = sorted(path.name for path in folder.glob("*") if path.suffix in (".bin", ".pt", ".pth", ".ckpt", ".pkl"))
    return f"; {names[0]} is a pickle, which ganzoo never loads" if names else ""


def _refuse_swapped(header: Header, config: Described, role: str, path: Path, pin: Pin) -> None:
    """Raises ModelError if weights say that they are another network's, or were made for another config."""
    said = header.metadata.get("role")
    if said != role:
        raise ModelError(f"{path} says that it is a {said or 'nothing'}, expected a {role}: the files are swapped")
    if header.metadata.get("config_sha256") != config.identity:
        raise ModelError(f"{path} was written for another {CONFIG} than the one beside it")
    if config.weights.get(role) != pin.sha256:
        raise ModelError(f"{path} does not match the sha256 in {path.parent / CONFIG}")


def _options(architecture: Architecture, config: Described, folder: Path) -> Config:
    """The options as the GAN's Config takes them, typed as ganzoo writes them and in their ranges."""
    try:
        parsed = architecture.config.parse(config.options)
    except GanzooError as error:
        lines = str(error).splitlines()
        text = "; ".join(line[:200] for line in lines[:3]) + (f"; {len(lines)} mistakes in all" if lines[3:] else "")
        raise ModelError(f"{folder / CONFIG}: {text}") from None
    written = parsed.to_dict()
    other = [name for name, value in config.options.items() if written[name] != value]
    if other:
        raise ModelError(
            f"{folder / CONFIG}: option {other[0]} has the wrong type, expected one like {written[other[0]]}"
        )
    return parsed


def _blank(architecture: Architecture, options: Config, config: Described, folder: Path) -> Generator:
    """The networks without memory, for a space that the GAN makes and with no more weights than any model has."""
    name = config.plugin["name"]
    if config.space.kind not in architecture.spaces:
        made = ", ".join(architecture.spaces)
        raise ModelError(f"{folder / CONFIG}: {name} makes {made}, not {config.space.kind}")
    try:
        generator = blank(name, architecture, options, config.space)
    except GanzooError as error:
        raise ModelError(f"{folder / CONFIG}: {error}") from None
    except Exception as error:
        text = f"{type(error).__name__}: {error}".splitlines()[0][:200]
        raise ModelError(f"{folder / CONFIG}: {name} builds no networks for this: {text}") from None
    count = sum(value.numel() for value in generator.state_dict().values())
    if count > _MOST_NUMBERS:
        raise ModelError(f"{folder / CONFIG} asks for {count:,} weights, at most {_MOST_NUMBERS:,} are loaded")
    return generator


def _tensors(path: Path, mapped: bool) -> dict[str, Tensor]:
    """Every tensor, read into memory of its own unless `mapped`: a mapped file could change under the networks."""
    try:
        with safe_open(path, framework="pt", backend="mmap" if mapped else "pread") as file:
            return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  # not a mapping
    except (OSError, SafetensorError) as error:
        raise ModelError(f"{path} cannot be read: {error}") from None
