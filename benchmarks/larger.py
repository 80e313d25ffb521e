"""`larger`: how long a batch of images takes to gather from a file that memory does not hold.

The file is smaller than memory, and its pages are dropped before each batch instead: to read one that is larger would
take the memory from everybody else on the machine.
"""

from __future__ import annotations

import mmap
import os
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from benchmarks.figures import Figure, machine, store, table

__all__ = ["larger"]

COUNT, SHAPE, BATCH, BATCHES = 10_000, (3, 128, 128), 64, 12


@click.command()
def larger() -> None:
    """Gathering 64 of 10,000 images of 128x128 in colour, mapped from a file of which nothing is in memory."""
    import numpy as np
    import torch

    from ganzoo.data.mapped import Mapped

    torch.set_num_threads(1)
    before = machine()
    figures: dict[str, Figure] = {}
    rows = []
    with TemporaryDirectory(dir=Path.cwd()) as folder:
        path = Path(folder, "samples.npy")
        made = np.lib.format.open_memmap(path, "w+", np.uint8, shape=(COUNT, *SHAPE))
        for first in range(0, COUNT, 500):
            made[first : first + 500] = np.random.default_rng(first).integers(0, 256, (500, *SHAPE), np.uint8)
        made.flush()
        del made
        descriptor = os.open(path, os.O_RDONLY)

        def measure(name: str, advice: int, ahead: bool, forget: bool) -> None:
            array = np.load(path, mmap_mode="c")
            mapping, samples, mapped = array._mmap, torch.from_numpy(array), Mapped(array)
            mapping.madvise(advice)
            order = torch.randperm(COUNT, generator=torch.Generator().manual_seed(0))
            found = []
            for first in range(0, BATCH * BATCHES, BATCH):
                index = order[first : first + BATCH]
                if forget:
                    mapping.madvise(mmap.MADV_DONTNEED)
                    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
                else:
                    samples.index_select(0, index)
                begun = _spent()
                if ahead:
                    mapped.expect(index)
                samples.index_select(0, index)
                found.append([now - then for now, then in zip(_spent(), begun, strict=True)])
            columns = [Figure(tuple(values)) for values in zip(*found, strict=True)]
            figures.update(zip((f"{name}: ms", f"{name}: CPU ms", f"{name}: MB"), columns, strict=True))
            rows.append([name, *(figure.text(1) for figure in columns)])

        measure("not asked for", mmap.MADV_NORMAL, False, True)
        measure("not asked for, no reading around", mmap.MADV_RANDOM, False, True)
        measure("asked for at the last moment", mmap.MADV_NORMAL, True, True)
        measure("in memory already", mmap.MADV_NORMAL, False, False)
        os.close(descriptor)
    store("larger", "python -m benchmarks larger", before, figures, unit="ms, ms of the processor, MB read")
    click.echo(table(["a batch of 64", "ms", "CPU ms", "read, MB"], rows))


def _spent() -> tuple[float, float, float]:
    """Wall and processor time in milliseconds, and megabytes that the disk was asked for, so far."""
    fields = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return time.perf_counter() * 1e3, time.process_time() * 1e3, int(fields["read_bytes"]) / 1e6
