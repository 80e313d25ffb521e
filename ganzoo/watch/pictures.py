"""The pictures of a run: reals, samples at fixed z as it plays, at the end an animation and the report.

Nothing is remembered between calls but what is in the run's folder, so a resumed run goes on where it was.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from ganzoo.engine.files import write_whole
from ganzoo.engine.pictures import FRAMES, evenly, picture_bytes, save_animation
from ganzoo.engine.samples import PICTURED, Samples, side_by_side
from ganzoo.hookspecs import hookimpl
from ganzoo.watch.plots import save_plots
from ganzoo.watch.report import save_report

if TYPE_CHECKING:
    from torch import Tensor

    from ganzoo.engine.train import Run

__all__ = ["frames"]

_POINTS = 1000  # vectors or rows in a picture
_ANIMATION_BYTES = 1_000_000


def frames(folder: Path) -> list[Path]:
    """The pictures of the samples at fixed z in a run's folder, oldest first; a file's name is its step."""
    return sorted((folder / "samples").glob("[0-9]*.png"), key=lambda path: int(path.stem))


@hookimpl
def ganzoo_run_started(run: Run) -> None:
    """Show the data and the untrained generator; forget pictures past the checkpoint of a resumed run."""
    if run.space.kind not in PICTURED:
        return
    for path in frames(run.folder):
        if int(path.stem) > run.step:
            path.unlink()
    reals, first = run.folder / "reals.png", run.folder / "samples" / "000000.png"
    if not reals.exists():
        Samples(_reals(run), run.space).save(reals)
    if run.step == 0:
        _draw(run, first)
        run.tell(f"see     {reals}, samples/{first.name} (untrained)")


@hookimpl
def ganzoo_step_ended(run: Run) -> None:
    """At picture points, show the samples at fixed z."""
    if run.due_for_picture and run.space.kind in PICTURED:
        _draw(run, run.folder / "samples" / f"{run.step:06d}.png")


@hookimpl
def ganzoo_run_ended(run: Run) -> None:
    """Write samples.png, progress.webp, the plots, and the page that shows them all."""
    if run.space.kind in PICTURED:
        _draw(run, run.folder / "samples.png")
    if chosen := evenly(frames(run.folder), FRAMES):
        pictures = [Image.open(path) for path in chosen]
        save_animation(pictures, run.folder / "progress.webp", 100, limit=_ANIMATION_BYTES)
    save_report(run, save_plots(run))


def _count(run: Run) -> int:
    """How many samples a picture shows: points and rows by the thousand, big images fewer than small ones."""
    if run.space.kind in ("vector", "table"):
        return _POINTS
    if run.space.source:
        return 24
    return 64 if run.space.kind == "image" and max(run.space.shape[1:]) <= 64 else 16


def _reals(run: Run) -> Tensor:
    """Samples of the data (n, *shape), drawn once and for all, the same in every run."""
    import torch

    assert run.dataset is not None, "only games without samples have no data"
    count = len(run.dataset)
    index = torch.randperm(count, generator=torch.Generator().manual_seed(0))[: _count(run)]
    return run.dataset.real(index)


def _draw(run: Run, path: Path) -> None:
    """Draw the averaged generator's samples at the run's fixed z, vectors and rows with the data behind them.

    Of a translation of pictures: source and translation, and the target where there is one, next to each other.
    """
    made = Samples(run.fixed(_count(run)), run.space, _reals(run) if run.space.kind in ("vector", "table") else None)
    if run.space.source is None or run.space.kind != "image":
        made.save(path, force=True)
        return
    parts = [Samples(run.sources(len(made)), run.space.source), made]
    if run.dataset is not None and not run.dataset.unpaired:
        parts.append(Samples(_reals(run), run.space))
    write_whole(path, picture_bytes(side_by_side(parts), ".png"))
