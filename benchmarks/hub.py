"""`hub`: publishing and downloading a large generator, against the Hub's client alone."""

from __future__ import annotations

import json
import math
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from benchmarks.figures import Figure, machine, store, table
from benchmarks.processes import GANZOO, PYTHON, Played, play, surroundings
from tests.hub.server.running import ALICE, Server, serving

__all__ = ["hub"]

# What each party does, from its own imports on: folder, run and where to are its arguments.
IMPORTS = """
import sys, time
from pathlib import Path
import torch
from huggingface_hub import HfApi, snapshot_download
from ganzoo.hub import address, fetch, load, send
from ganzoo.hub.publish import publish
import ganzoo, ganzoo.data, ganzoo_plugins.images.vanilla_mlp, PIL.Image, tomlkit
PIL.Image.init()
folder, run, to = sys.argv[1:]
tell = lambda line: None
start = time.perf_counter()
"""
PARTIES = {
    "upload_folder": "HfApi().create_repo(to); HfApi().upload_folder(repo_id=to, folder_path=folder)",
    "ganzoo's sending": "send.send(Path(folder), to, load.manifest(Path(folder)), summary='a benchmark', tell=tell)",
    "ganzoo publish": "publish(run, to, tell=tell)",
    "snapshot_download": "snapshot_download(to)",
    "ganzoo download": "fetch.fetched(address.resolve(to), tell, whole=True)",
    "ganzoo.load": "ganzoo.load(to)",
}
UP, DOWN = list(PARTIES)[:3], list(PARTIES)[3:]
TIMED = "\nprint(time.perf_counter() - start)"


@click.command()
@click.option("--repeats", type=click.IntRange(1), default=5, show_default=True, help="rounds: A B C A B C ...")
@click.option("--megabytes", type=click.IntRange(1), default=100, show_default=True, help="of the generator's weights")
def hub(repeats: int, megabytes: int) -> None:
    """Seconds and peak memory of publishing and downloading through a Hub on loopback.

    Every party is a process of its own with an empty cache; its clock starts when all is imported. Memory is weighed
    a second time with a generator of twice the size.
    """
    before = machine()
    with TemporaryDirectory() as name, serving() as server:
        made = _published(Path(name), server, megabytes)
        rounds = [_round(made, server) for _ in range(repeats)]
        doubled = _round(_published(Path(name), server, 2 * megabytes), server)
    seconds = {party: Figure(tuple(float(found[party].output.split()[-1]) for found in rounds)) for party in PARTIES}
    peaks = {party: Figure(tuple(found[party].peak for found in rounds)) for party in PARTIES}
    grown = {party: (doubled[party].peak - peaks[party].median) / (megabytes * 1e6 / 2**20) for party in PARTIES}
    store(
        "hub", f"python -m benchmarks hub --repeats {repeats} --megabytes {megabytes}", before, seconds,
        unit="s", megabytes=megabytes, peak_mib={party: peak.to_dict() for party, peak in peaks.items()},
        grown={party: round(growth, 2) for party, growth in grown.items()},
    )  # fmt: skip
    rows = []
    for party in PARTIES:
        least = seconds[UP[0] if party in UP else DOWN[0]]
        ratio = seconds[party].over(least).text(2, "x")
        rows.append([party, seconds[party].text(2), ratio, peaks[party].text(), f"{grown[party]:.1f}"])
    heads = [f"{megabytes} MB of weights", "seconds", "to the client", "peak MiB", "grows by, per byte of file"]
    click.echo(table(heads, rows))


def _published(folder: Path, server: Server, megabytes: int) -> tuple[Path, Path]:
    """A run of one step whose generator has that size, and the folder of files that publishing it makes."""
    numbers = megabytes * 1e6 / 4  # float32; of the layers 100 x w, w x w and w x 784
    width = round(math.sqrt(442**2 + numbers) - 442)
    folder = folder / str(megabytes)
    folder.mkdir()
    run, files = folder / "run", folder / "files"
    asked = ["--steps", "1", "--size", "28", "--batch", "8", "-o", f"width={width}", "--threads", "1"]
    play([GANZOO, "train", "vanilla-mlp", *asked, "--out", str(run)], folder, environment=surroundings(1))
    environment = surroundings(1, **server.surroundings(folder / "home"))
    play([GANZOO, "publish", str(run), "alice/gan"], folder, environment=environment)
    play([GANZOO, "download", "alice/gan", "--out", str(files)], folder, environment=environment)
    size = (files / "generator.safetensors").stat().st_size
    if not 0.99 < size / (megabytes * 1e6) < 1.01:
        raise click.ClickException(f"a generator of width {width} has {size:,} bytes, not {megabytes} MB")
    return run, files


def _round(made: tuple[Path, Path], server: Server) -> dict[str, Played]:
    """Every party once: those that upload to an empty Hub each, those that download from what was uploaded last."""
    run, files = made
    played = {}
    for party in PARTIES:
        if party in UP:
            server.control(forget=True)
        with TemporaryDirectory() as home:
            environment = surroundings(1, **server.surroundings(Path(home), ALICE))
            command = [PYTHON, "-c", IMPORTS + PARTIES[party] + TIMED, str(files), str(run), "alice/gan"]
            played[party] = play(command, files.parent, environment=environment)
    if server.control()["leaks"]:
        raise click.ClickException(f"a token was sent to the wrong host: {json.dumps(server.seen[-5:])}")
    return played
