"""metrics.jsonl: one JSON object a log point, written through; metrics.csv when the run ends; saves in log.txt."""

from __future__ import annotations

import csv
import io
import json
import math
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganzoo.engine.files import write_whole
from ganzoo.hookspecs import hookimpl

if TYPE_CHECKING:
    from ganzoo.engine.train import Run

__all__ = ["history"]


def history(folder: Path) -> list[dict[str, Any]]:
    """The log points of a run's folder, oldest first; a last line that a crash tore is left out."""
    path = folder / "metrics.jsonl"
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in lines[:-1]]  # the text after the last line's end is torn, or empty


@hookimpl
def ganzoo_run_started(run: Run) -> None:
    """Forget log points past the checkpoint that the run resumes from: they will be played again."""
    path = run.folder / "metrics.jsonl"
    if path.exists():
        kept = [point for point in history(run.folder) if point["step"] <= run.step]
        write_whole(path, "".join(map(_line, kept)).encode())


@hookimpl(trylast=True)  # after the observers that add to the record
def ganzoo_step_ended(run: Run) -> None:
    """Append a log point: step, time (seconds since 1970) and the record; null for what is not finite."""
    record = {name: value if math.isfinite(value) else None for name, value in run.record.items()}
    with (run.folder / "metrics.jsonl").open("a", encoding="utf-8", newline="\n") as stream:
        stream.write(_line({"step": run.step, "time": round(time.time(), 3), **record}))


@hookimpl
def ganzoo_checkpoint_saved(run: Run, path: Path) -> None:
    """Say so in log.txt, which tells afterwards how far a run can be gone back."""
    run.files.tell(f"step {run.step:,} is saved in {path.name}")


@hookimpl(tryfirst=True)  # before the observers that read the history
def ganzoo_run_ended(run: Run) -> None:
    """Write the history once more as a table, a column for each name that was ever recorded."""
    points = history(run.folder)
    columns = list(dict.fromkeys(name for point in points for name in point))
    table = io.StringIO(newline="")
    writer = csv.DictWriter(table, columns)
    writer.writeheader()
    writer.writerows(points)
    write_whole(run.folder / "metrics.csv", table.getvalue().encode())


def _line(point: dict[str, Any]) -> str:
    return json.dumps(point, allow_nan=False) + "\n"
