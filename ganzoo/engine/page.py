"""Lines of text as a picture, so that texts are shown wherever other samples are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

__all__ = ["page"]

_LINES, _LETTERS = 16, 88  # of a page; longer lines end in dots
_SIZE, _LEADING, _MARGIN = 13, 19, 10  # pixels


def page(lines: Sequence[str]) -> Image.Image:
    """The first lines of a text, one below the other; every page has the same size, whatever is on it."""
    import matplotlib

    file = Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSansMono.ttf")
    font = ImageFont.truetype(str(file), _SIZE)
    width = round(_LETTERS * font.getlength("m")) + 2 * _MARGIN
    sheet = Image.new("L", (width, _LINES * _LEADING + 2 * _MARGIN), 255)
    draw = ImageDraw.Draw(sheet)
    for row, line in enumerate(lines[:_LINES]):
        shown = line if len(line) <= _LETTERS else line[: _LETTERS - 1] + "…"
        draw.text((_MARGIN, _MARGIN + row * _LEADING), shown, fill=0, font=font)
    return sheet
