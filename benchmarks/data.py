"""`data`: how fast a folder of many images opens, the first time and again, how fast it is dealt, in how much memory.

The images are 16x16 PNGs; a thousand different ones are linked under many names, so what is measured is the names, the
decoding and the dealing, not a disk that is slow to read many different files.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path

import click

from benchmarks.figures import Figure, machine, store, table
from benchmarks.processes import PYTHON, surroundings

__all__ = ["data"]

SIDE, DIFFERENT, FOLDERS = 16, 1000, 100
NAMES = (
    "first opening, s",
    "CPU s",
    "MiB",
    "again, s",
    "again, CPU s",
    "again, MiB",
    "images per second",
    "dealing, MiB",
)
DIGITS = (1, 1, 0, 1, 1, 0, 0, 0)
_OPEN = """
import json, sys, time
from pathlib import Path
from ganzoo.data import Request, Stream, open_dataset

def own():
    fields = dict(line.split(":", 1) for line in open("/proc/self/status"))
    return int(fields["RssAnon"].split()[0]) / 1024

import torch, numpy, PIL.Image
torch.set_num_threads(1)
before, begun, busy = own(), time.monotonic(), time.process_time()
found = open_dataset(sys.argv[1], Request(root=None, size=16, channels=1))
opened, busy, memory = time.monotonic() - begun, time.process_time() - busy, own() - before
stream = Stream(found, 64, 0, "D", "cpu")
stream.real(0)
begun, turns = time.monotonic(), 0
while time.monotonic() - begun < 3:
    turns += 1
    stream.real(turns)
rate = 64 * turns / (time.monotonic() - begun)
print(json.dumps([len(found), opened, busy, memory, rate, own() - before]))
"""


def _fill(folder: Path, count: int) -> None:
    """`count` names of images, in a hundred folders."""
    import numpy as np
    from PIL import Image

    generator = np.random.default_rng(0)
    source = folder.with_name("different")
    source.mkdir(exist_ok=True)
    for number in range(DIFFERENT):
        pixels = generator.integers(0, 256, (SIDE, SIDE), dtype=np.uint8)
        Image.fromarray(pixels).save(source / f"{number}.png", compress_level=1)
    for number in range(FOLDERS):
        (folder / f"{number:02d}").mkdir(parents=True)
    for number in range(count):
        os.link(source / f"{number % DIFFERENT}.png", folder / f"{number % FOLDERS:02d}" / f"{number}.png")


@click.command()
@click.option("--counts", default="10000,100000,1000000", show_default=True, help="images, with commas between")
def data(counts: str) -> None:
    """Opening and dealing of 16x16 PNGs in a hundred folders, by their number."""
    before = machine()
    figures: dict[str, Figure] = {}
    rows = []
    for count in map(int, counts.split(",")):
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place, "images")
            _fill(folder, count)
            environment = surroundings(1, GANZOO_CACHE=str(Path(place, "cache")))
            found = []
            for _ in range(2):
                done = subprocess.run(
                    [PYTHON, "-c", _OPEN, str(folder)], env=environment, capture_output=True, text=True, check=True
                )
                found.append(json.loads(done.stdout))
        assert found[0][0] == count
        (first, busy, grown), (again, busy_again, grown_again) = (opening[1:4] for opening in found)
        rate, dealing = found[1][4:]
        columns = (first, busy, grown, again, busy_again, grown_again, rate, dealing)
        figures |= {f"{count} {name}": Figure((value,)) for name, value in zip(NAMES, columns, strict=True)}
        rows.append([f"{count:,}", *(f"{value:,.{digits}f}" for value, digits in zip(columns, DIGITS, strict=True))])
    store("data", f"python -m benchmarks data --counts {counts}", before, figures, unit="seconds, MiB, images a second")
    click.echo(table(["images", *NAMES], rows))
