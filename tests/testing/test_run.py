from pathlib import Path

import pytest
from typing_extensions import deprecated

from ganzoo import catalogue, hookspecs
from ganzoo.errors import UsageError
from ganzoo.optimisers import Adam
from ganzoo.testing import conformance, examine

VALUE = "    real, fake = nets.D(batch.real), nets.D(nets.G(batch.z))\n"
LOADS = "the plugin loads and builds its networks"
GAME = '''"""Bilinear game: two numbers and their product.

    min_x max_y  x y

Paper: Somebody et al. 2020, A Product, arXiv:0000.00000
Tasks: games
"""

import torch
from torch import nn

import ganzoo


class Number(nn.Module):
    def __init__(self):
        super().__init__()
        self.value = nn.Parameter(torch.ones(()))


def product(nets, batch, config):
    return {"product": nets.x.value * nets.y.value}


def players(config):
    by = ganzoo.SGD(lr=0.1)
    lower = ganzoo.minimize(product, over="x", by=by, name="lower")
    return [lower, ganzoo.maximize(product, over="y", by=by, name="upper")]


@ganzoo.hookimpl
def ganzoo_architecture():
    return ganzoo.Architecture(
        ganzoo.Config, lambda config, space: {"x": Number(), "y": Number()}, players,
        generator=("x",), spaces=("game",),
    )
'''


def test_a_good_plugin_conforms(plugin):
    name = plugin()
    report = conformance(name)
    assert report.failures == []
    assert report.golden.keys() >= {"value/real", "value/fake", "fooling/fake", "fooling/gradient"}
    text = str(report)
    assert text.startswith(f"{name}: conforms\n✔ 1 The docstring")
    assert "· 15 Per player: does splitting the batch give the same gradient?: value splits exactly" in text
    assert [check.title.partition(" ")[0] for check in report.checks] == [
        str(number) for number in (*range(1, 13), 14, 15, 16, 19, 20)
    ]


def test_a_bad_plugin_raises_with_the_whole_report(plugin):
    name = plugin(("lr=1e-3", "lr=0.0"), ("Tasks:", "For:"))
    with pytest.raises(AssertionError) as caught:
        conformance(name)
    text = str(caught.value)
    assert text.startswith(f"{name}: 2 of 17 checks failed\n✘ 1 The docstring")
    assert "✘ 8 During a turn" in text
    assert "the turn of 'value' changed nothing" in text
    assert "✔ 2 " in text


def test_an_unknown_name_is_a_mistake_and_not_a_finding():
    with pytest.raises(UsageError, match="unknown GAN 'nothing'"):
        examine("nothing")


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("import ganzoo\n", "import ganzoo\nraise OSError('gone')\n", "cannot be imported: OSError: gone"),
        ("ganzoo_architecture", "ganzoo_architectures", "unknown hook 'ganzoo_architectures'"),
        ("    generator = nn.S", "    space.weight\n    generator = nn.S", "AttributeError: 'Space' object has no"),
        (", size=8", ", spaces=(), size=8", "networks could be built for none of the spaces tried"),
    ],
)
def test_a_plugin_that_cannot_be_built(failures, old, new, found):
    ((title, text),) = failures((old, new)).items()
    assert title == LOADS
    assert found in text


def test_what_a_plugin_raises_is_told_with_its_file_and_line(plugin):
    name = plugin((VALUE, f"    1 / 0\n{VALUE}"))
    (text,) = {check.found for check in examine(name).failures}
    source = catalogue.entry(name).file.read_text()
    line = source[: source.index("1 / 0")].count("\n") + 1
    assert text.startswith("player 'value' raised ZeroDivisionError at step 0; ZeroDivisionError: division by zero (")
    assert f"stranger_{name.replace('-', '_')}.py, line {line})" in text


def test_where_ganzoo_raises_for_a_plugin_the_plugins_line_is_told(plugin):
    name = plugin(("batch.z", "batch.zz"))
    (text, *_) = {check.found for check in examine(name).failures}
    assert "AttributeError: this batch has no 'zz'" in text
    assert f"(stranger_{name.replace('-', '_')}.py, line " in text


def test_why_a_plugin_cannot_be_imported_is_said_once(plugin):
    for mistake in ("import ganzoo\n1 / 0\n", "import ganzoo\n)\n"):
        (text,) = {check.found for check in examine(plugin(("import ganzoo\n", mistake))).failures}
        assert text.count("Error: ") == 1
        assert ".py, line " in text
        assert "catalogue.py" not in text


def test_what_a_release_deprecates_is_shown_to_the_author_and_goes_on_working(plugin, monkeypatch):
    """A release in which ganzoo.Adam and the hook are to go, and a plugin made before it."""
    adam = deprecated("ganzoo.Adam goes in 0.3: say ganzoo.AdamW")(lambda **options: Adam(**options))
    monkeypatch.setattr("ganzoo.Adam", adam)
    options = {**hookspecs.ganzoo_architecture.ganzoo_spec, "warn_on_impl": DeprecationWarning("another hook from 0.3")}
    monkeypatch.setattr(hookspecs.ganzoo_architecture, "ganzoo_spec", options)
    report = examine(plugin())
    assert not report.failures
    found = report.checks[-1]
    assert (found.title, found.outcome) == ("the plugin loads and plays with a warning", "measured")
    assert set(found.found.split("; ")) == {"another hook from 0.3", "ganzoo.Adam goes in 0.3: say ganzoo.AdamW"}


def test_a_plugin_that_prints(failures):
    found = set(failures((VALUE, f"    print('step', 1)\n{VALUE}")).values())
    assert found == {"it prints 'step 1'; return terms instead, they are logged"}


def test_a_plugin_that_writes_into_the_working_folder(failures, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = set(failures((VALUE, f"    open('notes.txt', 'w').close()\n{VALUE}")).values())
    assert found == {"it writes 'notes.txt' into the working folder; a plugin writes no files"}
    assert Path.cwd() == tmp_path
    assert not (tmp_path / "notes.txt").exists()


def test_a_game_without_data_skips_what_needs_data(installed):
    installed.add("product", GAME)
    report = conformance("product")
    skipped = [check.title.partition(" ")[0] for check in report.checks if check.outcome == "skipped"]
    assert skipped == ["4", "11", "12"]
    assert {check.found for check in report.checks if check.outcome == "skipped"} == {"a game without data"}
    assert report.golden["lower/product"] == pytest.approx((1 + 0.9 * 1.09 + (0.9 - 0.109) * 1.1701) / 3, abs=0.01)
