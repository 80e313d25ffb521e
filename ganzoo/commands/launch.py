"""`--processes N`: the same command in several processes of this machine, started again where one is killed."""

from __future__ import annotations

import logging
import os
import signal
import sys
import uuid

import click

from ganzoo import memory
from ganzoo.errors import GanzooError, UsageError

__all__ = ["in_processes", "processes_option"]

_TRIES = 3  # without a checkpoint between them
_LEAST = 300 << 20  # bytes that a process has of its own before it has built a network

processes_option = click.option(
    "--processes", type=click.IntRange(1), metavar="N", help="processes of this machine that share each batch"
)


def in_processes(count: int | None) -> int | None:
    """Run this command line in `count` processes and return its exit code; None where it is to be run here.

    Raises UsageError where torchrun has started another number, or the memory holds no such number of processes.
    """
    started = os.environ.get("WORLD_SIZE")
    if count is None or (started is None and count == 1):
        return None
    if started is not None:
        if int(started) != count:
            raise UsageError(f"--processes {count}: torchrun has started {started}; leave --processes out")
        return None
    free = memory.available()
    if free is not None and count * _LEAST > free:
        raise UsageError(
            f"--processes {count}: each takes {_LEAST >> 20} MiB or more, and {free >> 20:,} MiB are free; "
            f"type --processes {max(1, free // (2 * _LEAST))}"
        )
    return _launched(count, sys.argv[1:])


def _launched(count: int, arguments: list[str]) -> int:
    from torch.distributed.elastic.multiprocessing.api import SignalException
    from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
    from torch.distributed.launcher.api import LaunchConfig, elastic_launch

    from ganzoo.engine.checkpoint import steps_in
    from ganzoo.engine.folder import RunFolder, find_launched

    for named in [*logging.root.manager.loggerDict]:  # each may have a level of its own
        if named.startswith("torch.distributed.elastic"):
            logging.getLogger(named).setLevel(logging.CRITICAL)  # the processes speak for themselves
    name = uuid.uuid4().hex
    config = LaunchConfig(
        1, 1, count, run_id=name, rdzv_backend="c10d", rdzv_endpoint="localhost:0", max_restarts=0, monitor_interval=0.2
    )
    tries, reached = 0, -1
    while tries < _TRIES:
        try:
            elastic_launch(config, sys.executable)("-m", "ganzoo", *arguments)
            return 0
        except SignalException as asked:
            return 130 if asked.sigval == 2 else 75
        except ChildFailedError as error:
            code = _cause([failure.exitcode for failure in error.failures.values()])
        if code >= 0:
            return code
        folder = find_launched(f"{name}/{os.getpid()}")
        step = max(steps_in(RunFolder(folder).checkpoints), default=-1) if folder else -1
        tries, reached = (0 if step > reached else tries + 1), max(step, reached)
        click.echo(f"a process was ended by signal {-code}; starting all {count} again", err=True)
    raise GanzooError(f"{_TRIES} starts in a row ended before the next checkpoint; see {folder}/log.txt")


def _cause(codes: list[int]) -> int:
    """Of the exit codes of processes that failed, the one that says why, negative for a signal.

    The others have lost it (1, errors.Gone), maybe before it was seen to end, or were told to end (SIGTERM).
    """
    own = [code for code in codes if code not in (1, -signal.SIGTERM)]
    return min(own, default=1)
