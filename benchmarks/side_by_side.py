"""`side-by-side`: the pictures of a script and of ganzoo after the same epochs, and a number for each."""

from __future__ import annotations

import ast
from contextlib import chdir
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from benchmarks.figures import Figure, machine, store, table
from benchmarks.mnist import unpack
from benchmarks.processes import GANZOO, play, surroundings

if TYPE_CHECKING:
    from torch import Tensor, nn

    from ganzoo.contract import Space

__all__ = ["side_by_side", "trained_generator"]

SAMPLES = 10_000  # of each party; the reals are as many
SHOWN = 100
SURE = 0.9  # the probability of the likeliest class from which on it is sure


@click.command()
@click.option("--baseline", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True)
@click.option("--epochs", type=click.IntRange(1), default=20, show_default=True)
@click.option("--threads", type=click.IntRange(1), default=1, show_default=True)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default="side-by-side", show_default=True)
def side_by_side(baseline: Path, epochs: int, threads: int, out: Path) -> None:
    """Train a script and vanilla-mlp on MNIST for the same epochs; show and judge what they make.

    --baseline is a script whose last statement calls its training with num_epochs=, and which makes one
    `Generator`, (N, 100) latents to (N, 784) in [-1, 1]. The numbers: the Frechet distance to the test images
    between a classifier's features (less is better), and the share of samples of whose class it is sure.
    """
    import torch

    import ganzoo
    from ganzoo.data import Request
    from ganzoo.data.idx import open_idx
    from ganzoo.judge.classifier import classifier_for
    from ganzoo.judge.frechet import frechet_distance

    torch.set_num_threads(threads)
    before = machine()
    out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as name:
        folder = Path(name)
        unpack(folder)
        raw, request = folder / "data/MNIST/raw", Request(root=None, size=28, channels=1, strict=False)
        data, held_out = (open_idx(raw / f"{part}-images-idx3-ubyte", request) for part in ("train", "t10k"))
        classifier = classifier_for(data).model
        torch.manual_seed(0)
        made = {"reals": data.real(torch.randperm(len(data))[:SAMPLES])}
        with chdir(folder):
            script = trained_generator(baseline.read_text("utf-8"), epochs)
        made["script"] = drawn(script)
        made["script, untrained"] = drawn(type(script)())
        asked = ["--data", "mnist", "--batch", "64", "--epochs", str(epochs), "--threads", str(threads), "--out", "run"]
        play([GANZOO, "train", "vanilla-mlp", *asked], folder, environment=surroundings(threads, GANZOO_DATA="data"))
        made["ganzoo"] = ganzoo.load(folder / "run").sample(SAMPLES, seed=0).tensor
        made["ganzoo, not averaged"] = ganzoo.load(folder / "run", raw=True).sample(SAMPLES, seed=0).tensor
        target, _ = seen(classifier, held_out.real(torch.arange(len(held_out))))
    found = {party: seen(classifier, images) for party, images in made.items()}
    distances = {party: Figure((frechet_distance(features, target),)) for party, (features, _) in found.items()}
    sure = {party: share for party, (_, share) in found.items()}
    save(made, data.space, out)
    command = f"python -m benchmarks side-by-side --baseline SCRIPT --epochs {epochs} --threads {threads}"
    store("side-by-side", command, before, distances, unit="Frechet distance", epochs=epochs, share_sure=sure)
    rows = [[party, f"{distances[party].median:.2f}", f"{share:.3f}"] for party, share in sure.items()]
    click.echo(table([f"after {epochs} epochs", "Frechet distance", "share that a classifier is sure of"], rows))
    click.echo(f"look at {out / 'side-by-side.png'}: the script's on the left")


def trained_generator(source: str, epochs: int) -> nn.Module:
    """The Generator of a script, trained for so many epochs: its last statement is run with num_epochs=epochs.

    Raises click.ClickException if the script has another form.
    """
    module = ast.parse(source)
    last = module.body.pop()
    if not (isinstance(last, ast.Expr) and isinstance(last.value, ast.Call)):
        raise click.ClickException("the script's last statement should call its training function")
    last.value.keywords = [ast.keyword("num_epochs", ast.Constant(epochs))]
    names: dict[str, Any] = {"__name__": "baseline"}
    exec(compile(module, "baseline", "exec"), names)
    if "Generator" not in names:
        raise click.ClickException("the script should have a class called Generator")
    kind, made = names["Generator"], list[Any]()
    build = kind.__init__

    def remembered(self: Any, *arguments: Any, **named: Any) -> None:
        made.append(self)
        build(self, *arguments, **named)

    kind.__init__ = remembered
    exec(compile(ast.fix_missing_locations(ast.Module([last], [])), "baseline", "exec"), names)
    kind.__init__ = build
    if len(made) != 1:
        raise click.ClickException(f"the script made {len(made)} generators; one is expected")
    generator: nn.Module = made[0]
    return generator


def drawn(generator: nn.Module) -> Tensor:
    """Samples (N, 1, 28, 28) of a script's generator in eval mode."""
    import torch

    with torch.no_grad():
        images: Tensor = generator.eval()(torch.randn(SAMPLES, 100))
    return images.view(-1, 1, 28, 28)


def seen(classifier: nn.Module, images: Tensor) -> tuple[Tensor, float]:
    """The classifier's features (N, F) of images, and the share of them of whose class it is sure."""
    import torch

    parts = [classifier(part) for part in images.split(1000)]
    likeliest = torch.cat([logits.softmax(1).amax(1) for _, logits in parts])
    return torch.cat([features for features, _ in parts]), float((likeliest > SURE).double().mean())


def save(made: dict[str, Tensor], space: Space, out: Path) -> None:
    """Write a grid for each party, and one picture with the script's beside ganzoo's."""
    from PIL import Image

    from ganzoo.engine.samples import Samples

    grids = {party: Samples(images[:SHOWN], space).grid() for party, images in made.items()}
    for party, grid in grids.items():
        grid.save(out / f"{party.replace(', ', '-').replace(' ', '-')}.png")
    left, right = grids["script"], grids["ganzoo"]
    both = Image.new(left.mode, (left.width + right.width + 20, left.height), 255)
    both.paste(left, (0, 0))
    both.paste(right, (left.width + 20, 0))
    both.save(out / "side-by-side.png")
