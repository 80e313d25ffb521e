"""The Python API: train a GAN, resume a run, load a generator, judge it, list what there is."""

from __future__ import annotations

import fnmatch
import json
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganzoo import catalogue
from ganzoo.errors import UsageError
from ganzoo.settings import Settings, environment, resolve

if TYPE_CHECKING:
    from ganzoo.engine.generator import Generator
    from ganzoo.engine.listener import Listener
    from ganzoo.engine.train import Run
    from ganzoo.judge.evaluation import Evaluation

__all__ = ["evaluate", "list_models", "load", "resume", "train"]


def train(gan: str, *, listener: Listener | None = None, **settings: Any) -> Run:
    """Train a GAN and return the finished run; keywords are the flags of `ganzoo train` with underscores.

    gan: the name of an installed one, or a plugin's file, "./my_gan.py". None is as if it were not given.
    options={...} are the GAN's hyper-parameters. Raises UsageError that lists every mistake, DataError, PluginError,
    Diverged, and Stopped after Ctrl-C (the run is saved then).
    """
    given = {name: value for name, value in settings.items() if value is not None}
    resolved = resolve([("environment", environment()), ("call", {"gan": gan, **given})])
    from ganzoo.engine.runs import start  # imports torch

    return start(resolved, listener)


def resume(
    target: str | Path = "latest",
    *,
    steps: int | None = None,
    minutes: float | None = None,
    device: str | None = None,
    data: str | Path | None = None,
    source: str | Path | None = None,
    data_root: str | Path | None = None,
    plugin: str | None = None,
    listener: Listener | None = None,
) -> Run:
    """Go on with a run from its newest good checkpoint and return it when it is finished.

    target: the run's folder, a file in it, its name, or `latest`. steps: a new end. minutes: the time after
    which to stop. device: another than before. data, source, data_root: where they are now, if they have moved.
    plugin: the GAN to go on with, a name or a file, where its one-file plugin has moved or changed. Raises UsageError,
    CheckpointError if no checkpoint verifies or such a file is gone or has changed, DataError if the data have changed.
    """
    from ganzoo.engine.runs import go_on

    changes: dict[str, Any] = {"gan": plugin, "steps": steps, "minutes": minutes, "device": device}
    changes |= {"data": data, "source": source, "data_root": data_root}
    return go_on(target, {name: value for name, value in changes.items() if value is not None}, listener)


def load(
    target: str | Path = "latest",
    *,
    step: int | None = None,
    raw: bool = False,
    plugin: str | None = None,
    revision: str = "",
    tell: Callable[[str], None] = warnings.warn,
) -> Generator:
    """A generator, ready to sample: `ganzoo.load("runs/dcgan-mnist-001").sample(16, seed=0)`.

    target: a run (folder, name or `latest`), a checkpoint file, a name of the registry, `file:FOLDER` of a local zoo,
    a model's folder, or `user/repo` on the Hub, the last three with `@revision` or revision=; ganzoo.hub.address has
    the order. step: that checkpoint of the run. raw: the run's weights themselves, not their moving average.
    plugin: the GAN to load it with, a name or a file, where its one-file plugin has moved or changed.
    tell: is given lines about what is unverified, deprecated or only cached, by default warnings.
    Raises UsageError, CheckpointError, ModelError, NetworkError.
    """
    from ganzoo.hub import address as places

    address = places.resolve(target, revision)
    if isinstance(address, places.Run | places.Checkpoint):
        from ganzoo.engine.model import from_run

        return from_run(address.path, step=step, raw=raw, named=plugin)
    if step is not None or raw:
        raise UsageError(f"{target} is a published model: it has one step, and no weights but the published ones")
    from ganzoo.hub.fetch import fetched
    from ganzoo.hub.load import read

    found = fetched(address, tell)
    return read(found.folder, found.pins, named=plugin, tell=tell)


def evaluate(
    target: str | Path | Run | Generator = "latest",
    *,
    data: str | Path | None = None,
    data_root: str | Path | None = None,
    source: str | Path | None = None,
    degrade: str | None = None,
    n: int = 10_000,
    seed: int = 0,
    metrics: str | Sequence[str] = (),
    extractor: str | None = None,
    device: str = "auto",
    step: int | None = None,
    raw: bool = False,
    plugin: str | None = None,
    tell: Callable[[str], None] | None = None,
) -> Evaluation:
    """Judge n samples of a generator against real ones, and write metrics.json into its run's folder if it has one.

    target, step, raw, plugin: as `load` takes them, or a run or a generator. data: as --data, by default what
    it was trained on; of a translation, source and degrade too. metrics: names of the group `ganzoo.metrics`, by
    default all that fit. extractor: raw, classifier or inception, by default what suits the data. tell: is given lines
    on what is being done. Raises UsageError for too few samples and for what does not fit, DataError, CheckpointError.
    """
    from ganzoo.engine.device import choose
    from ganzoo.engine.files import write_whole
    from ganzoo.engine.generator import Generator
    from ganzoo.hub.address import run_of
    from ganzoo.judge.evaluation import evaluate_generator, open_reals

    if isinstance(target, Generator):
        folder, generator = None, target
    else:
        place = target if isinstance(target, str | Path) else target.folder
        folder = run_of(place)
        generator = load(place, step=step, raw=raw, plugin=plugin, tell=tell or warnings.warn)
    before = Settings.from_toml(folder.config.read_text("utf-8")) if folder else None
    name = str(data or "") or (before.data if before else generator.about.get("dataset"))
    root = data_root or (before.data_root if before else None)
    if before and not (data or source or degrade):
        source = before.source
    reals = open_reals(generator, name, root, source=str(source or "") or None, degrade=degrade)
    if tell and generator.space.source and not data:
        tell(f"{reals.name} is what it learned from; --data NAME|PATH judges it on what it has not seen")
    generator = generator.to(choose(device))
    names = [metrics] if isinstance(metrics, str) else metrics
    found = evaluate_generator(generator, reals, n=n, seed=seed, metrics=names, extractor=extractor, tell=tell)
    if folder:
        path = folder.path / "metrics.json"
        try:
            write_whole(path, (json.dumps(found.to_dict(), indent=2) + "\n").encode())
        except OSError as error:  # the numbers are worth more than the file
            (tell or warnings.warn)(f"{path} could not be written: {error.strerror}")
        else:
            if tell:
                tell(f"saved {path}")
    return found


def list_models(pattern: str = "*", *, pretrained: bool = False) -> list[str]:
    """The names of the installed GANs that match a pattern such as `*gan*`; pretrained: of the registry's models."""
    if pretrained:
        from ganzoo.hub import registry

        return fnmatch.filter(registry.read().names(), pattern)
    return fnmatch.filter(catalogue.names(), pattern)
