"""config.json and manifest.json of a published model, checked field by field. Pure functions on bytes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from ganzoo.catalogue import NAME
from ganzoo.contract import Kind, Space
from ganzoo.engine.layout import CONFIG, FILES, FORMAT, MANIFEST, TEXTS, Pin, identity
from ganzoo.errors import ModelError
from ganzoo.hub.details import MOST, check_details, printable
from ganzoo.hub.fields import NAMED, PATH, SHA256, VERSION, Fields, shortened
from ganzoo.hub.header import TENSOR
from ganzoo.hub.strict import read_json

__all__ = ["Described", "parse_config", "parse_manifest"]

_SIDE, _NUMBERS = 4096, 1 << 26  # of an image; of one sample of any kind
_OPTIONS = 200


@dataclass(frozen=True)
class Described:
    """A checked config.json. plugin: name, revision, distribution and version; of one file its name and sha256 too.

    options: the GAN's hyper-parameters, which its own Config is still to check.
    weights: by role, `generator` and perhaps `discriminator`, the sha256 of its file. aliases: by role, names of
    tensors that are stored under another name. identity: what the weights' metadata must repeat.
    """

    plugin: Mapping[str, Any]
    options: Mapping[str, Any]
    space: Space
    training: Mapping[str, Any]
    weights: Mapping[str, str]
    aliases: Mapping[str, Mapping[str, str]]
    identity: str


def parse_config(contents: bytes, where: str) -> Described:
    """What a config.json says. where: its name in an error. Raises ModelError that lists every mistake."""
    values = read_json(contents, where, FILES[CONFIG])
    mistakes: list[str] = []
    top = Fields(values, where, mistakes)
    made = top.whole("ganzoo_format", 1, 10**6)
    if not mistakes and made > FORMAT:
        raise ModelError(f"{where} has format {made}, this ganzoo reads {FORMAT}; type: pip install --upgrade ganzoo")
    options = top.table("architecture")
    if len(options) > _OPTIONS:
        top.wrong("architecture", f"has {len(options):,} options, at most {_OPTIONS} are read")
    for option in options:
        if not (option.isidentifier() and len(option) <= 64):
            top.wrong("architecture", f"has an option {shortened(option)}, which is no name")
    space = _space(Fields(top.table("space"), f"{where}: space", mistakes))
    weights, aliases = {}, {}
    for role, entry in top.table("weights").items():
        if role not in ("generator", "discriminator"):
            top.wrong("weights", f"has {shortened(role)}, expected generator or discriminator")
            continue
        fields = Fields(entry, f"{where}: weights.{role}", mistakes)
        weights[role] = fields.text("sha256", SHA256, like="64 hex digits")
        aliases[role] = fields.table("aliases", None)
        if not all(isinstance(to, str) and TENSOR.fullmatch(to) for pair in aliases[role].items() for to in pair):
            fields.wrong("aliases", "should be names of tensors")
    if "generator" not in weights:
        top.wrong("weights", "should have a generator")
    found = Described(
        plugin=_plugin(Fields(top.table("plugin"), f"{where}: plugin", mistakes)),
        options=options,
        space=space,
        training=_training(Fields(top.table("training", None), f"{where}: training", mistakes)),
        weights=weights,
        aliases=aliases,
        identity="" if mistakes else identity(values),
    )
    _refuse(mistakes)
    return found


def parse_manifest(contents: bytes, where: str) -> dict[str, Pin]:
    """The pins that a manifest.json lists; those of files that are no model's are left out. Raises ModelError."""
    mistakes: list[str] = []
    top = Fields(read_json(contents, where, FILES[MANIFEST]), where, mistakes)
    made = top.whole("format", 1, 10**6)
    if not mistakes and made > FORMAT:
        raise ModelError(f"{where} has format {made}, this ganzoo reads {FORMAT}; type: pip install --upgrade ganzoo")
    pins = {}
    for name, values in top.table("files").items():
        if name in FILES and name not in (*TEXTS, MANIFEST):
            fields = Fields(values, f"{where}: {name}", mistakes)
            pins[name] = Pin(fields.text("sha256", SHA256, like="64 hex digits"), fields.whole("size", 1, FILES[name]))
    _refuse(mistakes)
    return pins


def _refuse(mistakes: list[str]) -> None:
    if mistakes:
        more = f" (and {len(mistakes) - 3} more)" if len(mistakes) > 3 else ""
        raise ModelError("\n".join(mistakes[:3]) + more)


def _plugin(fields: Fields) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": fields.text("name", NAME, like="dcgan"),
        "revision": fields.whole("revision", 1, 10**6),
        "distribution": fields.text("distribution", NAMED, "", like="ganzoo-dcgan"),
        "version": fields.text("version", VERSION, "", like="0.1.0"),
    }
    if "sha256" in fields.values:  # of a plugin that is one file, which is never looked for by this name
        found |= {"sha256": fields.text("sha256", SHA256), "file": fields.text("file", PATH, like="my_gan.py")}
    return found


def _training(fields: Fields) -> dict[str, Any]:
    """What is known of the training, for people: none of it decides anything."""
    return {
        "dataset": fields.text("dataset", default=""),
        "steps": fields.whole("steps", 0, 10**15, 0),
        "seed": fields.whole("seed", 0, 2**63, 0),
    }


def _space(fields: Fields, inner: bool = False) -> Space:
    """One sample's space, in bounds: a hostile one must not make anybody build networks for it."""
    kind: Any = fields.text("kind", re.compile("|".join(get_args(Kind))), like="image")
    shape = fields.items("shape", 4)
    least = 3 if kind == "image" else 1
    numbers = 1
    for length in shape:
        if type(length) is not int or not 0 < length <= (_SIDE if kind == "image" else _NUMBERS):
            fields.wrong("shape", f"is {shortened(shape)}, expected positive numbers, of an image at most {_SIDE}")
            shape = []
            break
        numbers *= length
    if len(shape) < least or (kind == "image" and len(shape) != 3) or numbers > _NUMBERS:
        fields.wrong("shape", f"is {shortened(shape)}, expected {'C, H, W' if kind == 'image' else 'numbers'}, "
                              f"at most {_NUMBERS:,} in one sample")  # fmt: skip
    classes = fields.items("classes", MOST, None)
    if not printable(classes):
        fields.wrong("classes", "should be printable names")
    bounds = fields.items("range", 2, None)
    finite = all(isinstance(end, int | float) and end is not True and abs(end) < 1e30 for end in bounds)
    if bounds and not (len(bounds) == 2 and finite and bounds[0] < bounds[1]):
        fields.wrong("range", f"is {shortened(bounds)}, expected two numbers, the less one first")
        bounds = []
    details = fields.table("details", None)
    if not fields.mistakes:
        check_details(kind, shape, details, fields)
    source = fields.table("source", None)
    if source and inner:
        fields.wrong("source", "has a source of its own, which is not allowed")
    return Space(
        kind=kind,
        shape=tuple(shape),
        classes=tuple(classes),
        range=(float(bounds[0]), float(bounds[1])) if bounds else None,
        source=_space(Fields(source, f"{fields.where}.source", fields.mistakes), inner=True)
        if source and not inner
        else None,
        details=details,
    )
