"""A run's curves over its steps, from metrics.jsonl: objectives, gradients, AUC, modes."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganzoo.engine.files import write_whole
from ganzoo.watch.log import history

if TYPE_CHECKING:
    from ganzoo.engine.train import Run

__all__ = ["save_plots"]


def save_plots(run: Run) -> list[Path]:
    """Write plots/<name>.png for each curve that has values. Returns the paths."""
    points = history(run.folder)
    modes = run.space.details.get("modes", ())
    objectives = {f"{player.name}/objective": player.equilibrium for player in run.players}
    panels: dict[str, dict[str, float | None]] = {
        "objectives": objectives,
        "auc": {"auc": 0.5},
        "modes": {"modes": float(len(modes)) or None, "high_quality": None},
        "likelihood": {"nll": None},
        "gradients": {f"{player.name}/gradient": None for player in run.players},
    }
    paths = []
    for name, curves in panels.items():
        drawn = {key: ideal for key, ideal in curves.items() if any(point.get(key) is not None for point in points)}
        if drawn:
            paths.append(run.folder / "plots" / f"{name}.png")
            write_whole(paths[-1], _panel(points, drawn))
    return paths


_TITLES = {
    "auc": "AUC of the discriminator: .5 it cannot tell, 1 it has won",
    "modes": "modes found",
    "nll": "negative log-likelihood of generated texts, nats per token",
    "high_quality": "share of samples within 3 standard deviations of a mode",
}


def _panel(points: Sequence[Mapping[str, Any]], curves: Mapping[str, float | None]) -> bytes:
    """One PNG: the curves below each other, each on its own scale, its ideal value as a dashed line."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.2, 0.6 + 2.2 * len(curves)), dpi=100, layout="constrained")
    rows = figure.subplots(len(curves), sharex=True, squeeze=False)[:, 0]
    for axes, (key, ideal) in zip(rows, curves.items(), strict=True):
        known = [(point["step"], point[key]) for point in points if point.get(key) is not None]
        axes.plot(*zip(*known, strict=True), color="#1864ab", linewidth=1.2, marker="." if len(known) < 3 else None)
        axes.set_title(_TITLES.get(key, key.replace("/", ": ")), loc="left", fontsize=10)
        if ideal is not None:
            axes.axhline(ideal, color="#d9480f", linestyle="--", linewidth=1, label=f"solved: {ideal:.4g}")
            axes.legend(fontsize=8, loc="best", framealpha=0.9)
        if key in ("auc", "high_quality"):
            axes.set_ylim(-0.03, 1.03)
        axes.grid(alpha=0.25)
        axes.spines[["top", "right"]].set_visible(False)
    rows[-1].set_xlabel("step")
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()
