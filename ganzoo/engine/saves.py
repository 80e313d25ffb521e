"""What a run keeps on disk: checkpoints to go on from, and its generator as a model."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import torch

from ganzoo.engine import checkpoint
from ganzoo.engine.folder import RunFolder
from ganzoo.engine.generator import Generator
from ganzoo.engine.model import write_model
from ganzoo.engine.setup import Setup
from ganzoo.engine.state import named_parameters
from ganzoo.errors import Diverged, GanzooError
from ganzoo.places import word

__all__ = ["Saves"]


class Saves:
    """The checkpoints and the model of one run. `step`: of the newest checkpoint, -1 without any.

    The leader reads and writes, the other processes follow. tell: is given a line about what went wrong.
    """

    def __init__(self, setup: Setup, files: RunFolder, tell: Callable[[str], None]) -> None:
        self._setup, self._files, self._tell = setup, files, tell
        self._game, self._processes = setup.game, setup.processes
        self.step = -1

    def load(self, saved: checkpoint.Checkpoint | None) -> int:
        """Bring the game to where a checkpoint was saved, which the leader has read; None in the others. Its step.

        Raises CheckpointError or DataError if it is not of this game.
        """
        micro = self._game.shards.micro
        if saved:
            checkpoint.refuse_other(saved, self._setup.identity, self._files.path)
            self._game.state.load(saved.tensors)
            micro |= saved.values.get("micro", {})
        step, known = json.loads(self._processes.text_from_leader(json.dumps([saved.step if saved else 0, micro])))
        self._processes.from_leader([*self._game.state.tensors().values()])
        self._game.shards.micro = known
        for seat in self._game.seats:
            seat.tally.clear()
        self.step = int(step)
        return self.step

    def load_newest(self) -> int:
        """Bring the game to the newest good checkpoint. Its step."""
        saved, skipped = checkpoint.newest(self._files.checkpoints) if self._processes.leads else (None, [])
        for line in skipped:
            self._tell(line)
        return self.load(saved)

    def save(self, step: int, *, suspect: bool = False, last: bool = False) -> Path | None:
        """Save a checkpoint of this step if the state is good; where it lies, None where none was written.

        suspect: the turns before were not finite, so that only the last step is saved. A full disk does not end the
        run before its end. Raises Diverged, or GanzooError where the run cannot go on.
        """
        if step == self.step:
            return None
        modules = self._game.state.modules
        bad = [name for name, w in named_parameters(modules, list(modules)).items() if not torch.isfinite(w).all()]
        if bad and last:
            raise Diverged(
                f"{self._setup.entry.name} diverged in its last steps: {bad[0]!r} is not finite; type --clip 1"
            )
        if bad:
            self._tell(f"step {step:,} is not saved: {bad[0]!r} is not finite")
        if bad or (suspect and not last):
            return None
        if apart := self._processes.differing(self._game.state.tensors()):
            raise GanzooError(
                f"step {step:,}: the processes' copies of {apart[0]!r} have come apart, a machine's fault; "
                f"go on from the newest checkpoint: ganzoo resume {word(self._files.path)}"
            )
        path = None
        if self._processes.leads:
            path = self._written(step, last)
            if not path:
                return None
        self.step = step
        return path

    def _written(self, step: int, last: bool) -> Path | None:
        folder, keep = self._files.checkpoints, self._setup.settings.keep
        try:
            return checkpoint.save(folder, step, self._game.state.tensors(), self._setup.identity, keep=keep)
        except OSError as error:
            newest = max(checkpoint.steps_in(folder), default=None)
            text = f"step {step:,} could not be saved: {error.strerror}"
            if newest is None:
                raise GanzooError(f"{text}; make room in {folder}, then type the same command again") from None
            text += f"; the newest checkpoint is step {newest}"
            if last:
                raise GanzooError(
                    f"{text}; make room in {folder}, then type: ganzoo resume {word(self._files.path)}"
                ) from None
            self._tell(f"{text}; training goes on")
            return None

    def write_model(self, generator: Generator, step: int) -> None:
        """Write the generator as it is now into `model/`. Raises GanzooError where there is no room for it."""
        if self._setup.space.kind == "game" or not self._processes.leads:
            return
        dataset, settings = self._setup.dataset, self._setup.settings
        training = {"dataset": dataset.name if dataset else "", "steps": step, "seed": settings.seed}
        try:
            write_model(self._files.model, generator, self._setup.identity["plugin"], training)
        except OSError as error:
            raise GanzooError(
                f"{self._files.model} could not be written: {error.strerror}; the checkpoints are whole; "
                f"make room, then type: ganzoo resume {word(self._files.path)}"
            ) from None
