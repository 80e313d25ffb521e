"""What the probes mean, in plain words. A rule speaks only when three probes in a row agree."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

__all__ = ["Judge", "Probe"]

_AGREEING = 3


@dataclass(frozen=True, kw_only=True)
class Probe:
    """One look at the game; None where the GAN or its data do not have it.

    auc: of the discriminator. gradient: the norm of the generator's. modes: those covered.
    """

    step: int
    auc: float | None = None
    gradient: float | None = None
    modes: int | None = None


@dataclass
class Judge:
    """Weighs the latest probes against the best seen. modes: how many the data have, 0 if unknown."""

    modes: int = 0
    _latest: deque[Probe] = field(default_factory=lambda: deque(maxlen=_AGREEING))
    _best: Probe | None = None  # the first probe that covered the most modes
    _peak: float = 0.0  # the greatest of the generator's gradients

    def see(self, probe: Probe) -> None:
        """Take one more probe into account."""
        self._latest.append(probe)
        self._peak = max(self._peak, probe.gradient or 0.0)
        if probe.modes is not None and (self._best is None or probe.modes > (self._best.modes or 0)):
            self._best = probe

    def facts(self) -> str:
        """The latest numbers, such as "5/8 modes, D's AUC .81"; empty if nothing was probed."""
        if not self._latest:
            return ""
        latest, said = self._latest[-1], []
        if latest.modes is not None:
            said.append(f"{latest.modes}/{self.modes} modes")
        if latest.auc is not None:
            said.append(f"D's AUC {latest.auc:.2f}".replace(" 0.", " ."))
        return ", ".join(said)

    def assessment(self) -> str:
        """One alarm with its advice, or "healthy", or that it is too early to tell."""
        if len(self._latest) < _AGREEING:
            return "too early to tell"
        latest, best = self._latest[-1], self._best
        if best and best.modes and all((probe.modes or 0) <= 0.7 * best.modes for probe in self._latest):
            return (
                f"mode collapse: {latest.modes} of {self.modes} modes left "
                f"(was {best.modes} at step {best.step:,}). "
                "Try a smaller learning rate, or a penalty on the discriminator's slope"
            )
        ahead = all(probe.auc is not None and probe.auc > 0.98 for probe in self._latest)
        if ahead and all(probe.gradient is not None and 2 * probe.gradient < self._peak for probe in self._latest):
            return (
                "the discriminator has won; the generator gets almost no signal. "
                "Try a smaller learning rate or fewer turns for the discriminator"
            )
        if self.modes and all(
            probe.auc is not None and abs(probe.auc - 0.5) < 0.05 and (probe.modes or 0) < 0.75 * self.modes
            for probe in self._latest
        ):
            return "the discriminator is guessing, not solved. Try a greater learning rate or more turns for it"
        if all(probe.auc is not None and probe.auc < 0.2 for probe in self._latest):
            return "the discriminator finds the generated samples more real than the data: look at the pictures"
        if latest.modes is not None and 2 * latest.modes < self.modes:
            return "most modes are still missing"
        return "the discriminator is far ahead" if ahead else "healthy"
