"""Looks at the game as it is played: the discriminator's AUC, the modes found, now and then a verdict."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from ganzoo.hookspecs import hookimpl
from ganzoo.judge.auc import auc
from ganzoo.judge.modes import coverage
from ganzoo.judge.verdict import Judge, Probe

if TYPE_CHECKING:
    from ganzoo.engine.train import Run

__all__: list[str] = []

_SCORES = 256  # reals and fakes for one AUC: its standard error is then below .03
_SAMPLES = 2500  # for mode coverage, as in PacGAN
_SHARE = 0.01  # of the time goes into probes, at most
_FIRST_WORD = 60.0  # seconds until the first verdict; the gap doubles after each


@dataclass
class _Watch:
    """When a run is probed and spoken of next, in seconds of the monotonic clock."""

    judge: Judge
    probe_at: float
    speak_at: float
    change_at: float
    gap: float = _FIRST_WORD
    said: str = ""


_watches: WeakKeyDictionary[Run, _Watch] = WeakKeyDictionary()


@hookimpl
def ganzoo_run_started(run: Run) -> None:
    """Start judging afresh, also where a run is resumed."""
    now = time.monotonic()
    modes = len(run.space.details.get("modes", ()))
    _watches[run] = _Watch(Judge(modes), probe_at=now, speak_at=now + _FIRST_WORD, change_at=now + _FIRST_WORD)


@hookimpl
def ganzoo_step_ended(run: Run) -> None:
    """Add `auc`, `modes` and `high_quality` to the record, unless the last probe was too dear to repeat."""
    watch, begun = _watches[run], time.monotonic()
    if begun < watch.probe_at and run.step < run.steps:
        return
    watch.judge.see(_probe(run))
    now = time.monotonic()
    watch.probe_at = now + (now - begun) / _SHARE
    assessment = watch.judge.assessment()
    if now >= watch.speak_at or (now >= watch.change_at and assessment != watch.said):
        _speak(run, watch)
        watch.gap *= 2
        watch.speak_at, watch.change_at = now + watch.gap, now + _FIRST_WORD


@hookimpl
def ganzoo_run_ended(run: Run) -> None:
    """Speak the last verdict."""
    _speak(run, _watches.pop(run))


def _probe(run: Run) -> Probe:
    """Look once, and write what was seen into the run's record."""
    scores, details = run.scores(_SCORES), run.space.details
    if scores is not None:
        run.record["auc"] = auc(*scores)
    if "modes" in details:
        found = coverage(run.sample(_SAMPLES, seed=run.step).tensor, details["modes"], details["std"])
        run.record |= {"modes": found.covered, "high_quality": found.high_quality}
    movers = [player.name for player in run.players if set(player.over) & set(run.setup.architecture.generator)]
    return Probe(
        step=run.step,
        auc=run.record.get("auc"),
        gradient=run.record.get(f"{movers[-1]}/gradient") if movers else None,
        modes=found.covered if "modes" in details else None,
    )


def _speak(run: Run, watch: _Watch) -> None:
    facts = watch.judge.facts()
    if facts:
        watch.said = watch.judge.assessment()
        run.tell(f"step {run.step:,}: {facts}, {watch.said}")
