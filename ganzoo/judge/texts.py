"""Text as it is learned: how likely it is, and at the end what play has added to maximum likelihood.

A phase is a player of the generator's that stops. Nothing is remembered but the judge of the data, which is made again
when a run is resumed; what the phases reached is in the run's history.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from ganzoo.hookspecs import hookimpl

if TYPE_CHECKING:
    from ganzoo.engine.train import Run
    from ganzoo.judge.likelihood import TextJudge

__all__: list[str] = []

_REALS, _SAMPLES = 10_000, 1000  # looked at: of so many, the mean varies by some hundredths
_SHARE = 0.05  # of the time goes into looking, at most

_judges: WeakKeyDictionary[Run, TextJudge] = WeakKeyDictionary()
_next: WeakKeyDictionary[Run, float] = WeakKeyDictionary()


@hookimpl
def ganzoo_run_started(run: Run) -> None:
    """Learn what the data are like."""
    if run.space.kind != "tokens" or run.dataset is None:
        return
    import torch

    from ganzoo.judge.likelihood import TextJudge

    order = torch.randperm(len(run.dataset), generator=torch.Generator().manual_seed(0))[:_REALS]
    _judges[run] = TextJudge(run.space, run.dataset.real(order).numpy())
    _next[run] = 0.0


@hookimpl
def ganzoo_step_ended(run: Run) -> None:
    """Add `nll` to the record: at the end of every phase, and else as often as time allows."""
    if run not in _judges:
        return
    begun = time.monotonic()
    ends = any(run.step <= stop < run.step + run.log_every for _, stop in _phases(run)) or run.step == run.steps
    if ends or begun >= _next[run]:
        run.record["nll"] = _judges[run].nll(run.sample(_SAMPLES, seed=run.step).numpy())
        now = time.monotonic()
        _next[run] = now + (now - begun) / _SHARE


@hookimpl
def ganzoo_run_ended(run: Run) -> None:
    """Say how likely the texts are beside the data's, and beside what each phase had reached."""
    if run not in _judges:
        return
    judge = _judges.pop(run)
    points = [(point["step"], point["nll"]) for point in _history(run) if point.get("nll") is not None]
    said = [f"data {judge.nll_real:.3f}"]
    for name, stop in _phases(run):
        if stop < run.step and (before := [point for point in points if point[0] <= stop]):
            said.append(f"after {name} (step {before[-1][0]:,}) {before[-1][1]:.3f}")
    said.append(f"now {judge.nll(run.sample(_SAMPLES, seed=run.step).numpy()):.3f}")
    run.tell(f"step {run.step:,}: {judge.title}, nats per token: {', '.join(said)}")


def _phases(run: Run) -> list[tuple[str, int]]:
    """The name and the end of each player of the generator's that stops."""
    generator = set(run.setup.architecture.generator)
    return [
        (player.name.replace("_", " "), player.stop)
        for player in run.players
        if player.stop is not None and generator & set(player.over)
    ]


def _history(run: Run) -> list[dict[str, float]]:
    """The run's log points, as the observer `log` has written them; none without it."""
    import json

    path = run.folder / "metrics.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").split("\n")[:-1]] if path.is_file() else []
