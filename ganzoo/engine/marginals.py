"""Rows of a table as a picture: how each column's values are spread, generated over real."""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING

from PIL import Image

from ganzoo.columns import columns_of
from ganzoo.contract import Space

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["marginals"]

_SHOWN = 12  # columns, the first ones
_BINS = 24
_GREY, _ORANGE = "#9aa0a6", "#d9480f"


def marginals(fake: NDArray[np.float32], real: NDArray[np.float32] | None, space: Space) -> Image.Image:
    """A small plot of each of the first twelve columns: shares of the values in rows (n, F), generated over real."""
    import numpy as np
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

    from ganzoo.data.columns import decode, number_of

    columns = columns_of(space)[:_SHOWN]
    across = min(4, len(columns))
    down = math.ceil(len(columns) / across)
    figure = Figure(figsize=(2.6 * across, 1.9 * down), dpi=100, layout="constrained")
    for place, column in enumerate(columns):
        axes = figure.add_subplot(down, across, place + 1)
        axes.set_title(column.name[:28], fontsize=8)
        axes.tick_params(labelsize=6)
        axes.set_yticks([])
        drawn = [rows for rows in (real, fake) if rows is not None]
        for rows, color in zip(drawn, (_GREY, _ORANGE)[-len(drawn) :], strict=True):
            texts = decode(column, rows[:, column.start : column.stop])
            if column.kind == "category":
                values = [*column.values, *[""] * column.absent][:_BINS]
                heights = [texts.count(value) / len(texts) for value in values]
                axes.bar(range(len(values)), heights, color=color, alpha=0.6)
                axes.set_xticks(range(len(values)), [value[:8] for value in values], rotation=30)
            else:
                numbers = [number_of(column, text) for text in texts if text]
                bins = np.linspace(column.least, column.greatest, _BINS).tolist()
                axes.hist(numbers, bins, color=color, alpha=0.6, weights=np.full(len(numbers), 1 / len(texts)))
    patches = [Patch(color=color, alpha=0.6) for color in (_GREY, _ORANGE)]
    figure.legend(patches, ["real", "generated"], loc="outside lower center", ncols=2, fontsize=8)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return Image.open(buffer).convert("RGB")
