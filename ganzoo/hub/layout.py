"""What a published model is made of: its files, how large each may be, and what is known of their bytes."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CONFIG", "DISCRIMINATOR", "FILES", "GENERATOR", "MANIFEST", "NEEDED", "Pin"]

CONFIG, MANIFEST = "config.json", "manifest.json"
GENERATOR, DISCRIMINATOR = "generator.safetensors", "discriminator.safetensors"
NEEDED = (CONFIG, GENERATOR)  # what loading reads

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
