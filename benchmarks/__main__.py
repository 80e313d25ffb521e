"""`python -m benchmarks NAME`: measure one thing, print a table, and keep the numbers as JSON."""

from __future__ import annotations

import click

from benchmarks.data import data
from benchmarks.digits import digits
from benchmarks.estimate import estimate
from benchmarks.hub import hub
from benchmarks.larger import larger
from benchmarks.load import load
from benchmarks.memory import memory
from benchmarks.side_by_side import side_by_side
from benchmarks.speed import speed
from benchmarks.start import start

__all__ = ["benchmarks"]


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def benchmarks() -> None:
    """Measure ganzoo against other ways to do the same. GANZOO_DATA names the folder that holds MNIST."""


for _command in (speed, start, load, memory, estimate, digits, side_by_side, data, larger, hub):
    benchmarks.add_command(_command)

if __name__ == "__main__":
    benchmarks(prog_name="python -m benchmarks")
