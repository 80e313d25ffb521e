"""The run: plays the game step by step, and saves, logs, goes back and stops as it must."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import torch
from torch import Tensor

from ganzoo.counted import counted
from ganzoo.engine import checkpoint
from ganzoo.engine.divergence import Watch
from ganzoo.engine.folder import RunFolder, now
from ganzoo.engine.generator import Generator
from ganzoo.engine.listener import Listener
from ganzoo.engine.means import Means
from ganzoo.engine.samples import Samples
from ganzoo.engine.saves import Saves
from ganzoo.engine.scores import score_samples
from ganzoo.engine.setup import Setup
from ganzoo.engine.splitting import SPLITS
from ganzoo.engine.stopping import StopRequest
from ganzoo.errors import Diverged, Stopped
from ganzoo.places import word

__all__ = ["Run"]


class Run:
    """One run in its folder. `step` steps are done of `steps`; `record` holds the means since the last log point.

    record's keys: `<player>/<term>`, `<player>/objective`, `<player>/gradient` (norm), `rejected` (turns), `rate`
    (steps per second), and what observers add.
    """

    def __init__(self, setup: Setup, folder: RunFolder, listener: Listener | None = None) -> None:
        self.setup, self.game, self.files, self.listener = setup, setup.game, folder, listener
        self.settings, self.title = setup.settings, setup.title
        self.space, self.dataset = setup.space, setup.dataset
        self.folder, self.name = folder.path, setup.entry.name
        self.players = [seat.player for seat in self.game.seats]
        self.step, self.steps = 0, self.game.steps
        self.record: dict[str, float] = {}
        self.exit_reason: str | None = None
        self.log_every = self.settings.log_every or max(1, min(50, self.steps // 100))
        self.sample_every = self.settings.sample_every or max(1, min(1000, self.steps // 60))
        self.generator = Generator(self.name, setup.architecture, setup.config, setup.space, self.game.state.shown())
        self._request = StopRequest()
        self._watch, self._means = Watch(self.game), Means(self.game)
        self._saves = Saves(setup, folder, self.tell)
        self._observers = setup.observers if setup.processes.leads else None
        self._micro = dict(self.game.shards.micro)

    def __repr__(self) -> str:
        return f"Run({str(self.folder)!r}, step {self.step:,} of {self.steps:,})"

    @property
    def due_for_picture(self) -> bool:
        """Whether this log point is one at which pictures are made."""
        return self.step % self.sample_every == 0 or self.step in (1, self.steps)

    @property
    def origins(self) -> dict[str, str]:
        """Where each setting came from, by name."""
        return dict(self.setup.resolved.origins)

    def tell(self, text: str) -> None:
        """One line to the user and to log.txt."""
        self.files.tell(text)
        if self.listener:
            self.listener.tell(text)

    def sample(self, n: int = 16, *, seed: int = 0) -> Samples:
        """N samples of the generator as it is now; of its moving average where there is one.

        Of a translation, what it makes of n sources that the seed chooses.
        """
        if self.space.source:
            return self.generator.translate(self.sources(n, seed=seed), seed=seed)
        return self.generator.sample(n, seed=seed)

    def sources(self, n: int, *, seed: int = 0) -> Tensor:
        """N sources of the data, fewer if there are fewer, chosen and degraded as the seed says: (n, *source shape)."""
        assert self.dataset is not None, "a translation has data"
        order = torch.randperm(self.dataset.source_count, generator=torch.Generator().manual_seed(seed))
        return self.dataset.source(order[:n], seed=seed)

    def fixed(self, n: int) -> Tensor:
        """N samples (n, *shape) at the run's fixed latents, the same at every call; or from its `sources(n)`."""
        if self.space.source:
            return self.generator.translate(self.sources(n), seed=counted(self.settings.seed, "fixed")).tensor
        return self.generator.sample(n, seed=counted(self.settings.seed, "fixed")).tensor

    def scores(self, n: int) -> tuple[Tensor, Tensor] | None:
        """How real the discriminator finds n real and n generated samples, (n,) each; None without one."""
        seed = counted(self.settings.seed, "scores", self.step)
        return score_samples(self.game, self.dataset, n, seed) if self.dataset else None

    def make_recordings(self) -> None:
        """Make the recordings that turns are played from, if any are asked for, and say what came of it.

        Before a checkpoint is loaded: what can be recorded is found out on the networks as they were built, so that a
        run that is gone on with finds the same.
        """
        if self.game.recorder:
            if self.settings.compile:
                self.tell("compiling each player's turn, which takes a minute or more, and less the next time")
            for line in self.game.recorder.make():
                self.tell(line)

    def load(self, saved: checkpoint.Checkpoint | None) -> None:
        """Go to where a checkpoint was saved, which the leader has read; None in the other processes.

        Raises CheckpointError or DataError if it is not of this game.
        """
        self.step = self._saves.load(saved)
        self._micro = dict(self.game.shards.micro)

    def play(self) -> None:
        """Play to the last step. Raises Stopped after a signal, Diverged, or what a plugin raised."""
        self.files.describe_start(
            gan=self.name, device=str(self.setup.device), seed=self.settings.seed, from_step=self.step
        )
        self.files.tell(f"{self.title}: from step {self.step:,} to {self.steps:,} on {self.setup.device}")
        for note in [*self.setup.notes, *(self._observers.problems if self._observers else [])]:
            self.tell(note)
        reason = "error"
        try:
            with self._request:
                if self.listener:
                    self.listener.started(self)
                if self._saves.step < 0:
                    self._save()
                self._observe("ganzoo_run_started")
                reason = self._loop()
        except Stopped as error:
            reason = f"stopped: {error}"
            raise
        except Diverged as error:
            reason = f"diverged: {error}"
            raise
        finally:
            self.exit_reason = reason
            try:
                self.files.describe(end=now(), step=self.step, exit_reason=reason)
            except OSError as error:
                self.tell(f"run.json could not be written: {error.strerror}")
            if self.listener:
                self.listener.ended(self)

    def _loop(self) -> str:
        began = last_shown = time.monotonic()
        self._means.start(self.step)
        minutes = self.settings.minutes
        reason = "done"
        while self.step < self.steps:
            self.game.step(self.step)
            self.step += 1
            if self._watch.replaying:
                self._watch_replay()
            elif self.step % self.log_every == 0 or self.due_for_picture:
                self._log_point()
            if self.step % self.settings.checkpoint_every == 0 and self.step < self.steps:
                self._save()
            elapsed = time.monotonic()
            if self.listener and elapsed - last_shown > 0.5:
                last_shown = elapsed
                self.listener.progress(self)
            if self.game.shards.micro != self._micro:
                self._tell_of_micro_batches()
            late = minutes is not None and elapsed - began > minutes * 60
            asked, over = self._request.anywhere(self.game.shards, late, self.step)
            if asked is not None:
                self._stop(asked)
            if over and self.step < self.steps:
                reason = f"stopped after {minutes:g} minutes"
                break
            if self.step == self.steps and self._watch.streak:
                self._go_back()
        self._save(last=True)
        self.write_model()
        self._observe("ganzoo_run_ended")
        return reason

    def _tell_of_micro_batches(self) -> None:
        for player, count in self.game.shards.micro.items():
            if count != self._micro.get(player, 1):
                how = SPLITS[self.setup.split(player)]
                self.tell(
                    f"step {self.step:,}: out of memory; {player} plays in {count} micro-batches from here, {how}"
                )
        self._micro = dict(self.game.shards.micro)

    def _log_point(self) -> None:
        self.record = self._means.read(self.step)
        rejected = self.record["rejected"]
        if rejected:
            self.tell(f"step {self.step:,}: {rejected:.0f} turns were not finite and were undone")
        if self._watch.diverged:
            self._go_back()
        else:
            self._observe("ganzoo_step_ended")
        self._means.start(self.step)

    def _go_back(self) -> None:
        """Go back to the newest good checkpoint and watch every step from there."""
        seen = self.step
        self.step = self._saves.load_newest()
        self._micro = dict(self.game.shards.micro)
        self.tell(f"step {seen:,}: the values are not finite; going back to step {self.step:,} to look closer")
        self._watch.replay(seen)

    def _watch_replay(self) -> None:
        try:
            over = self._watch.look(self.step, last=self.step == self.steps)
        except Diverged as error:
            self.tell(f"diverged: {error}")
            raise Diverged(
                f"{self.name} diverged {error}, and again after going back; the last good checkpoint is step "
                f"{self._saves.step:,} in {self.folder}; lower a learning rate (ganzoo show {self.settings.gan} "
                "lists the options) or type --clip 1"
            ) from None
        if over:
            self.tell(f"step {self.step:,}: it did not happen again, so it was a fault of the machine; going on")

    def _save(self, last: bool = False) -> None:
        if path := self._saves.save(self.step, suspect=self._watch.streak > 0, last=last):
            self._observe("ganzoo_checkpoint_saved", path=path)

    def write_model(self) -> None:
        """Write the generator as it is now into `model/`. Raises GanzooError where there is no room for it."""
        self._saves.write_model(self.generator, self.step)

    def _observe(self, hook: str, **arguments: Path) -> None:
        for failure, trace in self._observers.call(hook, run=self, **arguments) if self._observers else []:
            self.files.tell(trace)
            self.tell(failure)

    def _stop(self, asked: int) -> None:
        """Save, say how to go on, and leave."""
        self._save(last=True)
        self.write_model()
        self._observe("ganzoo_run_ended")
        raise Stopped(
            f"stopped at step {self.step:,} of {self.steps:,}; go on with: ganzoo resume {word(self.folder)}",
            130 if asked == signal.SIGINT else 75,
        )
