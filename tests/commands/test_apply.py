"""Translating pictures as a person types it, by a GAN that is tiny and turns pictures into their negatives."""

import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from ganzoo import memory
from ganzoo.contract import Architecture, Config, Space
from ganzoo.engine import apply as engine
from ganzoo.engine import tiles
from ganzoo.engine.generator import Generator
from ganzoo.errors import UsageError

SOURCE = Space(kind="image", shape=(1, 8, 8))


def negative(nets, batch, config):
    return -batch.source


def doubled(nets, batch, config):
    return torch.nn.functional.interpolate(nets.G(batch.source), scale_factor=2.0)


def translation(generate, multiple, shape=(1, 8, 8)):
    space = Space(kind="image", shape=shape, source=SOURCE)
    architecture = Architecture(Config, dict, list, generate=generate, source="paired", multiple=multiple)
    return Generator("tiny", architecture, Config(), space, {"G": torch.nn.Identity()})


def picture(height, width):
    return torch.from_numpy(np.random.default_rng(0).integers(0, 256, (1, 1, height, width), np.uint8))


def numbers(levels):
    return levels.float() / 127.5 - 1


def levels(path):
    with Image.open(path) as image:
        return np.asarray(image)


def pixels(image):
    return torch.from_numpy(np.asarray(image).copy()).float()[None, None] / 127.5 - 1


@pytest.mark.parametrize("size", [(8, 8), (13, 7), (1, 1), (40, 50), (3, 100)])
def test_pictures_of_any_size_keep_it(size):
    made, note = engine.translate_picture(translation(negative, 4), picture(*size), tile=36)
    assert (made.height, made.width, note) == (*size, "")
    assert torch.allclose(pixels(made), -numbers(picture(*size)), atol=1 / 127)


def test_an_enlargement_is_larger_also_in_tiles():
    source = picture(50, 37)
    made, _ = engine.translate_picture(translation(doubled, 1, (1, 16, 16)), source, tile=36)
    assert torch.allclose(pixels(made), torch.nn.functional.interpolate(numbers(source), scale_factor=2.0), atol=1e-5)


def test_tiles_are_blended_over_their_overlap():
    """Of a generator that makes its first tile dark and all others bright there is no seam."""
    calls = []

    def uneven(nets, batch, config):
        calls.append(batch.source.shape)
        return torch.full_like(batch.source, -1.0 if len(calls) == 1 else 1.0)

    made, _ = engine.translate_picture(translation(uneven, 1), picture(8, 64), tile=48)
    row = pixels(made)[0, 0, 4]
    assert len(calls) == 2
    assert (row[0], row[-1]) == (-1, 1)
    assert row.diff().min() >= 0
    assert row.diff().max() < 0.2


def test_how_far_a_large_picture_is_is_told_in_tenths_once_it_takes_long(monkeypatch):
    lines = []
    for done in range(1, 41):
        monkeypatch.setattr(tiles.time, "monotonic", lambda done=done: 100.0 + done)
        tiles.tell_of_tiles(lines.append, "a.png", 100.0, done, 40)
    assert len(lines) == 8
    assert lines[0] == "a.png: 8 of 40 tiles, about 32 s left"
    assert lines[-1] == "a.png: 36 of 40 tiles, about 4 s left"


def test_each_tile_is_counted():
    counted = []
    engine.translate_picture(
        translation(negative, 1), picture(70, 70), tile=40, told=lambda *counts: counted.append(counts)
    )
    assert counted == [(number, 25) for number in range(1, 26)]


def test_one_that_knows_its_size_gets_it_and_that_is_said():
    def strict(nets, batch, config):
        assert batch.source.shape[2:] == (8, 8)
        return -batch.source

    made, note = engine.translate_picture(translation(strict, 0), picture(20, 30))
    assert (made.height, made.width) == (20, 30)
    assert note == "30x20 resized to 8x8, which this generator is for, and back"
    made, note = engine.translate_picture(translation(strict, 0), picture(8, 8))
    assert note == ""
    assert torch.allclose(pixels(made), -numbers(picture(8, 8)), atol=1 / 127)


NEGATIVE = '''"""Negative: makes each picture its negative, with a weight.

    min_G  E (G(x) - y)^2

Paper: Somebody et al. 2020, A Tiny Game, arXiv:0000.00000
Tasks: translation
"""
import torch
from torch import nn
import ganzoo

class Config(ganzoo.Config):
    pass

def networks(config, space):
    net = nn.Conv2d(space.source.shape[0], space.shape[0], 1)
    nn.init.constant_(net.weight, -1.0)
    nn.init.zeros_(net.bias)
    return {"G": net}

def error(nets, batch, config):
    return {"error": (nets.G(batch.source) - batch.real).square().mean()}

def players(config):
    return [ganzoo.minimize(error, over="G", by=ganzoo.Adam(lr=0.0))]

def generate(nets, batch, config):
    return nets.G(batch.source)

@ganzoo.hookimpl
def ganzoo_architecture():
    return ganzoo.Architecture(
        Config, networks, players, generate=generate, source="paired", degrade="blur:1",
        multiple=1, size=8, batch=4, steps=1
    )
'''


@pytest.fixture
def trained(installed, ganzoo, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    installed.add("negative", NEGATIVE)
    code, _, err = ganzoo("train", "negative", "-q")
    assert (code, err) == (0, "")
    rng = np.random.default_rng(0)
    for name, size in (("a.png", (9, 12)), ("in/b.jpg", (20, 10)), ("in/deep/c.bmp", (8, 8))):
        file = installed.folder.with_name("here") / "pictures" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rng.integers(0, 256, size, np.uint8)).save(file)
    return ganzoo


def test_files_and_folders_keep_their_names(trained):
    assert trained("apply", "latest", "pictures/a.png") == (0, "pictures/a-negative.png\n", "")
    before, after = (levels(f"pictures/{name}.png").astype(int) for name in ("a", "a-negative"))
    assert (before + after == 255).all()
    code, out, _ = trained("apply", "latest", "pictures/in", "--out", "made")
    assert (code, out.split()) == (0, ["made/b.jpg", "made/deep/c.png"])
    assert levels("made/b.jpg").shape == (20, 10)
    code, out, _ = trained("apply", "latest", "pictures/in")
    assert (code, out.split()) == (0, ["pictures/in-negative/b.jpg", "pictures/in-negative/deep/c.png"])
    assert trained("apply", "latest", "pictures/a.png", "--out", "x/one.webp", "-q") == (0, "", "")
    assert levels("x/one.webp").shape[:2] == (9, 12)


def test_nothing_is_overwritten_without_force(trained):
    assert trained("apply", "latest", "pictures/a.png")[0] == 0
    code, out, err = trained("apply", "latest", "pictures/a.png")
    assert (code, out) == (2, "")
    assert err.startswith("error: pictures/a-negative.png exists already; choose another place with --out")
    assert trained("apply", "latest", "pictures/a.png", "--force")[0] == 0
    code, _, err = trained("apply", "latest", "pictures/a.png", "--out", "pictures", "--force")  # onto itself
    assert (code, len(err.splitlines())) == (2, 1)


def test_what_is_wrong_is_one_line_each(trained):
    assert trained("apply", "latest") == (
        2, "", "error: no file is named; type for example: ganzoo apply latest picture.png\n"
    )  # fmt: skip
    code, out, err = trained("apply", "latest", "no.png", "runs/latest/", "pictures/a.png")
    assert (code, out) == (2, "")
    assert err.splitlines()[0] == "error: no.png: no such file or folder"
    with open("pictures/in/bad.png", "wb") as file:
        file.write(b"\x89PNG not really")
    code, out, err = trained("apply", "latest", "pictures/in", "--out", "made")
    assert (code, len(out.splitlines())) == (2, 2)  # the others are translated
    assert err.startswith("error: pictures/in/bad.png: not a readable picture (")
    assert len(err.splitlines()) == 1
    code, _, err = trained("sample", "latest")
    assert (code, len(err.splitlines())) == (2, 1)
    assert "type: ganzoo apply RUN FILE..." in err


def test_a_large_picture_is_translated_without_a_warning_and_one_too_large_is_one_line(trained, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 60)
    assert trained("apply", "latest", "pictures/a.png", "-q") == (0, "", "")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 50)
    said = (
        "error: pictures/a.png: Image size (108 pixels) exceeds limit of 100 pixels; cut it into parts, or make it "
        "smaller first\n"
    )
    assert trained("apply", "latest", "pictures/a.png", "--out", "x.png") == (2, "", said)
    assert not Path("x.png").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is bounded")
def test_a_picture_that_memory_does_not_hold_is_one_line_and_the_others_are_translated(trained, monkeypatch):
    Image.new("L", (8000, 8000)).save("large.png")
    monkeypatch.setattr(memory, "available", lambda: 2**25)
    said = (
        "error: out of memory: large.png needs more than the 32 MiB that are free; cut it into parts, or make it "
        "smaller first\n"
    )
    assert trained("apply", "latest", "large.png", "pictures/a.png", "--out", "made") == (2, "made/a.png\n", said)


def test_translations_are_judged_beside_what_they_start_from(trained):
    code, out, err = trained("evaluate", "latest", "--metric", "fidelity", "--extractor", "raw")
    assert (code, len(out.splitlines())) == (0, 3)  # too small for the window of SSIM
    assert "digits is what it learned from; --data NAME|PATH judges it on what it has not seen\n" in err
    values = {line.split()[0]: float(line.split()[1]) for line in out.splitlines()[1:]}
    assert values["psnr"] < 10 < values["psnr_of_source"]
    assert trained("evaluate", "latest", "--degrade", "edges", "--source", "in")[0] == 2


def test_a_run_shows_source_translation_and_target(trained):
    folder = "runs/negative-digits-001"
    with Image.open(f"{folder}/samples.png") as sheet:
        assert sheet.width // 58 == 12  # 4 times source, translation, target
    with Image.open(f"{folder}/progress.webp") as film:
        assert film.size == sheet.size
    assert "ganzoo apply" in Path(folder, "report.html").read_text()


def test_a_generator_from_noise_is_one_line(trained, installed):
    installed.add("tiny", installed.good)
    assert trained("train", "tiny", "--steps", "1", "-q")[0] == 0
    code, _, err = trained("apply", "latest", "pictures/a.png")
    assert (code, err) == (2, "error: tiny draws samples from noise; type: ganzoo sample latest\n")


def test_a_picture_that_a_format_cannot_hold_is_one_line(trained):
    Image.new("L", (16_500, 1)).save("wide.png")
    code, out, err = trained("apply", "latest", "wide.png", "--out", "wide.webp")
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert err.startswith("error: wide.webp: 16500x1 pixels cannot be written so (")
    assert not Path("wide.webp").exists()


@pytest.mark.parametrize(
    ("inputs", "out", "said"),
    [
        (["a.bmp"], "x.csv", "expected .png, .webp, .jpg, .jpeg or a folder; type --out x.png"),
        (["a.bmp", "b.bmp"], "x.png", "expected a folder; type --out x"),
        (["."], "x.tiff", "expected a folder; type --out x"),
    ],
)
def test_a_file_s_name_makes_no_folder(tmp_path, monkeypatch, inputs, out, said):
    monkeypatch.chdir(tmp_path)
    for name in ("a.bmp", "b.bmp"):
        (tmp_path / name).touch()
    sources = [Path(name) for name in inputs]
    with pytest.raises(UsageError) as raised:
        engine.jobs_for(sources, "tiny", Path(out))
    assert str(raised.value) == f"--out {out}: {said}, or make that folder first"
    (tmp_path / out).mkdir()
    assert {job.target.parent for job in engine.jobs_for(sources, "tiny", Path(out))} == {Path(out)}
    assert engine.jobs_for([Path("a.bmp")], "tiny", Path("v1.2"))[0].target == Path("v1.2/a.png")


def test_two_files_never_become_one_however_many_there_are(tmp_path):
    for name in ("a.bmp", "a.gif", *(f"{number}.png" for number in range(10_000))):
        (tmp_path / name).touch()
    with pytest.raises(UsageError, match=r"a\.png would be written twice"):
        engine.jobs_for([tmp_path], "tiny", tmp_path / "out")
