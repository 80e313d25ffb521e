"""report.html: one page to send to a friend, with everything in it and nothing fetched from elsewhere."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from ganzoo import __version__
from ganzoo.engine.files import write_whole
from ganzoo.places import brief, word
from ganzoo.plurals import many

if TYPE_CHECKING:
    from ganzoo.engine.train import Run

__all__ = ["save_report"]

_PICTURE_BYTES = 600_000  # a bigger picture is embedded smaller, so that the page stays below 5 MB
_PICTURE_SIDE = 1000  # pixels

_STYLE = """
:root { color-scheme: light dark;
        --ink: #1d2125; --paper: #fff; --line: #d8dde3; --soft: #5b6570; --box: #f4f6f8 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e8ea; --paper: #16191d; --line: #343a41; --soft: #9aa4af; --box: #20252a }
}
* { box-sizing: border-box }
body { margin: 0 auto; padding: 1.5rem 1rem 3rem; max-width: 62rem;
       background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 }
h2 { font-size: 1.15rem; margin: 2.2rem 0 .8rem }
p { margin: .4rem 0 }
.soft, figcaption { color: var(--soft); font-size: .9rem }
.pictures { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr)) }
.plots { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)) }
figure { margin: 0 }
img { display: block; width: 100%; height: auto; border: 1px solid var(--line); border-radius: 6px }
pre { background: var(--box); padding: .8rem 1rem; border-radius: 6px; overflow-x: auto; font-size: .9rem }
.wide { overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-size: .9rem }
th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line);
         vertical-align: top }
td { overflow-wrap: anywhere }
"""


def save_report(run: Run, plots: Sequence[Path]) -> Path:
    """Write the page from the pictures in the run's folder and these plots. Returns its path."""
    folder: Path = run.folder
    data, place = brief(run.settings.data), Path(brief(folder))
    pictures = {
        "samples.png": f"Samples after {many(run.step, 'step')}",
        "progress.webp": "The same latents while the game was played",
        "reals.png": f"Real data: {data}",
    }
    facts = [many(run.step, "step"), f"data: {data}", folder.name, f"ganzoo {__version__}"]
    use = f"# new samples\nganzoo sample {word(place)} -n 16 --seed 1"
    if run.space.source:
        use = f"# translate files\nganzoo apply {word(place)} FILE..."
    body = f"""<h1>{escape(run.title)}</h1>
<p class="soft">{escape(" · ".join(facts))}</p>
{_section("Samples", "pictures", {folder / name: caption for name, caption in pictures.items()})}
{_section("How the game went", "plots", dict.fromkeys(plots, ""))}
<h2>Use it</h2>
<pre>{escape(use)}
# go on playing
ganzoo resume {escape(word(place))}{f" --steps {2 * run.steps}" if run.step >= run.steps else ""}
# the same run once more
ganzoo train --config {escape(word(place / "config.toml"))}</pre>
<h2>Settings</h2>
<div class="wide"><table>
<thead><tr><th scope="col">Setting</th><th scope="col">Value</th><th scope="col">From</th></tr></thead>
<tbody>
{_rows(asdict(run.settings), run.origins)}
</tbody></table></div>"""
    page = f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(run.title)} on {escape(str(data))}</title>
<style>{_STYLE}</style>
</head>
<body>
{body}
</body>
</html>
"""
    write_whole(folder / "report.html", page.encode())
    return folder / "report.html"


def _section(title: str, layout: str, pictures: Mapping[Path, str]) -> str:
    """A heading and the pictures (file: caption) that exist; nothing if none do."""
    figures = [_figure(path, caption) for path, caption in pictures.items() if path.exists()]
    return f'<h2>{title}</h2>\n<div class="{layout}">\n' + "\n".join(figures) + "\n</div>" if figures else ""


def _figure(path: Path, caption: str) -> str:
    contents, kind = path.read_bytes(), path.suffix[1:]
    with Image.open(path) as picture:
        if len(contents) > _PICTURE_BYTES and not getattr(picture, "is_animated", False):
            picture.thumbnail((_PICTURE_SIDE, _PICTURE_SIDE))
            smaller = io.BytesIO()
            picture.save(smaller, "WEBP", quality=85)
            contents, kind = smaller.getvalue(), "webp"
        width, height = picture.size
    source = f"data:image/{kind};base64,{base64.b64encode(contents).decode()}"
    text = escape(caption or path.stem)
    below = f"<figcaption>{text}</figcaption>" if caption else ""
    return f'<figure><img src="{source}" width="{width}" height="{height}" alt="{text}">{below}</figure>'


def _rows(settings: Mapping[str, Any], origins: Mapping[str, str]) -> str:
    """A row for each setting that has a value: its name, the value, and where it came from."""
    return "\n".join(
        f"<tr><td>{escape(name)}</td><td>{escape(str(brief(value)))}</td><td>{escape(origin)}</td></tr>"
        for name, value, origin in _settings(settings, origins)
        if value is not None
    )


def _settings(settings: Mapping[str, Any], origins: Mapping[str, str]) -> Iterable[tuple[str, Any, str]]:
    for name, value in settings.items():
        if name == "options":
            for option, chosen in value.items():
                yield f"-o {option}", chosen, origins.get(f"options.{option}", origins.get(name, "plugin"))
        else:
            yield name.replace("_", "-"), value, origins.get(name, "default")
