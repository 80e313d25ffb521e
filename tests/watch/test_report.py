import re
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

from ganzoo.engine.pictures import save_animation
from ganzoo.watch.report import save_report

VOID = {"meta", "img"}


class Checker(HTMLParser):
    """Collects the page's text, its pictures and what it would fetch; fails on tags that do not match."""

    def __init__(self):
        super().__init__()
        self.open, self.text, self.sources = [], "", []

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.sources += [given[name] for name in ("src", "href") if name in given]
        if tag == "img":
            assert given["alt"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def page(run, plots=()):
    checker = Checker()
    checker.feed(save_report(run, plots).read_text("utf-8"))
    checker.close()
    assert checker.open == []
    return checker


def noise(side, mode="L"):
    shape = (side, side) if mode == "L" else (side, side, 3)
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8))


def test_the_page_holds_its_pictures_and_fetches_nothing(run):
    for name in ("samples.png", "reals.png"):
        noise(60).save(run.folder / name)
    save_animation([noise(60), noise(60).rotate(90)], run.folder / "progress.webp", 100)
    plot = run.folder / "plots" / "auc.png"
    plot.parent.mkdir()
    noise(60).save(plot)
    found = page(run, [plot])
    assert len(found.sources) == 4
    assert all(source.startswith("data:image/") for source in found.sources)
    assert not re.search(r"https?://|<script|@import|url\(", save_report(run, [plot]).read_text("utf-8"))


def test_the_page_says_what_was_run_and_how_to_go_on(run):
    run.step = 3000
    text = page(run).text
    assert "a-gan (Somebody et al. 2014)" in text
    assert "3,000 steps" in text
    assert f"ganzoo sample {run.folder.name}" in text
    assert f"ganzoo resume {run.folder.name}" in text
    assert re.search(r"seed\s*0\s*command line", text)
    assert re.search(r"-o latent_dim\s*100\s*plugin", text)
    assert "clip" not in text  # what has no value has no row


def test_the_page_shows_no_way_to_anything(run):
    run.settings.data, run.settings.gan = "/somewhere/secret/photos", "/somewhere/secret/my_gan.py"
    contents = save_report(run, []).read_text("utf-8")
    assert "data: photos" in contents
    assert "my_gan.py" in contents
    assert "secret" not in contents
    assert str(run.folder.parent) not in contents


def test_everything_is_escaped(run):
    run.title = "<script>alert(1)</script> & co"
    run.settings.data = '"><img src=x onerror=alert(1)>'
    run.settings.options = {"<b>": "</table><i>"}
    found = page(run)
    assert found.sources == []
    assert run.title in found.text
    assert run.settings.data in found.text
    assert "</table><i>" in found.text


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_big_pictures_are_embedded_smaller(run, mode):
    noise(1500, mode).save(run.folder / "samples.png")
    [source] = page(run).sources
    assert source.startswith("data:image/webp")
    assert len(source) < (run.folder / "samples.png").stat().st_size
    with Image.open(run.folder / "samples.png") as picture:
        assert picture.size == (1500, 1500)  # the file itself is left as it was
