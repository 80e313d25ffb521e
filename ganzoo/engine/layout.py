"""What a published model is made of: its files, how large each may be, and what ties its weights to its config.

Importable without torch. docs/hub.md describes the files for people.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

__all__ = [
    "CONFIG",
    "DISCRIMINATOR",
    "FILES",
    "FORMAT",
    "GENERATOR",
    "MANIFEST",
    "NEEDED",
    "TEXTS",
    "Pin",
    "as_json",
    "identity",
]

FORMAT = 1
CONFIG, MANIFEST = "config.json", "manifest.json"
GENERATOR, DISCRIMINATOR = "generator.safetensors", "discriminator.safetensors"
NEEDED = (CONFIG, GENERATOR)  # what loading reads
TEXTS = ("README.md", "LICENSE")  # for people, who may change them; in no manifest, and never read by loading

# Nothing else is ever uploaded or asked for. Bytes that each may have at most.
FILES = {
    CONFIG: 4 << 20,
    GENERATOR: 8 << 30,
    DISCRIMINATOR: 8 << 30,
    MANIFEST: 64 << 10,
    "metrics.json": 1 << 20,
    "samples.png": 4 << 20,
    "README.md": 1 << 20,
    "LICENSE": 1 << 20,
}


@dataclass(frozen=True)
class Pin:
    """The only contents that a file may have: sha256 in hex, size in bytes."""

    sha256: str
    size: int

    @classmethod
    def of(cls, *parts: bytes | memoryview) -> Pin:
        """The pin of a file of these parts."""
        digest = sha256()
        for part in parts:
            digest.update(part)
        return cls(digest.hexdigest(), sum(len(part) for part in parts))

    @classmethod
    def found(cls, path: Path) -> Pin:
        """The pin of a file as it is, read in parts. Raises OSError."""
        with path.open("rb") as file:
            return cls(file_digest(file, "sha256").hexdigest(), file.tell())


def as_json(value: object) -> bytes:
    """JSON as a model's files have it: indented, without NaN, ended by a newline. Raises ValueError for NaN."""
    return (json.dumps(value, indent=2, allow_nan=False) + "\n").encode()


def identity(config: Mapping[str, Any]) -> str:
    """The hash of what decides a model's networks: plugin, revision, options and space of a config.json.

    It is written into the weights too, so that they cannot be paired with another config.
    """
    plugin = config["plugin"]
    decides = [plugin["name"], plugin["revision"], config["architecture"], config["space"]]
    return sha256(json.dumps(decides, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
