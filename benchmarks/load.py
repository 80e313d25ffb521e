"""`load`: how long a published generator takes from nothing to its first samples, beside importing torch."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import click

from benchmarks.figures import Figure, machine, store, table
from benchmarks.processes import GANZOO, PYTHON, play, surroundings

__all__ = ["load"]

NAME = "file:./zoo/me/gan"
LOAD = f"import ganzoo, sys; ganzoo.load({NAME!r}).sample(16, seed=0).save(sys.argv[1], force=True)"
NOT_NEEDED = ("huggingface_hub", "matplotlib", "sklearn", "sympy", "torchvision")


@click.command()
@click.option("--repeats", type=click.IntRange(1), default=7, show_default=True, help="rounds: A B C A B C ...")
def load(repeats: int) -> None:
    """Wall time of loading vanilla-mlp from a local zoo and drawing 16 samples, in Python and by `ganzoo sample`.

    Fails if a library is imported on the way that this does not need.
    """
    before = machine()
    with TemporaryDirectory() as name:
        folder = Path(name)
        plain = surroundings(threads=1)
        play([GANZOO, "train", "vanilla-mlp", "--steps", "1", "--out", "run", "-q"], folder, environment=plain)
        play([GANZOO, "publish", "run", NAME, "-q"], folder, environment=plain)
        parties = {
            "import torch": [PYTHON, "-c", "import torch"],
            "ganzoo.load, sample, save": [PYTHON, "-c", LOAD, "a.png"],
            "ganzoo sample": [GANZOO, "sample", NAME, "--out", "b.png", "--force", "-q"],
        }
        for party, (program, *arguments) in parties.items():
            watched = [PYTHON, "-X", "importtime", *([program] if program == GANZOO else []), *arguments]
            lines = play(watched, folder, environment=plain).output.splitlines()
            imported = {line.rsplit("|", 1)[-1].strip() for line in lines if "|" in line}
            if found := imported & set(NOT_NEEDED):
                raise click.ClickException(f"{party} imports {', '.join(sorted(found))}")
        rounds = [
            {party: play(command, folder, environment=plain).seconds for party, command in parties.items()}
            for _ in range(repeats)
        ]
    figures = {party: Figure(tuple(found[party] for found in rounds)) for party in parties}
    store("load", f"python -m benchmarks load --repeats {repeats}", before, figures, unit="s")
    least = figures["import torch"]
    rows = [[party, figure.text(2), figure.over(least).text(2, "x")] for party, figure in figures.items()]
    click.echo(table(["process", "s", "to import torch"], rows))
