"""`start`: how long the program takes to say something, however many plugins are installed."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from benchmarks.figures import Figure, machine, store, table
from benchmarks.processes import GANZOO, PYTHON, play, surroundings

__all__ = ["install", "start"]


@click.command()
@click.option("--repeats", type=click.IntRange(1), default=15, show_default=True, help="rounds: A B C A B C ...")
@click.option("--plugins", type=click.IntRange(1), default=100, show_default=True, help="installed, for `list`")
def start(repeats: int, plugins: int) -> None:
    """Wall time of `ganzoo --help`, and of `ganzoo list` with many plugins, against importing click.

    Every plugin is a distribution of its own, as long as a real one. Fails if torch is imported on the way.
    """
    before = machine()
    with TemporaryDirectory() as name:
        folder = Path(name)
        install(folder, plugins)
        plain, many = surroundings(), surroundings(PYTHONPATH=name)
        parties = {
            "import click": ([PYTHON, "-c", "import click"], plain),
            "ganzoo --help": ([PYTHON, GANZOO, "--help"], plain),
            f"ganzoo list, {plugins} plugins": ([PYTHON, GANZOO, "list"], many),
        }
        for party, (command, environment) in parties.items():
            played = play([PYTHON, "-X", "importtime", *command[1:]], folder, environment=environment)
            imported = {line.rsplit("|", 1)[-1].strip() for line in played.output.splitlines() if "|" in line}
            if "torch" in imported or "click" not in imported:
                raise click.ClickException(f"{party} imports torch, or not click")
        listed = play(parties[f"ganzoo list, {plugins} plugins"][0], folder, environment=many).output.count("made-up-")
        if listed != plugins:
            raise click.ClickException(f"ganzoo list shows {listed} of {plugins} plugins")
        rounds = [
            {party: play(command, folder, environment=env).seconds * 1000 for party, (command, env) in parties.items()}
            for _ in range(repeats)
        ]
    figures = {party: Figure(tuple(found[party] for found in rounds)) for party in parties}
    store("start", f"python -m benchmarks start --repeats {repeats}", before, figures, unit="ms")
    least = figures["import click"]
    rows = [[party, figure.text(), figure.over(least).text(2, "x")] for party, figure in figures.items()]
    click.echo(table(["command", "ms", "to import click"], rows))


def install(folder: Path, plugins: int) -> None:
    """Put so many distributions with a plugin each into a folder: copies of a bundled one under other names."""
    package = find_spec("ganzoo_plugins")
    assert package is not None, "it comes with ganzoo"
    assert package.submodule_search_locations, "it is a package"
    source = Path(package.submodule_search_locations[0], "images", "vanilla_mlp.py").read_text()
    for number in range(plugins):
        (folder / f"made_up_{number}.py").write_text(source)
        info = folder / f"ganzoo_made_up_{number}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: ganzoo-made-up-{number}\nVersion: 1.0\n")
        points = f"[ganzoo.architectures]\nmade-up-{number} = made_up_{number}\n"
        (info / "entry_points.txt").write_text(points)
