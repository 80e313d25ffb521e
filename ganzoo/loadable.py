"""Whether plugins load, tried in another process: one that prints, hangs or ends its process harms nothing here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence

from ganzoo.entry import Entry

__all__ = ["answer", "problems"]

SECONDS = 120.0  # for one plugin; the first of a process imports torch


def problems(entries: Sequence[Entry], seconds: float = SECONDS) -> list[str]:
    """What is wrong with each plugin when it is loaded, a sentence each, "" where nothing is.

    A plugin that takes longer than `seconds` or ends its process is told of, and the next ones are tried in a new one.
    """
    found: list[str] = []
    while len(found) < len(entries):
        rest = entries[len(found) :]
        child = subprocess.Popen(
            [sys.executable, "-c", "from ganzoo.loadable import answer; answer()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        assert child.stdin
        assert child.stdout
        with child, child.stdin, child.stdout:
            child.stdin.write(json.dumps([(entry.word, entry.group) for entry in rest]))
            child.stdin.close()
            for _ in rest:
                timer = threading.Timer(seconds, child.kill)
                timer.start()
                line = child.stdout.readline()
                timer.cancel()
                if not line:
                    break
                found.append(json.loads(line))
            else:
                continue
        entry = entries[len(found)]
        late = f"takes longer than {seconds:g} s to load" if child.returncode == -9 else "ends the process"
        found.append(f"{entry.name!r} of {entry.origin} {late} (exit code {child.returncode})")
    return found


def answer() -> None:
    """In the other process: read names and groups from standard input, write a line about each."""
    from ganzoo import catalogue
    from ganzoo.errors import GanzooError

    asked = json.load(sys.stdin)
    with os.fdopen(os.dup(1), "w") as out:
        os.dup2(2, 1)  # what a plugin prints goes nowhere
        for word, group in asked:
            problem = ""
            try:
                catalogue.check(catalogue.typed(word, group))
            except GanzooError as error:
                problem = str(error)
            print(json.dumps(problem), file=out, flush=True)  # to the process that asked
