"""`ganzoo sample`: draw samples from a trained generator into a new picture."""

from __future__ import annotations

from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ganzoo.errors import UsageError
from ganzoo.plurals import many

if TYPE_CHECKING:
    from ganzoo.engine.generator import Generator

__all__ = ["sample"]

_FRAMES, _MILLISECONDS = 60, 80  # of an animation
_TOLD_FROM = 1000  # samples, whose pace is worth a line


@click.command(
    epilog="""\b
Examples:
  ganzoo sample latest -n 16
  ganzoo sample runs/dcgan-mnist-001 --step 2000 --seed 7 --out digits.png
  ganzoo sample latest -n 50000 --files --out pictures --device auto
  ganzoo sample latest --walk
  ganzoo sample latest -n 1000 --where species=setosa --out rows.csv
  ganzoo sample runs/seqgan-oracle-001 -n 1000 --out lines.txt
  ganzoo sample file:./my-zoo/me/my-gan -n 64
"""
)
@click.argument("target", default="latest", type=click.Path())
@click.option("-n", "number", type=click.IntRange(1), default=16, show_default=True, help="samples to draw")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="equal seeds, equal samples")
@click.option("--step", type=click.IntRange(0), metavar="N", help="the run's checkpoint of this step")
@click.option("--labels", metavar="A,B,...", help="classes to draw, by name or number, repeated to -n")
@click.option("--where", "conditions", multiple=True, metavar="COLUMN=VALUE", help="of a table: rows that hold it")
@click.option("--walk", is_flag=True, help="an animation of a walk through the latent space")
@click.option("--files", is_flag=True, help="one file per sample, in a new folder")
@click.option(
    "--out", type=click.Path(path_type=Path), help="the file (.png, .webp, .jpg, .csv, .wav, .txt, .npz) or folder"
)
@click.option(
    "--device",
    default="cpu",
    show_default=True,
    help="or auto, cuda, cuda:N, mps, xpu: faster for many samples, and other ones for the same seed",
)
@click.option("--force", is_flag=True, help="overwrite what is there")
@click.option("--raw-weights", is_flag=True, help="the weights as they are, not their moving average")
@click.option("--plugin", metavar="NAME|FILE", help="the GAN, where its one-file plugin has moved or changed")
@click.option("--revision", default="", metavar="REV", help="of a published model: a branch, tag or commit")
@click.option("-q", "--quiet", is_flag=True, help="print nothing")
def sample(
    target: str,
    number: int,
    seed: int,
    step: int | None,
    labels: str | None,
    conditions: tuple[str, ...],
    walk: bool,
    files: bool,
    out: Path | None,
    device: str,
    force: bool,
    raw_weights: bool,
    plugin: str | None,
    revision: str,
    quiet: bool,
) -> None:
    """Draw samples from a trained generator.

    TARGET is a run (`latest`, its folder or name), a checkpoint, a name of `ganzoo models`, a model in a local zoo
    (file:FOLDER), or user/repo on the Hub. The picture is a new file in the run's folder, or here if there is none,
    and its path is printed; of texts, the lines are printed.
    """
    if walk and (files or labels or conditions):
        raise UsageError("--walk goes with none of --files, --labels and --where")
    where = _asked(conditions)
    from ganzoo import api
    from ganzoo.engine.room import fitting

    tell = partial(click.echo, err=True)
    generator = api.load(target, step=step, raw=raw_weights, plugin=plugin, revision=revision, tell=tell)
    if device != "cpu":
        from ganzoo.engine.device import choose

        generator = generator.to(choose(device))
    rate = 0.0
    if walk:
        from ganzoo.engine.pictures import save_animation
        from ganzoo.engine.samples import refuse_to_overwrite

        path = out or _new(target, "walk", ".webp")
        if path.suffix.lower() != ".webp":
            raise UsageError(f"cannot save an animation as {path.name!r}; known endings: .webp")
        refuse_to_overwrite([path], force)
        frames = generator.walk(_FRAMES, seed=seed)
        save_animation([frame.grid() for frame in frames], path, _MILLISECONDS)
    else:
        chosen = [label.strip() for label in labels.split(",")] if labels is not None else None
        what: dict[str, Any] = {"seed": seed, "labels": chosen, "where": where}
        advice = "ask for fewer, or write them as they are drawn: --out NAME.npz or --files"
        with fitting(f"drawing {many(number, 'sample')} of {generator.name}", generator.device, advice):
            if files or (out and out.suffix.lower() == ".npz"):
                path = out or _new(target, "sample", "")
                rate = _stream(generator, number, what, path, files=files, force=force)
            else:
                samples = generator.sample(number, **what)
                if generator.space.kind == "tokens" and not out:
                    click.echo("\n".join(samples.lines))
                    return
                path = samples.save(out or _new(target, "sample", samples.suffix), force=force)
    if not quiet:
        click.echo(path)
        if number >= _TOLD_FROM and rate:
            tell(f"{many(number, 'sample')}, {rate:,.0f} a second")


def _asked(conditions: tuple[str, ...]) -> dict[str, str]:
    """Values by column. Raises UsageError for what is no COLUMN=VALUE, and for two values of one column."""
    pairs = [condition.partition("=") for condition in conditions]
    names = [name for name, _, _ in pairs]
    mistakes = [f"--where {name}: expected COLUMN=VALUE" for name, equals, _ in pairs if not equals]
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    mistakes += [f"--where {name}=... is given {names.count(name)} times; a row has one value of it" for name in twice]
    if mistakes:
        raise UsageError(*mistakes)
    return {name: value for name, _, value in pairs}


def _stream(generator: Generator, number: int, what: dict[str, Any], path: Path, *, files: bool, force: bool) -> float:
    """Write the samples as they are made; how many a second."""
    from time import monotonic

    from ganzoo.engine.streaming import stream_to_array, stream_to_files

    begun, write = monotonic(), stream_to_files if files else stream_to_array
    write(generator.stream(number, **what), number, generator.space, path, force=force)
    return number / max(monotonic() - begun, 1e-9)


def _new(target: str, stem: str, suffix: str) -> Path:
    """A path that is free: in the run's folder, or here for what is in no run."""
    from ganzoo.hub.address import run_of

    run = run_of(target)
    folder = run.path if run else Path()
    return next(path for number in count(1) if not (path := folder / f"{stem}-{number:03d}{suffix}").exists())
