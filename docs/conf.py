"""How the site is built: Sphinx with Markdown pages; what the program knows of itself is put in as it is built."""

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
import generate

from ganzoo import __version__

project = "ganzoo"
version = release = __version__
extensions = ["myst_parser"]
exclude_patterns = ["Thumbs.db", ".DS_Store"]
source_suffix = {".md": "markdown"}
myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence"]
suppress_warnings = ["myst.header"]  # what is put in may begin a level lower than the heading above it
highlight_language = "text"
html_theme = "furo"
html_title = "ganzoo"
html_static_path = ["static"]
html_css_files = ["site.css"]
toc_object_entries_show_parents = "hide"
python_maximum_signature_line_length = 100
smartquotes = False  # --steps is no dash
html_show_copyright = False
html_show_sourcelink = False
html_copy_source = False
pygments_style, pygments_dark_style = "friendly", "github-dark"


def put_in(app: Any, page: str, source: list[str]) -> None:
    """Fill a page's marks `<!-- generated: name -->` with what `generate.py` makes of that name."""
    source[0] = generate.filled(source[0])


def setup(app: Any) -> None:
    """Called by Sphinx once."""
    app.connect("source-read", put_in)
