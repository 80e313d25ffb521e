"""Whatever a stranger writes: it is read, or refused by one of our errors with lines that can be printed."""

import copy
import json
import random
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ganzoo import catalogue
from ganzoo.engine.layout import GENERATOR
from ganzoo.errors import GanzooError
from ganzoo.hub import load, registry
from ganzoo.hub.described import parse_config, parse_manifest
from ganzoo.hub.header import parse_header

FEW, MANY = 100, 2_500  # inputs of each kind

WORDS = st.one_of(
    st.sampled_from(
        ["", "G.0.weight", "../x", "__class__", "\x1b[2J", "\ud800", "F32", "9" * 40, "image", "none", "128"]
    ),
    st.text(max_size=12),
)
NUMBERS = st.one_of(
    st.sampled_from([0, 1, -1, 8, 2**31, 2**63, 10**18, 10**400, 0.5, 1e308, float("inf"), float("nan"), -0.0]),
    st.integers(-9, 9),
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, WORDS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(WORDS, inner, max_size=4)),
    max_leaves=8,
)
CHANGES = st.lists(st.tuples(st.integers(0, 60), st.sampled_from(["put", "add", "drop"]), WORDS, VALUES), max_size=3)
DAMAGE = st.lists(st.tuples(st.integers(0, 5000), st.binary(max_size=6), st.integers(0, 6)), max_size=3)


def places(value):
    """Every table and list inside of a value, itself first."""
    found = [value] if isinstance(value, dict | list) else []
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else []:
        found += places(inner)
    return found


def changed(value, changes):
    """The value with fields put, added and dropped somewhere in it."""
    value = copy.deepcopy(value)
    for where, how, word, value_of in changes:
        new = copy.deepcopy(value_of)
        found = places(value)
        place = found[where % len(found)]
        keys = sorted(place, key=str) if isinstance(place, dict) else list(range(len(place)))
        if how == "drop" and keys:
            del place[keys[where % len(keys)]]
        elif how == "put" and keys:
            place[keys[where % len(keys)]] = new
        elif isinstance(place, dict):
            place[word] = new
        else:
            place.append(new)
    return value


def damaged(contents, damage):
    """The bytes with some of them cut out and others put in."""
    for where, new, cut in damage:
        at = where % (len(contents) + 1)
        contents = contents[:at] + new + contents[at + cut :]
    return contents


def as_json(value):
    return json.dumps(value).encode()


def as_toml(value):
    """TOML in inline tables, in which every JSON value but null can be said."""
    lines = [f"{json.dumps(key)} = {inline(inner)}" for key, inner in value.items() if inner is not None]
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def inline(value):
    if isinstance(value, dict):
        pairs = (f"{json.dumps(key)} = {inline(inner)}" for key, inner in value.items() if inner is not None)
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(inline(inner) for inner in value if inner is not None) + "]"
    return json.dumps(value).replace("NaN", "nan").replace("Infinity", "inf")


def survives(function):
    """The function's answer, or None after one of our errors."""
    try:
        return function()
    except GanzooError as error:
        refusal = error
    assert refusal.exit_code == 2
    for line in str(refusal).splitlines():
        assert line.isprintable()
        assert len(line) < 1000
    return None


@cache
def architecture():
    return catalogue.load("vanilla-mlp")


def config(published, changes, damage):
    good = json.loads((published / "config.json").read_text())
    found = survives(lambda: parse_config(damaged(as_json(changed(good, changes)), damage), "config.json"))
    if found:
        survives(lambda: load._options(architecture(), found, Path("model")))
    return found


def manifest(published, changes, damage):
    good = json.loads((published / "manifest.json").read_text())
    return survives(lambda: parse_manifest(damaged(as_json(changed(good, changes)), damage), "manifest.json"))


def header(published, changes, damage):
    contents = (published / GENERATOR).read_bytes()
    length = int.from_bytes(contents[:8], "little")
    text = as_json(changed(json.loads(contents[8 : 8 + length]), changes))
    start = damaged(len(text).to_bytes(8, "little") + text, damage)
    return survives(lambda: parse_header(start, len(start) + len(contents) - 8 - length, "weights"))


def listed(published, changes, damage):
    text = damaged(as_toml(changed(REGISTRY, changes)), damage)
    return survives(lambda: registry.parse(text, "registry.toml", Path("root")))


PIN = {"sha256": "a" * 64, "size": 9}
MODEL = {"plugin": "dcgan", "license": "mit", "dataset": "mnist", "files": {"config.json": PIN, GENERATOR: PIN}}
METRIC = {"name": "kid", "value": 0.5, "dataset": "mnist", "n": 100, "extractor": "raw"}
REGISTRY = {
    "schema": 1,
    "plugins": {"tiny": {"distribution": "ganzoo-tiny", "requires": ">=0.2,<1", "homepage": "https://a.org"}},
    "models": {
        "dcgan.a": {**MODEL, "repo": "me/gan", "revision": "3" * 40, "status": "deprecated", "replaced_by": "dcgan.b"},
        "dcgan.b": {**MODEL, "path": "weights/b", "shape": [1, 8, 8], "metrics": [METRIC]},
    },
    "aliases": {"b": "dcgan.b"},
}

KINDS = [config, manifest, header, listed]
ATOMS = [None, True, "", "../x", "\x1b[2J", "\ud800", "9" * 40, 0, -1, 2**63, 10**18, 0.5, 1e308, float("nan"), [], {}]
QUIETLY = {"deadline": None, "database": None, "derandomize": True, "suppress_health_check": list(HealthCheck)}


@pytest.mark.parametrize("kind", KINDS)
def test_what_hypothesis_thinks_of(kind, published):
    @settings(max_examples=FEW, **QUIETLY)
    @given(changes=CHANGES, damage=DAMAGE)
    def hold(changes, damage):
        kind(published, changes, damage)

    hold()


@pytest.mark.parametrize("kind", KINDS)
def test_ten_thousand_inputs(kind, published):
    read = 0
    for seed in range(MANY):
        chance = random.Random(seed)
        value = lambda: chance.choice([*ATOMS, [chance.choice(ATOMS)], {"a": chance.choice(ATOMS)}])  # noqa: B023, E731
        how = ["put", "put", "add", "drop"]
        changes = [
            (chance.randrange(60), chance.choice(how), chance.choice(["a", "G.0.weight", "../x", ""]), value())
            for _ in range(chance.randrange(3))
        ]
        damage = [
            (chance.randrange(5000), chance.randbytes(chance.randrange(4)), chance.randrange(4))
            for _ in range(chance.randrange(2))
        ]
        read += kind(published, changes, damage) is not None
    assert MANY / 10 < read < 0.9 * MANY  # both happen


def test_what_is_not_changed_is_read(published):
    assert parse_config((published / "config.json").read_bytes(), "x")
    assert parse_manifest((published / "manifest.json").read_bytes(), "x")
    assert registry.parse(as_toml(REGISTRY), "x", Path()).find("b")


@pytest.mark.parametrize("kind", [parse_config, parse_manifest])
@given(contents=st.binary(max_size=200))
@settings(max_examples=FEW, deadline=None, database=None, derandomize=True)
def test_bytes_that_are_nothing(kind, contents):
    survives(lambda: kind(contents, "a file"))
    survives(lambda: parse_header(contents, len(contents), "a file"))
    survives(lambda: registry.parse(contents, "a file", Path()))
