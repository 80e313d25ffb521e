"""What the registry lists: published models and the plugins of others. Importable without torch."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from ganzoo.engine.layout import Pin

__all__ = ["MODEL", "Metric", "Model", "Plugin", "Registry"]

MODEL = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}\.[a-z0-9][a-z0-9_-]{0,63}")  # <plugin>.<tag>


@dataclass(frozen=True)
class Plugin:
    """A plugin that somebody else distributes. requires: versions as in `>=0.2,<1`, or empty."""

    name: str
    distribution: str
    requires: str = ""
    summary: str = ""
    homepage: str = ""
    paper: str = ""

    @property
    def install(self) -> str:
        """The line that installs it. ganzoo never runs it by itself on the way to a model."""
        wanted = f'"{self.distribution}{self.requires}"' if self.requires else self.distribution
        return f"ganzoo plugins install {wanted}"


@dataclass(frozen=True)
class Metric:
    """One measured number, and on how many samples, with whose features, it was measured.

    higher_is_better: None where its registry does not say.
    """

    name: str
    value: float
    dataset: str
    n: int
    extractor: str
    higher_is_better: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Model:
    """A published generator: in a folder that came with the registry (`path`), or on the Hub (`repo`, `revision`).

    files: the only contents that each file may have. status: ok, deprecated (works, with a warning) or yanked.
    shape, classes, parameters: what it makes, for listings. command: what trained it.
    """

    name: str
    plugin: str
    license: str
    dataset: str
    files: Mapping[str, Pin]
    path: Path | None = None
    repo: str = ""
    revision: str = ""
    plugin_requires: str = ""
    shape: tuple[int, ...] = ()
    classes: int = 0
    parameters: int = 0
    command: str = ""
    metrics: tuple[Metric, ...] = ()
    status: str = "ok"
    replaced_by: str = ""
    reason: str = ""
    since: date | None = None

    @property
    def size(self) -> int:
        """Bytes of all its files."""
        return sum(pin.size for pin in self.files.values())


@dataclass(frozen=True)
class Registry:
    """What one or several registry files list, by name. override: whether it may replace what earlier ones list."""

    plugins: Mapping[str, Plugin] = field(default_factory=dict)
    models: Mapping[str, Model] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    override: bool = False

    def find(self, name: str) -> Model | None:
        """The model of that name or alias."""
        return self.models.get(self.aliases.get(name, name))

    def names(self) -> list[str]:
        """Every name that `find` knows."""
        return sorted({*self.models, *self.aliases})
