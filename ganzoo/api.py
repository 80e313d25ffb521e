"""The Python API: train a GAN, resume a run, load a generator, judge it, list what there is."""

from __future__ import annotations

import fnmatch
import json
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganzoo import catalogue
from ganzoo.errors import GanzooError, UsageError
from ganzoo.places import brief, lasting, word
from ganzoo.settings import Resolved, Settings, environment, resolve

if TYPE_CHECKING:
    from ganzoo.engine.folder import RunFolder
    from ganzoo.engine.generator import Generator
    from ganzoo.engine.listener import Listener
    from ganzoo.engine.processes import Processes
    from ganzoo.engine.train import Run
    from ganzoo.judge.evaluation import Evaluation

__all__ = ["evaluate", "list_models", "load", "resume", "start", "train"]

# What may differ between a run and the command that goes on with it: neither changes what is computed.
_FREE = {
    "out",
    "threads",
    "device",
    "data_root",
    "strict",
    "keep",
    "checkpoint_every",
    "log_every",
    "sample_every",
    "minutes",
    "report_to",
}


def train(gan: str, *, listener: Listener | None = None, **settings: Any) -> Run:
    """Train a GAN and return the finished run; keywords are the flags of `ganzoo train` with underscores.

    gan: the name of an installed one, or a plugin's file, "./my_gan.py". None is as if it were not given.
    options={...} are the GAN's hyper-parameters. Raises UsageError that lists every mistake, DataError, PluginError,
    Diverged, and Stopped after Ctrl-C (the run is saved then).
    """
    given = {name: value for name, value in settings.items() if value is not None}
    return start(resolve([("environment", environment()), ("call", {"gan": gan, **given})]), listener)


def start(resolved: Resolved, listener: Listener | None = None) -> Run:
    """Play a new run to its end. With `out` naming a run of the same configuration and data, go on with that one.

    Raises UsageError if `out` is anything else that exists.
    """
    from ganzoo.engine.files import write_whole
    from ganzoo.engine.folder import RunFolder, create, find, find_launched, launch
    from ganzoo.engine.origin import refuse_changed_file
    from ganzoo.engine.processes import join
    from ganzoo.engine.setup import prepare
    from ganzoo.engine.train import Run

    out = resolved.settings.out
    processes = join()
    if processes.leads:
        out = out or str(find_launched(launch()) or "") or None  # torchrun has started this run's processes again
        if out and Path(out).exists() and not RunFolder(Path(out)).config.is_file():
            raise UsageError(f"--out {out} exists and is not a run of ganzoo; choose another folder")
    if begun := processes.text_from_leader(out if processes.leads and out and Path(out).exists() else ""):
        folder = _folder(begun, processes)
        if processes.leads:
            refuse_changed_file(folder)
        return _go_on(folder, resolved, processes, listener, same=True)
    if (origin := resolved.settings.start_from) and not origin.endswith(".safetensors"):
        found = str(find(origin).path)  # kept instead of `latest`, which this run will be
        resolved = replace(resolved, settings=replace(resolved.settings, start_from=found))
    setup = prepare(resolved, processes)
    path = create(out, setup.entry.name, setup.settings.data or "").path if processes.leads else ""
    folder = _folder(processes.text_from_leader(str(path)), processes)
    folder.lock()
    try:
        if processes.leads:
            write_whole(folder.config, setup.settings.to_toml().encode())
        run = Run(setup, folder, listener if processes.leads else None)
        run.play()
    finally:
        folder.unlock()
    return run


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
    from ganzoo.engine.folder import find
    from ganzoo.engine.origin import refuse_changed_file
    from ganzoo.engine.processes import join

    processes = join()
    folder = _folder(processes.text_from_leader(str(find(target).path) if processes.leads else ""), processes)
    changes: dict[str, Any] = {"gan": plugin, "steps": steps, "minutes": minutes, "device": device}
    changes |= {"data": data, "source": source, "data_root": data_root}
    asked = {name: value for name, value in changes.items() if value is not None}
    config = json.loads(processes.text_from_leader(json.dumps(_config(folder)) if processes.leads else "{}"))
    known = {name: value for name, value in config.items() if name != "start_from"}  # long since copied
    if processes.leads and not plugin:
        refuse_changed_file(folder)
    resolved = resolve([("environment", environment()), ("config.toml", known), ("call", asked)])
    return _go_on(folder, resolved, processes, listener, same=False)


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


def _folder(path: str, processes: Processes) -> RunFolder:
    """The run's folder for this process: only the leader writes into it."""
    from ganzoo.engine.folder import Followed, RunFolder

    return RunFolder(Path(path)) if processes.leads else Followed(Path(path))


def _go_on(
    folder: RunFolder, resolved: Resolved, processes: Processes, listener: Listener | None, *, same: bool
) -> Run:
    """Play a run on from its newest good checkpoint. same: refuse if its configuration is another."""
    from ganzoo.engine.checkpoint import newest, steps_in
    from ganzoo.engine.files import write_whole
    from ganzoo.engine.setup import prepare
    from ganzoo.engine.train import Run

    text = folder.config.read_text("utf-8") if processes.leads else ""
    before = Settings.from_toml(processes.text_from_leader(text))
    setup = prepare(_as_before(before, resolved), processes)
    folder.lock()
    try:
        if same:
            _refuse_difference(folder, before, setup.settings)
        run = Run(setup, folder, listener if processes.leads else None)
        saved = None
        skipped: list[str] = []
        # without any checkpoint, it was killed before it saved its start
        if processes.leads and (not same or steps_in(folder.checkpoints)):
            saved, skipped = newest(folder.checkpoints)
        if processes.text_from_leader("saved" if saved else ""):
            run.load(saved)
        now = setup.settings
        if not same and run.step > run.steps:
            raise UsageError(f"--steps {run.steps}: {folder.path} is at step {run.step} already; type a greater number")
        changed = replace(
            before, steps=now.steps, gan=now.gan, data=now.data, source=now.source, data_root=now.data_root
        )
        if processes.leads and changed != before:
            write_whole(folder.config, changed.to_toml().encode())
        for line in skipped:
            run.tell(line)
        if run.step < run.steps:
            run.tell(f"going on from step {run.step:,} of {run.steps:,}")
            run.play()
        else:
            run.write_model()  # it may have been stopped just before
            further = f"ganzoo resume {word(folder.path)} --steps N"
            run.tell(f"{folder.path} is finished at step {run.step:,}; to go on: {further}")
            run.exit_reason = "done"
    finally:
        folder.unlock()
    return run


def _config(folder: RunFolder) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(folder.config.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise GanzooError(f"{folder.config} cannot be read: {error}") from None


def _as_before(before: Settings, resolved: Resolved) -> Resolved:
    """The same settings with the threads and the shards that the run was started with, where none are asked for.

    Threads decide in which order sums are made, and so the last bits of every result; shards which draws are made.
    The latest run to start from is what was the latest when this one was begun.
    """
    now = resolved.settings
    threads, shards = now.threads or before.threads, now.shards or before.shards
    origin = before.start_from if now.start_from == "latest" else now.start_from
    return replace(resolved, settings=replace(now, threads=threads, shards=shards, start_from=origin))


def _refuse_difference(folder: RunFolder, before: Settings, now: Settings) -> None:
    """Raises UsageError if the settings are others. Data that have moved are told apart by their fingerprint later."""
    before = lasting(before)  # a run of an earlier version may hold paths as they were typed
    names = [name for name in before.__dataclass_fields__ if name not in _FREE]

    def compared(settings: Settings, name: str) -> Any:
        value = getattr(settings, name)
        return brief(value) if name in ("data", "source") else value

    other = [name for name in names if compared(before, name) != compared(now, name)]
    if other:
        texts = (f"{name} was {getattr(before, name)}, now {getattr(now, name)}" for name in other)
        raise UsageError(
            f"--out {folder.path} holds a run of another configuration ({'; '.join(texts)}); choose another folder, "
            f"or go on with it as it was: ganzoo resume {word(folder.path)}"
        )
