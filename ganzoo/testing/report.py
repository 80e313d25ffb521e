"""What was checked, what was found, what to do."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

__all__ = ["Check", "Failed", "Report"]


class Failed(AssertionError):  # reads as `raise Failed(...)`
    """A check found something; its text says what, and what to do."""


@dataclass(frozen=True)
class Check:
    """One line of the report. outcome: `passed`, `failed`, `skipped`, or `measured` for a finding without a verdict."""

    title: str
    outcome: str
    found: str

    def __str__(self) -> str:
        mark = {"passed": "✔", "failed": "✘", "skipped": "-", "measured": "·"}[self.outcome]
        if self.outcome == "failed":
            return f"{mark} {self.title}\n    {self.found}"
        return f"{mark} {self.title}" + (f": {self.found}" if self.found else "")


@dataclass
class Report:
    """The checks of one plugin. golden: what its players' terms and gradients were over three steps."""

    name: str
    checks: list[Check] = field(default_factory=list)
    golden: dict[str, float] = field(default_factory=dict)

    @property
    def failures(self) -> list[Check]:
        """The checks that failed."""
        return [check for check in self.checks if check.outcome == "failed"]

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON values."""
        return {**asdict(self), "conforms": not self.failures}

    @property
    def verdict(self) -> str:
        """The plugin's name and whether it conforms."""
        verdict = f"{len(self.failures)} of {len(self.checks)} checks failed" if self.failures else "conforms"
        return f"{self.name}: {verdict}"

    def __str__(self) -> str:
        return "\n".join([self.verdict, *map(str, self.checks)])
