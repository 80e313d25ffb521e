"""Being asked to stop: SIGTERM and Ctrl-C let the step finish, a second one ends the process as usual."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from ganzoo.engine.shards import Shards

__all__ = ["StopRequest"]


class StopRequest:
    """While entered, `signal` becomes the number of the signal that asked to stop; only the main thread is asked."""

    def __init__(self) -> None:
        self.signal: int | None = None
        self._before: dict[int, Any] = {}

    def __enter__(self) -> StopRequest:
        if threading.current_thread() is threading.main_thread():
            for kind in (signal.SIGTERM, signal.SIGINT):
                self._before[kind] = signal.signal(kind, self._ask)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._restore()

    def anywhere(self, shards: Shards, late: bool, step: int) -> tuple[int | None, bool]:
        """The signal that asked to stop, if one has, and whether the time is over: in any process, after a step.

        late: whether the time is over in this one. What one process is asked reaches the others with the next turn's
        gradients; accelerators are waited for in every tenth step only.
        """
        if shards.processes.count == 1:
            return self.signal, late
        shards.asking = torch.tensor(
            [self.signal == signal.SIGTERM, self.signal == signal.SIGINT, late], dtype=torch.float32
        )
        if shards.asked.device.type != "cpu" and step % 10:
            return None, False
        terminated, interrupted, over = shards.asked.tolist()
        return (signal.SIGINT if interrupted else signal.SIGTERM if terminated else None), over > 0

    def _ask(self, kind: int, frame: FrameType | None) -> None:
        self.signal = kind
        self._restore()

    def _restore(self) -> None:
        for kind, handler in self._before.items():
            signal.signal(kind, handler)
        self._before = {}
