"""Run folders: where they are, what they are called, which is the latest, and that one process trains in each."""

from __future__ import annotations

import itertools
import json
import os
import platform
import re
import sys
import unicodedata
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from ganzoo import __version__
from ganzoo.engine.files import write_whole
from ganzoo.errors import UsageError, nearest

__all__ = ["Followed", "RunFolder", "checkpoint_in", "create", "find", "find_launched"]

RUNS = Path("runs")


class RunFolder:
    """One run's folder: its files by name, its lock, and run.json."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.checkpoints = path / "checkpoints"
        self.model = path / "model"
        self.config = path / "config.toml"
        self._lock = FileLock(path / ".lock")

    def lock(self) -> None:
        """Take the folder for this process; a killed process lets go by itself. Raises UsageError if it is taken."""
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise UsageError(f"{self.path} is being trained by another process; wait for it, or stop it") from None

    def unlock(self) -> None:
        """Let other processes have the folder."""
        self._lock.release()

    def tell(self, text: str) -> None:
        """Add a line to log.txt. On a full disk the line is left out: a run goes on without its log."""
        with suppress(OSError), (self.path / "log.txt").open("a", encoding="utf-8") as file:
            file.write(f"{now()} {text}\n")

    def describe(self, **changes: Any) -> None:
        """Write what happened into run.json: what was run, on what, when, and how it ended."""
        path = self.path / "run.json"
        known = json.loads(path.read_text("utf-8")) if path.exists() else {}
        write_whole(path, (json.dumps(known | changes, indent=2) + "\n").encode())

    def describe_start(self, **changes: Any) -> None:
        """As `describe`, with this process: its command line, versions and time. Each start is kept."""
        import torch

        path = self.path / "run.json"
        starts = json.loads(path.read_text("utf-8")).get("starts", []) if path.exists() else []
        starts.append(
            {
                "launch": launch(),
                "argv": sys.argv,
                "time": now(),
                "ganzoo": __version__,
                "torch": torch.__version__,
                "python": platform.python_version(),
                "platform": platform.platform(),
            }
        )
        self.describe(starts=starts, end=None, exit_reason=None, **changes)


class Followed(RunFolder):
    """A run's folder to the processes that do not lead: it may lie on another machine, and nothing is written."""

    def lock(self) -> None:
        """The leader has taken it."""

    def unlock(self) -> None:
        """The leader lets go of it."""

    def tell(self, text: str) -> None:
        """The leader writes log.txt."""

    def describe(self, **changes: Any) -> None:
        """The leader writes run.json."""

    def describe_start(self, **changes: Any) -> None:
        """The leader writes run.json."""


def now() -> str:
    """The time, to the second, in UTC."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def create(out: str | None, gan: str, data: str) -> RunFolder:
    """Make the folder of a new run: `out`, or runs/<gan>-<data>-<NNN> with the next free number.

    Raises UsageError if `out` exists, or where nothing can be written.
    """
    name = unicodedata.normalize("NFC", f"{gan}-{Path(data).stem}".lower())  # é as one letter, however it is written
    stem = re.sub(r"[\W_]+", "-", name).strip("-")
    try:
        if out:
            path = Path(out)
            path.mkdir(parents=True)
        else:
            RUNS.mkdir(exist_ok=True)
            path = _numbered(stem)
        folder = RunFolder(path)
        folder.checkpoints.mkdir()
        if path.parent == RUNS:
            write_whole(RUNS / "latest", f"{path.name}\n".encode())
    except FileExistsError:
        raise UsageError(f"{out} exists already; choose another --out, or leave it out for a new folder") from None
    except OSError as error:
        where = out or str(RUNS)
        raise UsageError(f"cannot write to {where}: {error.strerror}; type --out FOLDER for another place") from None
    return folder


def _numbered(stem: str) -> Path:
    """A new folder in runs/ with the next number, also when several processes ask at once."""
    numbers = (found.name[len(stem) + 1 :] for found in RUNS.glob(f"{stem}-*"))
    for number in itertools.count(max((int(n) for n in numbers if n.isdecimal()), default=0) + 1):
        path = RUNS / f"{stem}-{number:03d}"
        with suppress(FileExistsError):
            path.mkdir()
            break
    return path


def find(target: str | Path = "latest") -> RunFolder:
    """The run that is meant: a folder, a file in it, `latest`, or the name of a folder in runs/.

    Raises UsageError that names the runs there are.
    """
    path = Path(target)
    if str(target) == "latest":
        pointer = RUNS / "latest"
        if not pointer.is_file():
            raise UsageError(f"there is no latest run in {RUNS}/; type: ganzoo train vanilla-mlp")
        path = RUNS / pointer.read_text("utf-8").strip()
    for candidate in (path, *path.parents[:3], RUNS / path):
        if (candidate / "config.toml").is_file() and (candidate / "checkpoints").is_dir():
            return RunFolder(candidate)
    known = [found.parent.name for found in RUNS.glob("*/config.toml")]
    hint = nearest(path.name, known) or "start one: ganzoo train vanilla-mlp"
    raise UsageError(f"no run at {str(target)!r}; {hint}")


def launch() -> str:
    """Which start of torchrun this process belongs to, the same after it restarts its processes; "" without."""
    name = os.environ.get("TORCHELASTIC_RUN_ID", "")
    return f"{name}/{os.getppid()}" if name else ""


def find_launched(key: str) -> Path | None:
    """The run in runs/ that a start of torchrun has begun, if there is one."""
    for path in sorted(RUNS.glob("*/run.json"), key=lambda path: path.stat().st_mtime, reverse=True):
        if key and any(start.get("launch") == key for start in json.loads(path.read_text("utf-8")).get("starts", [])):
            return path.parent
    return None


def checkpoint_in(folder: RunFolder, step: int) -> Path:
    """The file of one step's checkpoint. Raises UsageError that names the steps there are."""
    from ganzoo.engine.checkpoint import steps_in

    found = steps_in(folder.checkpoints)
    if step not in found:
        there = ", ".join(map(str, found)) or "none"
        raise UsageError(f"{folder.path} has no checkpoint of step {step}; there are: {there}")
    return found[step]
