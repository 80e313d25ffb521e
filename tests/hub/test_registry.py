import re
import tomllib
from pathlib import Path

import pytest

from ganzoo.engine.layout import Pin
from ganzoo.errors import UsageError
from ganzoo.hub import registry

A, B = "a" * 64, "b" * 64
GOOD = f'''
schema = 1

[plugins.tiny]
distribution = "ganzoo-tiny"
requires = ">=0.2,<1"
summary = "the smallest game"

[models."dcgan.hub"]
repo = "me/dcgan-mnist"
revision = "{"3" * 40}"
plugin = "dcgan"
license = "mit"
dataset = "mnist"
status = "deprecated"
replaced_by = "vanilla-mlp.digits"
since = 2026-11-23
[models."dcgan.hub".files]
"config.json" = {{ sha256 = "{A}", size = 800 }}
"generator.safetensors" = {{ sha256 = "{B}", size = 1000 }}

[models."vanilla-mlp.digits"]
path = "pretrained/vanilla-mlp.digits"
plugin = "vanilla-mlp"
plugin_requires = ">=0.1"
license = "mit"
dataset = "digits"
shape = [1, 28, 28]
metrics = [{{ name = "kid", value = 0.5, dataset = "digits", n = 1797, extractor = "raw" }}]
[models."vanilla-mlp.digits".files]
"config.json" = {{ sha256 = "{A}", size = 800 }}
"generator.safetensors" = {{ sha256 = "{B}", size = 1000 }}

[aliases]
digits = "vanilla-mlp.digits"
'''


def parse(text):
    return registry.parse(text.encode() if isinstance(text, str) else text, "registry.toml", Path("/somewhere"))


def test_what_is_listed_is_found_by_name_and_alias():
    found = parse(GOOD)
    assert found.find("digits") is found.find("vanilla-mlp.digits")
    digits, hub = found.models["vanilla-mlp.digits"], found.models["dcgan.hub"]
    assert digits.path == Path("/somewhere/pretrained/vanilla-mlp.digits")
    assert (digits.shape, digits.size, digits.metrics[0].n) == ((1, 28, 28), 1800, 1797)
    assert (hub.path, hub.repo, hub.revision) == (None, "me/dcgan-mnist", "3" * 40)
    assert hub.files["generator.safetensors"] == Pin(B, 1000)
    assert found.find("nothing") is None
    assert found.plugins["tiny"].install == 'ganzoo plugins install "ganzoo-tiny>=0.2,<1"'


BAD = {
    "not TOML": ("schema = ", r"registry.toml is not TOML"),
    "not text": (b"\xff\xfe", r"is not TOML"),
    "an unknown schema": ("schema = 99", r"has schema 99, here 1 is read; type: pip install --upgrade ganzoo"),
    "no schema": ("", r"schema is missing"),
    "deep": ("a = " + "[" * 200 + "]" * 200, r"nested too deeply|is not TOML"),
    "a number of digits": ("schema = 0x" + "f" * 9000, r"schema is a number of thousands of digits"),
    "a duplicate": (GOOD + '\n[models."dcgan.hub"]\nplugin = "x"', r"is not TOML"),
    "a duplicate alias": (GOOD + '\ndigits = "dcgan.hub"', r"is not TOML"),
    "an alias of an alias": (GOOD + '\nzero = "digits"', r"alias zero should name a model of this file, not digits"),
    "an alias loop": (GOOD + '\none = "two"\ntwo = "one"', r"alias one should name a model"),
    "an alias that is a model": (GOOD + '\n"dcgan.hub" = "dcgan.hub"', r"alias dcgan.hub should .* be no model's name"),
    "an alias that is a path": (GOOD + '\n"../x" = "dcgan.hub"', r"alias ../x should match"),
    "an alias that is latest": (GOOD + '\nlatest = "dcgan.hub"', r"alias latest should"),
    "a name that is a path": (GOOD.replace("dcgan.hub", "../hub"), r"models.../hub should have a name of two parts"),
    "an upper-case name": (GOOD.replace('"dcgan.hub"', '"DCGAN.hub"'), r"models.DCGAN.hub should have a name"),
    "a name of another plugin": (GOOD.replace("dcgan.hub", "wgan.hub"), r"should begin with .* its plugin, dcgan"),
    "a missing revision": (re.sub("revision = .*", "", GOOD), r"models.dcgan.hub: revision is missing"),
    "a short revision": (GOOD.replace("3" * 40, "3f0c"), r"revision is 3f0c, expected .*40 hex digits"),
    "a branch": (GOOD.replace("3" * 40, "main"), r"revision is main, expected"),
    "both path and repo": (GOOD.replace("repo =", 'path = "x"\nrepo ='), r"should have either path, or repo"),
    "neither": (GOOD.replace('path = "pretrained/vanilla-mlp.digits"', ""), r"should have either path, or repo"),
    "a path above": (GOOD.replace("pretrained/", "../"), r"path is ../vanilla-mlp.digits, expected"),
    "an absolute path": (GOOD.replace("pretrained/", "/etc/"), r"path is /etc/vanilla-mlp.digits, expected"),
    "an address": (GOOD.replace("me/dcgan-mnist", "https://x.org/me/a"), r"repo is https://x.org/me/a, expected"),
    "a repo above": (GOOD.replace("me/dcgan-mnist", "me/.."), r"repo is me/.., expected"),
    "three parts": (GOOD.replace("me/dcgan-mnist", "a/b/c"), r"repo is a/b/c, expected"),
    "no hex": (GOOD.replace(A, "z" * 64), r"files.config.json: sha256 is zzz.*, expected"),
    "a hash in capitals": (GOOD.replace(A, "A" * 64), r"sha256 is AAA"),
    "no size": (GOOD.replace(", size = 800", ""), r"files.config.json: size is missing"),
    "a negative size": (GOOD.replace("size = 800", "size = -1"), r"size is -1, expected a whole number"),
    "a size of 1 TB": (GOOD.replace("size = 1000", "size = 1000000000000"), r"size is 1000000000000, expected"),
    "a file that is no model's": (GOOD.replace('"config.json"', '"../x"'), r"files lists ../x; a model's files are"),
    "no weights": (GOOD.replace('"generator.safetensors"', '"metrics.json"'), r"should list config.json and generator|"
                   r"should list generator.safetensors"),
    "an unknown status": (GOOD.replace('"deprecated"', '"fine"'), r"status is fine, expected text, for example ok or"),
    "a successor of nowhere": (GOOD.replace('replaced_by = "vanilla-mlp.digits"', 'replaced_by = "a.b"'),
                               r"replaced_by should name another model"),
    "bad versions": (GOOD.replace(">=0.2,<1", "newest"), r"requires is newest, expected versions as in >=0.2"),
    "versions with a command": (GOOD.replace(">=0.2,<1", ">=1; rm -rf /"), r"requires is >=1; rm -rf /, expected"),
    "a distribution that is an option": (GOOD.replace("ganzoo-tiny", "--index-url"), r"distribution is --index-url"),
    "an endpoint": (GOOD.replace("license", 'endpoint = "https://x.org"\nlicense', 1), r"endpoint is not a known"),
    "a metric that is no number": (GOOD.replace("value = 0.5", "value = nan"), r"metrics: value is nan, expected"),
    "an escape sequence": (GOOD.replace("the smallest game", "\\u001b[2J"), r"summary is '\\x1b\[2J', expected text"),
    "a plugin's name": (GOOD.replace("plugins.tiny", 'plugins."os.system"'), r"plugins.os.system should have a name"),
    "no table": ("schema = 1\nmodels = 3", r"models is 3, expected a table"),
    "no table inside": ('schema = 1\n[models]\n"a.b" = 3', r"models.a.b should be a table of fields"),
    "too long": ("#" * (1 << 20) + "\n", r"has 1,048,577 bytes; a registry has at most 1,048,576"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_bad_registry_is_refused_with_a_line_that_says_why(case):
    text, message = BAD[case]
    with pytest.raises(UsageError, match=message) as caught:
        parse(text)
    assert all(mistake.startswith("registry.toml") and mistake.isprintable() for mistake in caught.value.mistakes)


def test_every_mistake_is_said_at_once():
    with pytest.raises(UsageError) as caught:
        parse(GOOD.replace("3" * 40, "main").replace(A, "z").replace(">=0.2,<1", "x"))
    assert len(caught.value.mistakes) == 4


def test_a_missing_field_is_said_once():
    with pytest.raises(UsageError) as caught:
        parse(GOOD.replace('plugin = "dcgan"\n', ""))
    assert [mistake.rpartition(": ")[2] for mistake in caught.value.mistakes] == ["plugin is missing"]


def test_the_shipped_registry_is_the_checkouts_own():
    path, root = registry.files()[0]
    assert tomllib.loads(path.read_text())["schema"] == 1
    assert path.parent == root.parent
    assert registry.read().models.keys() >= set()


def test_a_registry_of_ones_own_is_read_after_the_shipped_one(tmp_path, monkeypatch):
    mine, more = tmp_path / "mine.toml", tmp_path / "more.toml"
    mine.write_text(GOOD.replace(".digits", ".mine").replace("pretrained/", "").replace("digits =", "mine ="))
    monkeypatch.setenv("GANZOO_REGISTRY", f"{mine}:{more}")
    for made, said in ((lambda: None, "No such file or directory"), (more.mkdir, "Is a directory")):
        made()
        with pytest.raises(UsageError, match=rf"no registry at {more} \({said}\); GANZOO_REGISTRY names files"):
            registry.read()
    more.rmdir()
    with pytest.raises(UsageError, match="not addresses"):
        registry.read()
    more.write_text("schema = 1")
    found = registry.read()
    assert found.find("mine").path == tmp_path / "vanilla-mlp.mine"
    more.write_text(mine.read_text())
    with pytest.raises(UsageError, match=r"more.toml: model 'dcgan.hub' is listed by an earlier registry"):
        registry.read()
    more.write_text("override = true\n" + mine.read_text().replace('"mnist"', '"other"'))
    assert registry.read().models["dcgan.hub"].dataset == "other"
