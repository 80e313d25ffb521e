"""The program as a process that is asked for one command after another, so that torch is imported once.

Everything else is as a person's: the environment is set before anything is imported, each command goes through
`ganzoo.cli.main`, and what it prints and ends with is what is told. `python -m tests.hub.program` is that process.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Done", "Program", "running"]

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Done:
    """What a command ended with and printed."""

    code: int
    out: str
    err: str


class Program:
    """The running process. said: all that its commands ever printed."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process, self.said = process, ""

    def __call__(self, *arguments: object, token: str | None = None) -> Done:
        """Run `ganzoo` with these arguments; token: HF_TOKEN for this command, none for None."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"arguments": list(map(str, arguments)), "token": token}) + "\n")
        self.process.stdin.flush()
        done = Done(**json.loads(self.process.stdout.readline()))
        self.said += done.out + done.err
        return done


@contextlib.contextmanager
def running(folder: Path, surroundings: Mapping[str, str]) -> Iterator[Program]:
    """A process in `folder` as long as the block lasts."""
    known = {**surroundings, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.hub.program"],
        cwd=folder, env=known, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield Program(process)
    finally:
        process.communicate("", timeout=60)


def serve() -> None:
    """Read commands, a line of JSON each, and answer with a line of JSON each."""
    from ganzoo.cli import main

    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    for line in sys.stdin:
        asked = json.loads(line)
        os.environ.pop("HF_TOKEN", None)
        if asked["token"]:
            os.environ["HF_TOKEN"] = asked["token"]
        code, out, err = 0, io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                main(asked["arguments"])
            except SystemExit as end:
                code = int(end.code or 0)
            except BaseException:
                traceback.print_exc()
                code = 1
        answers.write(json.dumps({"code": code, "out": out.getvalue(), "err": err.getvalue()}) + "\n")
        answers.flush()


if __name__ == "__main__":
    serve()
