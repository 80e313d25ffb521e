"""What was checked, what was found, what to do."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Check", "Failed", "Report"]


class Failed(AssertionError):  # reads as `raise Failed(...)`
    """A check found something; its text says what, and what to do."""


@dataclass(frozen=True)
class Check:
    """One line of the report. outcome: `passed`, `failed`, `skipped`, or `measured` for a finding without a verdict."""

    title: str
    outcome: str
    found: str


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

    def __str__(self) -> str:
        marks = {"passed": "✔", "failed": "✘", "skipped": "-", "measured": "·"}
        lines = [f"{marks[c.outcome]} {c.title}" + (f": {c.found}" if c.found else "") for c in self.checks]
        verdict = f"{len(self.failures)} of {len(self.checks)} checks failed" if self.failures else "conforms"
        return "\n".join([f"{self.name}: {verdict}", *lines])
