"""A run's lines in the terminal: what is played on, one live line, how it ended, and what to type next.

Importable without torch and rich; rich is imported only where the stream is a terminal.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from ganzoo.places import word
from ganzoo.plurals import duration, many

if TYPE_CHECKING:
    from ganzoo.engine.train import Run

__all__ = ["Terminal"]

_LEFT = 42  # columns of the first of two facts on a line
_SHARE, _SECONDS, _SILENCE = 0.05, 30.0, 600.0  # a plain line after 5 % and 30 s, or after ten minutes
_PLAIN = str.maketrans({"·": "|", "✔": "*", "×": "x", "—": "-", "–": "-", "→": ">", "≥": ">=", "≤": "<="})


class Terminal:
    """What a run tells a person, line by line, as it happens. quiet: nothing but the folder at the end.

    commands: the verbs that exist, of which the ones that fit are proposed at the end.
    """

    def __init__(self, quiet: bool, stream: TextIO | None = None, commands: Collection[str] = ()) -> None:
        self._quiet, self._stream, self._commands = quiet, stream or sys.stdout, commands
        self._live: Any = None  # rich's progress display, while there is one
        self._begun = self._said_at = time.monotonic()
        self._first, self._said = 0, 0.0  # the step begun at; the share of the run at the last plain line
        self._facts: dict[str, float] = {}

    def started(self, run: Run) -> None:
        """Say what is played on what, for how long, and where files go; then start the live line."""
        from ganzoo.engine.parts import parameter_count

        self._pair("data", _data(run), "device", _where(run))
        sizes = {name: parameter_count(module) for name, module in run.game.state.modules.items()}
        nets = " · ".join(f"{name} {_short(size)}" for name, size in sizes.items() if size)
        self._pair("nets", f"{nets} parameters", "plan", _plan(run))
        self.tell(f"folder  {_shown(run.folder)}")
        self._begun = self._said_at = time.monotonic()
        self._first, self._said = run.step, run.step / run.steps
        if not self._quiet and self._stream.isatty() and os.environ.get("TERM") not in ("dumb", "unknown"):
            self._live = _live_line(self._stream, run)
            self._live.start()

    def progress(self, run: Run) -> None:
        """Say how far it is: on a terminal in the live line, elsewhere now and then in a line of its own."""
        if self._quiet:
            return
        self._facts |= run.record
        now = time.monotonic()
        share, left = self._share(run, now)
        status = self._status(run, left)
        if self._live:
            self._live.update(self._live.task_ids[0], completed=share, done=_done(run), facts=status)
            self._live.refresh()
        elif run.step < run.steps and self._due(now, share):
            self._said_at, self._said = now, share
            self.tell(f"{_done(run)}  {status}")

    def _share(self, run: Run, now: float) -> tuple[float, float | None]:
        """How much of the run is over, in [0, 1], and how many seconds are left, None if unknown."""
        rate, minutes = self._facts.get("rate"), run.settings.minutes
        share, left = run.step / run.steps, (run.steps - run.step) / rate if rate else None
        if minutes:
            over = (now - self._begun) / (60 * minutes)
            remaining = max(0.0, 60 * minutes * (1 - over))
            share, left = max(share, min(1.0, over)), remaining if left is None else min(left, remaining)
        return share, left

    def _due(self, now: float, share: float) -> bool:
        """Whether enough of the run and of time has passed for another plain line."""
        seconds = now - self._said_at
        return (seconds >= _SECONDS and share - self._said >= _SHARE - 1e-9) or seconds >= _SILENCE

    def tell(self, text: str) -> None:
        """Say one line, above the live line where there is one."""
        if self._quiet:
            return
        text = self._readable(text)
        if self._live:
            self._live.console.print(text, markup=False, highlight=False, soft_wrap=True)
        else:
            self._write(text)

    def ended(self, run: Run) -> None:
        """Take the live line away; if the run played to its end, say what was done and what to type next."""
        if self._live:
            self._live.stop()
            self._live = None
        if self._quiet:
            self._write(str(run.folder))
        elif run.exit_reason == "done" or str(run.exit_reason).startswith("stopped after"):
            done = f"✔ {many(run.step - self._first, 'step')} in {duration(time.monotonic() - self._begun)}"
            self.tell(f"{done:<31}saved {_shown(run.folder)}")
            self._propose(run)

    def _propose(self, run: Run) -> None:
        """Say which commands fit now, of those that exist."""
        name = "latest" if run.folder.parent == Path("runs") else word(_shown(run.folder))
        has_samples = run.space.kind != "game"
        proposals = {"sample": f"{name} -n 16", "evaluate": name} if has_samples else {}
        if run.space.source:
            proposals = {"apply": f"{name} FILE..."}
        proposals["resume"] = name if run.step < run.steps else f"{name} --steps {2 * run.steps}"
        known = [f"ganzoo {verb} {rest}" for verb, rest in proposals.items() if verb in self._commands]
        if known:
            self.tell(f"  next: {' · '.join(known)}")

    def _write(self, line: str) -> None:
        self._stream.write(line + "\n")
        self._stream.flush()

    def _pair(self, first: str, value: str, second: str, other: str) -> None:
        left = f"{first:<8}{value}"
        self.tell(f"{left:<{_LEFT}} {second:<7} {other}")

    def _status(self, run: Run, left: float | None) -> str:
        """The value of the game beside its equilibrium, the AUC, the modes, the rate and the time left."""
        facts = self._facts
        shown = next((p for p in run.players if p.equilibrium is not None), next(iter(run.players)))
        parts = []
        if (value := facts.get(f"{shown.name}/objective")) is not None:
            solved = "" if shown.equilibrium is None else f" ({shown.equilibrium:.4g})"
            parts.append(f"{'V' if solved else shown.name} {value:.2f}{solved}")
        if "auc" in facts:
            parts.append(f"AUC {facts['auc']:.2f}".replace(" 0.", " ."))
        if "modes" in facts:
            parts.append(f"{facts['modes']:.0f}/{len(run.space.details['modes'])} modes")
        if rate := facts.get("rate"):
            parts.append(_rate(rate))
        if left is not None:
            parts.append(f"{_clock(left)} left")
        return self._readable("  ".join(parts))

    def _readable(self, text: str) -> str:
        """The text in characters that the stream can write."""
        encoding = getattr(self._stream, "encoding", None) or "utf-8"
        try:
            text.encode(encoding)
        except UnicodeEncodeError:
            return text.translate(_PLAIN).encode(encoding, "replace").decode(encoding)
        return text


def _live_line(stream: TextIO, run: Run) -> Any:
    """One line that fits the terminal: steps, a bar in the room that is left, and facts cut where it ends."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn
    from rich.table import Column

    progress = Progress(
        TextColumn(" {task.fields[done]}", table_column=Column(no_wrap=True, min_width=1 + len(_done(run)))),
        BarColumn(bar_width=None, table_column=Column(ratio=1, min_width=4, max_width=24)),
        TextColumn("{task.fields[facts]}", table_column=Column(no_wrap=True, overflow="crop"), markup=False),
        console=Console(file=stream),
        auto_refresh=False,
        transient=True,
        expand=True,
    )
    progress.add_task("", total=1.0, done=_done(run), facts="")
    return progress


def _data(run: Run) -> str:
    if run.dataset is None:
        return "none: a game between the players alone"
    named = {"vector": "point", "table": "row", "audio": "sound", "tokens": "line"}
    things = many(len(run.dataset), named.get(run.space.kind, run.space.kind))
    shape = f"{run.space.source} to {run.space}" if run.space.source else f"{run.space}"
    degraded = f" from {run.dataset.degradation}" if run.dataset.degradation else ""
    return f"{run.dataset.name}{degraded} ({things}, {shape})"


def _where(run: Run) -> str:
    """The device, the processes that share it or its kind, threads of the CPU, and numbers other than fp32."""
    device, count = run.setup.device, run.setup.processes.count
    parts = [str(device)] if count == 1 else [device.type, many(count, "process")]
    if device.type == "cpu":
        parts.append(many(run.settings.threads or 1, "thread") + (" each" if count > 1 else ""))
    if run.settings.precision != "fp32":
        parts.append(str(run.settings.precision))
    return ", ".join(parts)


def _plan(run: Run) -> str:
    """The steps to play and the time that they take, or the time alone where it ends the run."""
    if _timed(run):
        return f"{run.settings.minutes:g} min"
    seconds = (run.steps - run.step) * run.setup.seconds
    begun = f"from step {run.step:,} to {run.steps:,}" if run.step else many(run.steps, "step")
    return f"{begun}, about {duration(seconds)}"


def _timed(run: Run) -> bool:
    """Whether --minutes will be over before the last step, at the pace that was measured."""
    minutes: float = run.settings.minutes or 0.0
    return 0.0 < 60 * minutes < run.steps * run.setup.seconds


def _done(run: Run) -> str:
    """The step and the last one, or the step alone where the time ends the run."""
    if _timed(run):
        return f"{run.step:>7,} steps"
    return f"{run.step:>{len(f'{run.steps:,}')},}/{run.steps:,}"


def _shown(folder: Path) -> str:
    """A folder as it can be typed from here."""
    here = Path.cwd()
    return str(folder.resolve().relative_to(here)) if folder.resolve().is_relative_to(here) else str(folder)


def _short(number: int) -> str:
    """A number of parameters in three digits: 950, 293k, 1.2M."""
    for size, letter in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if number >= 0.9995 * size:
            return f"{number / size:.3g}{letter}"
    return str(number)


def _rate(rate: float) -> str:
    """Steps per second, or seconds per step where that is the greater number."""
    return f"{rate:.3g} step/s" if rate >= 1 else f"{1 / rate:.3g} s/step"


def _clock(seconds: float) -> str:
    """Seconds as 0:09 or 1:02:03."""
    minutes, second = divmod(round(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02d}:{second:02d}" if hours else f"{minute}:{second:02d}"
