import dataclasses
import json
import tomllib
from dataclasses import dataclass, field
from typing import Annotated, Literal

import pytest
import tomlkit

from ganzoo.config import Config, Option, Range
from ganzoo.errors import UsageError


@dataclass(frozen=True, kw_only=True)
class Tiny(Config):
    latent_dim: Annotated[int, "Z, length of the noise vector", Range(1, 4096)] = 100
    lr: Annotated[float, "Adam's step size", Range(0, 1)] = 2e-4
    saturating: Annotated[bool, "G descends V"] = False
    loss: Annotated[Literal["minimax", "hinge"], "the objective"] = "minimax"
    groups: Annotated[Literal[1, 4], "of channels"] = 1
    betas: Annotated[tuple[float, float], "Adam's decays", Range(0, 1)] = (0.5, 0.999)
    widths: Annotated[tuple[int, ...], "units of the layers"] = (256, 256)
    corners: Annotated[tuple[tuple[int, int], ...], "of a box"] = ((0, 0), (1, 2))
    clip: Annotated[float | None, "greatest slope"] = None
    depth: Annotated[int | None, "layers, else by the size"] = 3
    title: Annotated[str, "of the picture"] = "a"
    norm: Annotated[str | None, "the normalisation"] = None
    levels: Annotated[tuple[int, ...], "made anew"] = field(default_factory=lambda: (1, 2))


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("latent_dim", "64", 64),
        ("latent_dim", "1_000", 1000),
        ("lr", "1e-4", 1e-4),
        ("lr", "1E-4", 1e-4),
        ("lr", ".5", 0.5),
        ("lr", "1", 1.0),
        ("lr", "0.001", 0.001),
        ("saturating", "true", True),
        ("saturating", "True", True),
        ("saturating", "FALSE", False),
        ("loss", "hinge", "hinge"),
        ("groups", "4", 4),
        ("betas", "[0, 0.9]", (0.0, 0.9)),
        ("widths", "[1, 2, 3]", (1, 2, 3)),
        ("widths", "[]", ()),
        ("corners", "[[1, 2], [3, 4]]", ((1, 2), (3, 4))),
        ("clip", "none", None),
        ("clip", "0.5", 0.5),
        ("depth", "None", None),
        ("title", "none", "none"),
        ("title", "12", "12"),
        ("title", '"quoted"', '"quoted"'),
        ("norm", "batch", "batch"),
        ("norm", "12", "12"),
    ],
)
def test_a_typed_string_becomes_the_fields_type(key, text, value):
    found = getattr(Tiny.parse({key: text}), key)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("latent_dim", "ten", "latent_dim='ten': expected int, for example latent_dim=100"),
        ("latent_dim", "1.5", "latent_dim=1.5: expected int"),
        ("latent_dim", True, "latent_dim=True: expected int"),
        ("latent_dim", "true", "latent_dim=True: expected int"),
        ("latent_dim", "0", "latent_dim=0: expected at least 1 and at most 4096"),
        ("latent_dim", 4097, "latent_dim=4097: expected at least 1 and at most 4096"),
        ("lr", "fast", "lr='fast': expected float, for example lr=0.0002"),
        ("lr", "2", "lr=2.0: expected at least 0 and at most 1"),
        ("lr", "nan", "lr=nan: expected a finite number"),
        ("lr", "NaN", "lr=nan: expected a finite number"),
        ("lr", "-inf", "lr=-inf: expected a finite number"),
        ("lr", True, "lr=True: expected float"),
        ("lr", None, "lr=None: expected float"),
        ("saturating", "1", "saturating=1: expected bool, for example saturating=false"),
        ("saturating", "yes", "saturating='yes': expected bool"),
        ("loss", "wasserstein", "loss='wasserstein': expected one of minimax, hinge, for example loss=minimax"),
        ("groups", "2", "groups=2: expected one of 1, 4"),
        ("groups", True, "groups=True: expected one of 1, 4"),
        ("betas", "[0.5]", "betas=(0.5,): expected tuple[float, float], for example betas=[0.5, 0.999]"),
        ("betas", "[0.5, nan]", "betas=(0.5, nan): expected a finite number"),
        ("betas", "[0.5, 2]", "betas=(0.5, 2): expected at least 0 and at most 1"),
        ("betas", "0.5", "betas=0.5: expected tuple"),
        ("widths", "[1, 2.5]", "widths=(1, 2.5): expected tuple[int, ...]"),
        ("clip", "inf", "clip=inf: expected a finite number"),
        ("clip", "off", "clip='off': expected float | None, for example clip=none"),
        ("title", 3, "title=3: expected str"),
    ],
)
def test_a_wrong_value_is_told_with_what_was_expected(key, value, expected):
    with pytest.raises(UsageError) as caught:
        Tiny.parse({key: value})
    (mistake,) = caught.value.mistakes
    assert mistake.startswith("option " + expected)


def test_what_an_error_gives_as_an_example_can_be_typed():
    for option in Tiny.options():
        text = option.problem(object()).rpartition(f"{option.name}=")[2]
        assert getattr(Tiny.parse({option.name: text}), option.name) == option.default


def test_all_mistakes_are_told_at_once_with_the_nearest_names():
    with pytest.raises(UsageError) as caught:
        Tiny.parse({"latent_dims": 3, "lr": "fast", "loss": "hinge", "depth": "x", "zzz": 1})
    mistakes = caught.value.mistakes
    assert mistakes[0] == "unknown option 'latent_dims'; did you mean 'latent_dim'?"
    assert mistakes[1].startswith("option lr='fast'")
    assert mistakes[2].startswith("option depth='x': expected int | None")
    assert mistakes[3].startswith("unknown option 'zzz'; known: betas, clip,")
    assert len(mistakes) == 4


def test_values_given_in_python_are_held_to_the_same():
    assert Tiny(lr=1).lr == 1.0
    assert type(Tiny(lr=1).lr) is float
    assert Tiny(widths=[1, 2]).widths == (1, 2)
    with pytest.raises(UsageError) as caught:
        Tiny(lr=2, latent_dim=True, clip=float("inf"), saturating="true")
    assert [mistake.split("=")[0] for mistake in caught.value.mistakes] == [
        "option latent_dim", "option lr", "option saturating", "option clip",
    ]  # fmt: skip


def test_a_default_out_of_its_range_is_told_too():
    @dataclass(frozen=True, kw_only=True)
    class Wrong(Config):
        width: Annotated[int, "units", Range(1)] = 0

    with pytest.raises(UsageError, match=r"width=0: expected at least 1$"):
        Wrong()


def test_the_ends_of_a_range_are_included():
    assert (Tiny(lr=0).lr, Tiny(lr=1).lr, Tiny(latent_dim=4096).latent_dim) == (0, 1, 4096)


def test_frozen_and_keyword_only():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Tiny().lr = 1.0
    with pytest.raises(TypeError):
        Tiny(100)
    assert hash(Tiny()) == hash(Tiny())


@pytest.mark.parametrize(
    "config",
    [
        Tiny(),
        Tiny(latent_dim=7, lr=1e-12, saturating=True, loss="hinge", groups=4, betas=(0, 1), widths=(), depth=None),
        Tiny(corners=((5, 6),), clip=0.25, title="none", norm="1", levels=(3,)),
    ],
    ids=["defaults", "numbers", "texts"],
)
def test_survives_toml_and_json(config):
    values = config.to_dict()
    assert Tiny.parse(json.loads(json.dumps(values))) == config
    assert Tiny.parse(tomllib.loads(tomlkit.dumps(values))) == config


def test_options_say_name_type_default_note_and_range():
    options = {option.name: option for option in Tiny.options()}
    assert list(options) == [item.name for item in dataclasses.fields(Tiny)]
    assert options["lr"] == Option("lr", float, 2e-4, "Adam's step size", Range(0, 1))
    assert options["clip"] == Option("clip", float | None, None, "greatest slope", None)
    assert options["levels"].default == (1, 2)


def test_a_field_without_note_or_default_is_still_an_option():
    @dataclass(frozen=True, kw_only=True)
    class Bare(Config):
        width: int

    assert Bare.options() == (Option("width", int, dataclasses.MISSING, "", None),)


def test_options_are_inherited_and_come_after_the_own_ones():
    @dataclass(frozen=True, kw_only=True)
    class More(Tiny):
        extra: Annotated[int, "one more"] = 1
        lr: Annotated[float, "this GAN's own"] = 2.0

    inherited = [option.name for option in Tiny.options() if option.name != "lr"]
    assert [option.name for option in More.options()] == ["extra", "lr", *inherited]
    assert list(More().to_dict()) == ["extra", "lr", *inherited]
    assert More().lr == 2.0
    assert More.parse({"extra": "2", "lr": "1"}) == More(extra=2, lr=1.0)
