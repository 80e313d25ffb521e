"""The hooks: what a plugin may answer, and when each is called. Importable without torch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from ganzoo.contract import Architecture
    from ganzoo.data import Dataset, Request, Summary
    from ganzoo.engine.train import Run
    from ganzoo.judge.metric import Metric
    from ganzoo.settings import Settings

__all__ = ["PROJECT", "hookimpl", "hookspec"]

PROJECT = "ganzoo"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec(firstresult=True)
def ganzoo_architecture() -> Architecture:
    """Return the GAN. Called once, when its name was chosen. Group `ganzoo.architectures`."""


@hookspec(firstresult=True)
def ganzoo_dataset(request: Request) -> Dataset:
    """Return the data set. Called once, when its name was chosen. Group `ganzoo.datasets`.

    request says what was asked: the folder for downloads, the size and the channels (None: as they are).
    """


@hookspec(firstresult=True)
def ganzoo_dataset_summary(root: Path) -> Summary:
    """Return the data set's line in `ganzoo datasets`, without importing torch. Group `ganzoo.datasets`.

    Called once per listing. root is the folder in which downloads live; nothing is downloaded or written.
    """


@hookspec(firstresult=True)
def ganzoo_metric() -> Metric:
    """Return the metric. Called once per judgement that may use it. Group `ganzoo.metrics`."""


@hookspec
def ganzoo_observer(settings: Settings) -> object | None:
    """Return an object whose methods answer the hooks below for this run alone, in place of the module; or None.

    Called once, when a run is prepared and nothing is written yet. Group `ganzoo.observers`. A UsageError ends
    the run there, as where `settings.report_to` asks for an observer that lacks a library.
    """


@hookspec
def ganzoo_run_started(run: Run) -> None:
    """Called once when a run, new or resumed, is about to play its first step. Group `ganzoo.observers`."""


@hookspec
def ganzoo_step_ended(run: Run) -> None:
    """Called at log points: after the first step, every few steps, and after the last. Group `ganzoo.observers`.

    `run.step` steps are done; `run.record` holds the means since the last log point. An observer reads; it
    must not move weights. Draws are allowed: the engine seeds every turn anew.
    """


@hookspec
def ganzoo_checkpoint_saved(run: Run, path: Path) -> None:
    """Called after a checkpoint is safely on disk. Group `ganzoo.observers`."""


@hookspec
def ganzoo_run_ended(run: Run) -> None:
    """Called once when the run has played its last step or was stopped. Group `ganzoo.observers`."""
