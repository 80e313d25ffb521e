"""Numbers with their spread, as Markdown tables and as JSON beside the machine and the command that made them."""

from __future__ import annotations

import json
import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

__all__ = ["RESULTS", "Figure", "machine", "store", "table"]

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Figure:
    """One quantity, measured several times."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle value."""
        return statistics.median(self.values)

    def over(self, other: Figure) -> Figure:
        """The ratio to another quantity, round by round: what slows a round down slows both."""
        return Figure(tuple(mine / theirs for mine, theirs in zip(self.values, other.values, strict=True)))

    def text(self, digits: int = 0, unit: str = "") -> str:
        """`median (least-greatest)`, the unit after the median."""
        low, high = min(self.values), max(self.values)
        return f"{self.median:,.{digits}f}{unit} ({low:,.{digits}f}-{high:,.{digits}f})"

    def to_dict(self) -> dict[str, Any]:
        """The values and their median as JSON, to four significant digits."""
        values = [float(f"{value:.4g}") for value in self.values]
        return {"median": statistics.median(values), "values": values}


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table: the first column to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    rules = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    lines = [heads, rules, *rows]
    aligned = [
        [line[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True))]
        for line in lines
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in aligned)


def machine() -> dict[str, Any]:
    """The processor, the system and the versions that a figure depends on, and how busy the machine is now."""
    names = Path("/proc/cpuinfo")
    lines = names.read_text().splitlines() if names.exists() else []
    found = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return {
        "processor": found[0] if found else platform.processor(),
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
        "torch": version("torch"),
        "ganzoo": version("ganzoo"),
        "load": round(os.getloadavg()[0], 1),
    }


def store(name: str, command: str, before: dict[str, Any], figures: dict[str, Figure], **facts: Any) -> None:
    """Keep one benchmark's figures in `results/<name>.json`, in place of those of its last run."""
    RESULTS.mkdir(exist_ok=True)
    content = {
        "benchmark": name,
        "command": command,
        "machine": before,
        **facts,
        "figures": {key: figure.to_dict() for key, figure in figures.items()},
    }
    (RESULTS / f"{name}.json").write_text(json.dumps(content, indent=2) + "\n")
