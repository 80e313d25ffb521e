import pytest

from ganzoo.testing.text import config, docstring, imports

SUMMARY = "Tiny GAN: the smallest game that there is."
FIELD = 'latent_dim: Annotated[int, "Z, length of the noise vector", ganzoo.Range(1, 64)] = 4'
DECORATOR = "@dataclass(frozen=True, kw_only=True)\n"


def test_the_good_one_passes(found_by):
    assert found_by(docstring) == "Somebody et al. 2020, A Tiny Game, arXiv:0000.00000"
    assert found_by(imports) == ""
    assert found_by(config) == "1 options"


@pytest.mark.parametrize(
    ("old", "new", "missing"),
    [
        (SUMMARY, "Tiny GAN, the smallest game", "a first line that is one sentence"),
        (SUMMARY, "Tiny GAN: " + "very " * 20 + "small.", "at most 72 characters (116 now)"),
        ("    min_G max_D", "min_G max_D", "the equation, indented"),
        ("Paper: Somebody et al. 2020", "Paper: Somebody et al.", "`Paper: Authors YEAR, Title, where`"),
        ("Paper:", "From:", "`Paper: Authors YEAR, Title, where`"),
        ("Tasks:", "For:", "`Tasks: images, ...`"),
    ],
)
def test_each_part_of_the_docstring_is_needed(found_by, old, new, missing):
    found = found_by(docstring, (old, new))
    assert found.startswith("failed: the docstring needs ")
    assert missing in found
    assert ";" not in found


def test_all_missing_parts_are_named_at_once(found_by):
    found = found_by(docstring, ("Tasks:", "For:"), ("Paper:", "From:"), (SUMMARY, "Tiny"))
    assert found.count(";") == 2


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("import ganzoo.engine.game", "ganzoo.engine.game"),
        ("from ganzoo.engine import game", "ganzoo.engine"),
        ("from ganzoo import contract", "ganzoo.contract"),
        ("from ganzoo_plugins.images import dcgan", "ganzoo_plugins.images"),
        ("def late():\n    from ganzoo.catalogue import load", "ganzoo.catalogue"),
        ("import ganzoo.engine.game, ganzoo.data", "ganzoo.data, ganzoo.engine.game"),
    ],
)
def test_other_parts_of_ganzoo_are_not_imported(found_by, line, named):
    found = found_by(imports, ("import ganzoo\n", f"import ganzoo\n{line}\n"))
    assert found.startswith(f"failed: imports {named}; use ganzoo, ganzoo.nn")


@pytest.mark.parametrize(
    "line",
    ["from ganzoo import Adam", "import ganzoo.nn", "from ganzoo.nn import mlp", "from ganzoo import nn as parts"],
)
def test_what_a_plugin_may_import(found_by, line):
    assert found_by(imports, ("import ganzoo\n", f"import ganzoo\n{line}\n")) == ""


def test_a_bundled_plugins_key_is_its_modules_name(found_by, monkeypatch):
    monkeypatch.setattr("ganzoo.catalogue.Entry.distribution", "ganzoo")
    assert found_by(imports).startswith("failed: the key 'tiny-")


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ('Annotated[int, "Z, length of the noise vector", ganzoo.Range(1, 64)]', "int", "latent_dim has no note"),
        ("frozen=True, kw_only=True", "frozen=True", "latent_dim is not keyword-only"),
        (
            FIELD,
            f'{FIELD}\n    parts: Annotated[frozenset, "of it"] = frozenset()',
            "does not survive JSON: Object of type frozenset",
        ),
    ],
)
def test_a_config_is_held_to_its_form(found_by, old, new, found):
    assert found in found_by(config, (old, new))


def test_a_config_that_comes_back_as_another(found_by):
    flag = (
        FIELD
        + """
    kind: Annotated[int | str, "a number as a text"] = "5\""""
    )
    assert "comes back from JSON as Config(latent_dim=4, kind=5)" in found_by(config, (FIELD, flag))


def test_a_config_that_is_not_decorated(found_by):
    inherited = f"{DECORATOR}class Base(ganzoo.Config):\n    {FIELD}\n\n\nclass Config(Base):\n    width: int = 3\n"
    found = found_by(config, (f"{DECORATOR}class Config(ganzoo.Config):\n    {FIELD}\n", inherited))
    assert found == "failed: width is no field: @dataclass(frozen=True, kw_only=True) is missing"


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("frozen=True, kw_only=True", "kw_only=True", "cannot inherit non-frozen dataclass from a frozen one"),
        (" = 4", "", "Config: latent_dim needs a default"),
        ("class Config(ganzoo.Config)", "class Config", "Config, the architecture's config, should inherit"),
    ],
)
def test_a_config_that_cannot_be_made_fails_before_all_else(failures, old, new, found):
    ((title, text),) = failures((old, new)).items()
    assert title == "the plugin loads and builds its networks"
    assert found in text
