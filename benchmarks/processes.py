"""Programs run as their users run them: each a process of its own, timed and weighed from outside."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

__all__ = ["GANZOO", "MARK", "PYTHON", "Played", "play", "surroundings"]

PYTHON = sys.executable
GANZOO = str(Path(sys.executable).with_name("ganzoo"))
MARK = "Epoch ["  # how a line begins that a script prints at the end of each epoch


@dataclass(frozen=True)
class Played:
    """A process that has ended: its wall time in seconds, its peak resident memory in MiB, its output.

    marks: when each line that begins with MARK was printed, in seconds since the start.
    """

    seconds: float
    peak: float
    output: str
    marks: tuple[float, ...]


def surroundings(threads: int | None = None, **extra: str) -> dict[str, str]:
    """The environment that every party gets: compiled bytecode is kept, and the number of threads is set."""
    known = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**known, **({} if threads is None else {"OMP_NUM_THREADS": str(threads)}), **extra}


def play(command: Sequence[str], folder: Path, *, environment: dict[str, str], epochs: int | None = None) -> Played:
    """Run a program in a folder to its end, or until it has printed the marks of so many epochs.

    Raises click.ClickException if it fails.
    """
    lines, marks = list[str](), list[float]()
    started = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert process.stdout is not None, "it was asked for"
    for line in process.stdout:
        lines.append(line)
        if line.startswith(MARK):
            marks.append(time.perf_counter() - started)
        if len(marks) == epochs:
            process.terminate()
            break
    process.stdout.close()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    enough = epochs is not None and len(marks) == epochs
    if not enough and (process.returncode or epochs is not None):
        found = "".join(lines[-5:])
        raise click.ClickException(
            f"{' '.join(command)} ended with {process.returncode} after {len(marks)} epochs:\n{found}"
        )
    unit = 2**20 if sys.platform == "darwin" else 2**10  # bytes there, KiB elsewhere
    return Played(time.perf_counter() - started, usage.ru_maxrss / unit, "".join(lines), tuple(marks))
