"""Who is told what a run does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ganzoo.engine.train import Run

__all__ = ["Listener"]


class Listener(Protocol):
    """Who is told what the run does; the terminal is one."""

    def started(self, run: Run) -> None:
        """The run is about to play its first step."""

    def progress(self, run: Run) -> None:
        """Some time has passed; called about twice a second."""

    def tell(self, text: str) -> None:
        """One line for the user."""

    def ended(self, run: Run) -> None:
        """The run has ended, `run.exit_reason` says how."""
