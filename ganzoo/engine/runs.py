"""Runs in their folders: begun, and gone on with from the newest good checkpoint; by one process or by several."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganzoo.engine.checkpoint import newest, steps_in
from ganzoo.engine.files import write_whole
from ganzoo.engine.folder import Followed, RunFolder, create, find, find_launched, launch
from ganzoo.engine.origin import refuse_changed_file
from ganzoo.engine.processes import Processes, join
from ganzoo.engine.setup import prepare
from ganzoo.engine.train import Run
from ganzoo.errors import GanzooError, UsageError
from ganzoo.places import brief, lasting, word
from ganzoo.settings import Resolved, Settings, environment, resolve

if TYPE_CHECKING:
    from ganzoo.engine.listener import Listener

__all__ = ["go_on", "start"]

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


def start(resolved: Resolved, listener: Listener | None = None) -> Run:
    """Play a new run to its end. With `out` naming a run of the same configuration and data, go on with that one.

    Raises UsageError if `out` is anything else that exists.
    """
    out = resolved.settings.out
    processes = join()
    if processes.leads:
        out = out or str(find_launched(launch()) or "") or None  # torchrun has started this run's processes again
        if out and Path(out).exists() and not RunFolder(Path(out)).config.is_file():
            raise UsageError(f"--out {out} exists and is not a run of ganzoo; choose another folder")
    begun = processes.text_from_leader(out if processes.leads and out and Path(out).exists() else "")
    origin = resolved.settings.start_from or ""
    if origin and not origin.endswith(".safetensors") and not (begun and origin == "latest"):
        with processes.leader_first():
            found = str(find(origin).path)  # kept instead of `latest`, which a new run will be
        resolved = replace(resolved, settings=replace(resolved.settings, start_from=found))
    if begun:
        folder = _folder(begun, processes)
        if processes.leads:
            refuse_changed_file(folder)
        return _go_on(folder, resolved, processes, listener, same=True)
    setup = prepare(resolved, processes)
    path = create(out, setup.entry.name, setup.settings.data or "").path if processes.leads else ""
    folder = _folder(processes.text_from_leader(str(path)), processes)
    folder.lock()
    try:
        if processes.leads:
            write_whole(folder.config, setup.settings.to_toml().encode())
        run = Run(setup, folder, listener if processes.leads else None)
        run.make_recordings()
        run.play()
    finally:
        folder.unlock()
    return run


def go_on(target: str | Path, asked: Mapping[str, Any], listener: Listener | None = None) -> Run:
    """Go on with a run from its newest good checkpoint. asked: settings that are others now, by name.

    Raises UsageError, CheckpointError if no checkpoint verifies or the GAN's file is gone or has changed, DataError
    if the data have changed.
    """
    processes = join()
    folder = _folder(processes.text_from_leader(str(find(target).path) if processes.leads else ""), processes)
    config = json.loads(processes.text_from_leader(json.dumps(_config(folder)) if processes.leads else "{}"))
    known = {name: value for name, value in config.items() if name != "start_from"}  # long since copied
    if processes.leads and "gan" not in asked:
        refuse_changed_file(folder)
    resolved = resolve([("environment", environment()), ("config.toml", known), ("call", asked)])
    return _go_on(folder, resolved, processes, listener, same=False)


def _folder(path: str, processes: Processes) -> RunFolder:
    """The run's folder for this process: only the leader writes into it."""
    return RunFolder(Path(path)) if processes.leads else Followed(Path(path))


def _go_on(
    folder: RunFolder, resolved: Resolved, processes: Processes, listener: Listener | None, *, same: bool
) -> Run:
    """Play a run on from its newest good checkpoint. same: refuse if its configuration is another."""
    text = folder.config.read_text("utf-8") if processes.leads else ""
    before = Settings.from_toml(processes.text_from_leader(text))
    setup = prepare(_as_before(before, resolved), processes)
    folder.lock()
    try:
        if same:
            with processes.leader_first():
                _refuse_difference(folder, before, setup.settings)
        run = Run(setup, folder, listener if processes.leads else None)
        saved = None
        skipped: list[str] = []
        # without any checkpoint, it was killed before it saved its start
        if processes.leads and (not same or steps_in(folder.checkpoints)):
            saved, skipped = newest(folder.checkpoints)
        if not saved or saved.step < run.steps:
            run.make_recordings()
        if processes.text_from_leader("saved" if saved else ""):
            run.load(saved)
        now = setup.settings
        if processes.leads and not same and run.step > run.steps:
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
