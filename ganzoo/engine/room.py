"""Room in memory: what does not fit is said before it is played, and not by the system's ending the process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import torch

from ganzoo import memory
from ganzoo.errors import GanzooError, UsageError

__all__ = ["fitting"]


@contextmanager
def fitting(what: str, device: torch.device, advice: str, *, wrong: type[GanzooError] = UsageError) -> Iterator[None]:
    """Inside, memory that is taken on the CPU must be free. Raises `wrong`, with this advice, where it is not."""
    free = memory.available()
    try:
        with memory.bounded() if device.type == "cpu" else nullcontext():
            yield
    except Exception as error:
        if not memory.ran_out(error):
            raise
        found = "there is" if free is None else f"the {memory.megabytes(free)} that are free"
        raise wrong(f"out of memory: {what} needs more than {found}; {advice}") from None
