"""What a generator draws, as files: samples written as they are made, and a walk through its latents."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import monotonic

from ganzoo.engine.generator import Generator
from ganzoo.engine.pictures import FRAMES, save_animation
from ganzoo.engine.samples import refuse_to_overwrite
from ganzoo.engine.streaming import stream_to_array, stream_to_files, tell_how_far
from ganzoo.errors import UsageError

__all__ = ["save_many", "save_walk"]

_MILLISECONDS = 80  # for each picture of a walk


def save_many(
    generator: Generator,
    n: int,
    path: Path,
    *,
    files: bool,
    seed: int = 0,
    labels: Sequence[int | str] | None = None,
    where: Mapping[str, str] | None = None,
    force: bool = False,
    tell: Callable[[str], None] | None = None,
) -> float:
    """Write n samples as they are made, however many memory would hold; how many a second.

    files: into a folder, one file each, else into one .npz file. seed, labels, where: as `Generator.sample` takes them.
    tell: is given a line now and then where it takes long.
    Raises UsageError as that does, and as `stream_to_files` and `stream_to_array` do.
    """
    begun, write = monotonic(), stream_to_files if files else stream_to_array
    batches = generator.stream(n, seed=seed, labels=labels, where=where)
    if tell:
        batches = tell_how_far(tell, batches, n)
    write(batches, n, generator.space, path, force=force)
    return n / max(monotonic() - begun, 1e-9)


def save_walk(generator: Generator, path: Path, *, seed: int = 0, force: bool = False) -> Path:
    """Write `Generator.walk` as a WebP animation; the path.

    Raises UsageError if the file exists (unless `force`), has another ending, or if the GAN has no walk.
    """
    if path.suffix.lower() != ".webp":
        raise UsageError(f"cannot save an animation as {path.name!r}; known endings: .webp")
    refuse_to_overwrite([path], force)
    return save_animation([frame.grid() for frame in generator.walk(FRAMES, seed=seed)], path, _MILLISECONDS)
