"""TensorBoard: the log points and pictures of a run as event files, where `--report-to tensorboard` asks for them.

The files are in the run's folder `tensorboard`; `tensorboard --logdir runs` shows all runs side by side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from ganzoo.errors import UsageError
from ganzoo.hookspecs import hookimpl
from ganzoo.watch.pictures import frames

if TYPE_CHECKING:
    from ganzoo.engine.train import Run
    from ganzoo.settings import Settings

__all__: list[str] = []


@hookimpl
def ganzoo_observer(settings: Settings) -> _Reporter | None:
    """A reporter for a run that asks for it. Raises UsageError if TensorBoard is not installed."""
    if "tensorboard" not in (settings.report_to or ()):
        return None
    try:
        import torch.utils.tensorboard  # noqa: F401  # writes nothing yet, the run has no folder
    except ImportError:
        raise UsageError(
            "--report-to tensorboard: TensorBoard is not installed; type: pip install 'ganzoo[tensorboard]'"
        ) from None
    return _Reporter()


class _Reporter:
    """One run's event files."""

    @hookimpl
    def ganzoo_run_started(self, run: Run) -> None:
        """Open a file that hides what was reported past the step from which a run is resumed."""
        from torch.utils.tensorboard import SummaryWriter

        self.writer = SummaryWriter(run.folder / "tensorboard", purge_step=run.step + 1, flush_secs=10)
        self.writer.add_text("settings", f"```toml\n{run.settings.to_toml()}```", run.step)

    @hookimpl(trylast=True)  # after the observers that add to the record, or make the picture
    def ganzoo_step_ended(self, run: Run) -> None:
        """Write every number of the record, and the picture of the samples where one was made."""
        for name, value in run.record.items():
            self.writer.add_scalar(name, value, run.step)
        for path in [path for path in frames(run.folder)[-1:] if int(path.stem) == run.step]:
            self.writer.add_image("samples", np.asarray(Image.open(path).convert("RGB")), run.step, dataformats="HWC")

    @hookimpl
    def ganzoo_run_ended(self) -> None:
        """Close the file."""
        self.writer.close()
