import json
import pickle
import subprocess
import sys
from dataclasses import replace

import pytest
import safetensors.torch
import torch

from ganzoo import catalogue
from ganzoo.engine.layout import CONFIG, FILES, GENERATOR, MANIFEST
from ganzoo.engine.model import write_model
from ganzoo.errors import GanzooError, ModelError
from ganzoo.hub.load import read

LATENT = "architecture.latent_dim"
PLUGIN = {**catalogue.entry("vanilla-mlp").identity, "revision": 1}


def refused(folder, message):
    with pytest.raises(ModelError, match=message) as caught:
        read(folder)
    assert all(line.isprintable() and len(line) < 600 for line in str(caught.value).splitlines())
    return str(caught.value)


def put(path, value):
    """A change of a config: the value at a path of keys, as in "space.shape"."""

    def change(values):
        *outer, last = path.split(".")
        for key in outer:
            values = values[key]
        values[last] = value

    return change


def test_a_model_is_read_as_it_was_written(model, generator):
    again = read(model)
    assert torch.equal(again.sample(5, seed=1).tensor, generator.sample(5, seed=1).tensor)
    assert not again.training
    assert not any(parameter.requires_grad for parameter in again.parameters())
    assert (again.config, again.space) == (generator.config, generator.space)
    assert again.about["dataset"] == "digits"


def test_halves_are_read_as_whole_numbers(generator, tmp_path):
    write_model(tmp_path / "half", generator, PLUGIN, {}, half=True)
    again = read(tmp_path / "half")
    assert {value.dtype for value in again.parameters()} == {torch.float32}
    difference = (again.sample(4).tensor - generator.sample(4).tensor).abs().max()
    assert 0 < difference < 0.01
    assert (tmp_path / "half" / GENERATOR).stat().st_size < 0.8 * 4 * sum(p.numel() for p in generator.parameters())


def test_a_forger_whose_hashes_agree_is_believed_and_the_tests_below_mean_something(forge):
    assert read(forge()).config.latent_dim == 4


def test_1_other_bytes_of_the_same_length(model):
    contents = bytearray((model / GENERATOR).read_bytes())
    contents[-1] ^= 1
    (model / GENERATOR).write_bytes(contents)
    refused(model, r"generator.safetensors has the sha256 .*, manifest.json says .*: it is damaged or was changed")
    (model / CONFIG).write_text((model / CONFIG).read_text().replace('"seed": 0', '"seed": 1'))
    refused(model, r"config.json has the sha256")


def test_2_a_file_that_was_cut_off(model):
    contents = (model / GENERATOR).read_bytes()
    (model / GENERATOR).write_bytes(contents[: len(contents) // 2])
    refused(model, r"generator.safetensors has .* bytes, manifest.json says .*: it is not whole")
    (model / GENERATOR).write_bytes(b"")
    refused(model, r"has 0 bytes, manifest.json says .*: it is empty")
    (model / GENERATOR).unlink()
    refused(model, r"generator.safetensors cannot be read: No such file")


@pytest.mark.parametrize(
    ("number", "contents", "message"),
    [
        (3, b"<!DOCTYPE html><html>please log in</html>", "it is a web page"),
        (4, b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", "it is a git-LFS pointer.*lfs pull"),
        (5, pickle.dumps({"G": 1}), "it is a pickle under another name, which ganzoo never loads"),
        (5, b"PK\x03\x04" + bytes(40), "it is a pickle under another name"),
        (6, (2**63).to_bytes(8, "little") + b"{}", "its header is longer than it may be"),
        (6, (200 << 20).to_bytes(8, "little") + b"{}", "its header is longer"),
        (6, (100).to_bytes(8, "little") + b"{}", "its header is longer"),
        (6, b"", "should|size is 0"),
    ],
)
def test_3_to_6_what_is_no_safetensors(plant, number, contents, message):
    refused(plant(GENERATOR, contents), message)


def test_5_a_folder_of_pickles(model):
    for path in model.iterdir():
        path.unlink()
    (model / "pytorch_model.bin").write_bytes(pickle.dumps({}))
    refused(model, r"it has no manifest.json; pytorch_model.bin is a pickle, which ganzoo never loads")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t | {"G.extra": torch.zeros(2)}, r"'G.extra' is not a tensor of it"),
        (lambda t: dict(list(t.items())[1:]), r"is missing"),
        (lambda t: {name.replace("G.", "D."): value for name, value in t.items()}, r"; \d+ differ in all"),
        (
            lambda t: {name: value[..., :1].clone() for name, value in t.items()},
            r"should have the shape \(.*\), not \(.*\)",
        ),
        (lambda t: {name: value.long() for name, value in t.items()}, r"should hold torch.float32, not torch.int64"),
        (lambda t: {name: value.bool() for name, value in t.items()}, r"dtype is BOOL, expected"),
        (lambda t: {name: value.to(torch.float8_e4m3fn) for name, value in t.items()}, r"dtype is F8_E4M3, expected"),
        (lambda t: {name: value * float("nan") for name, value in t.items()}, r"values that are not finite, .*'G\."),
        (lambda t: {name: value / 0 for name, value in t.items()}, r"values that are not finite"),
        (lambda t: t | {"../../x": torch.zeros(2)}, r"names a tensor ../../x; names match"),
        (lambda t: t | {"__class__": torch.zeros(2)}, r"'__class__' is not a tensor of it"),
    ],
)
def test_8_10_11_tensors_that_do_not_fit(forge, change, message):
    refused(forge(tensors=change), message)


def test_11_a_layer_of_zeros_is_told(forge):
    lines = []
    read(forge(tensors=lambda t: {name: value * 0 for name, value in t.items()}), tell=lines.append)
    assert "is all zeros, so samples may all look the same" in lines[0]


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        (b" \n", r"config.json is empty"),
        (b"{", r"config.json is not JSON as it should be"),
        (b"[]", r"config.json should be a table of fields"),
        (b"null", r"should be a table of fields"),
        (b"\xff\xfe", r"is not JSON"),
        (b"\xef\xbb\xbf{}", r"begins with a byte order mark"),
        (b"[" * 10_000 + b"]" * 10_000, r"nested too deeply"),
        (b"[" * 40 + b"]" * 40, r"nested too deeply"),
        (b'{"a": 1, "a": 2}', r"the key a is there twice"),
        (b'{"a": NaN}', r"NaN is not a number in JSON"),
        (b'{"a": 1' + b"0" * 5000 + b"}", r"is not JSON"),
        (b'{"a": "\\ud800"}', r"is not JSON"),
    ],
)
def test_12_a_config_that_is_none(plant, contents, message):
    refused(plant(CONFIG, contents), message)


def test_12_a_config_that_is_absent_or_huge(model, plant):
    (model / CONFIG).unlink()
    refused(model, r"config.json cannot be read: No such file")
    manifest = json.loads((model / MANIFEST).read_text())
    manifest["files"][CONFIG]["size"] = 50 << 20
    (model / MANIFEST).write_text(json.dumps(manifest))
    refused(model, rf"config.json: size is 52428800, expected a whole number from 1 to {FILES[CONFIG]:,}")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("128", r"option latent_dim has the wrong type, expected one like 128"),
        (-1, r"latent_dim=-1: expected at least 1"),
        (0, r"latent_dim=0: expected at least 1"),
        (True, r"latent_dim=True: expected int"),
        (None, r"latent_dim=None: expected int"),
        (4.0, r"latent_dim=4.0: expected int"),
        (1e9, r"latent_dim=1000000000.0: expected int"),
        (10**18, r"latent_dim=1000000000000000000: expected at least 1 and at most 4096"),
        ([4] * 100_000, r"latent_dim=\(4, 4, .*"),
        ("x" * 100_000, r"latent_dim='xxx"),
        (5, r"should have the shape \(8, 5\), not \(8, 4\)"),
    ],
)
def test_13_options_of_the_wrong_type_or_out_of_range(forge, value, message):
    refused(forge(config=put(LATENT, value)), message)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("architecture.os", "x", r"unknown option 'os'; known: beta1"),
        ("architecture.__init__", 1, r"unknown option '__init__'"),
        ("architecture.a b", 1, r"has an option a b, which is no name"),
        ("architecture", [], r"architecture is \[\], expected a table"),
        ("architecture", {f"a{n}": 1 for n in range(300)}, r"has 300 options, at most 200 are read"),
        ("space.shape", [1, 8, 100_000], r"expected positive numbers, of an image at most 4096"),
        ("space.shape", [10**9], r"space: shape is \[1000000000\]"),
        ("space.shape", [1, 8, True], r"space: shape is \[1, 8, True\]"),
        ("space.shape", [1, 8, "8"], r"space: shape is"),
        ("space.shape", [4096, 4096, 4096], r"at most 67,108,864 in one sample"),
        ("space.shape", [8, 8], r"expected C, H, W"),
        ("space.shape", [], r"expected C, H, W"),
        ("space.kind", "os.system", r"kind is os.system, expected text, for example image"),
        ("space.kind", "game", r"vanilla-mlp makes image, vector, not game"),
        ("space.classes", ["\x1b[2J"], r"classes should be printable names"),
        ("space.classes", 3, r"classes is 3, expected a list"),
        ("space.range", [1, -1], r"expected two numbers, the less one first"),
        ("space.range", [float(-1), 1e300], r"expected two numbers"),
        ("space.source", {"kind": "image", "shape": [1, 8, 8], "source": {"kind": "image"}}, r"a source of its own"),
        ("space", {"kind": "tokens", "shape": [3]}, r"details should have a unit and a vocabulary of printable tokens"),
        ("space", {"kind": "tokens", "shape": [3], "details": {"unit": "words", "vocabulary": ["\x1b"]}}, r"printable"),
        ("weights", {}, r"weights should have a generator"),
        ("weights.other", {"sha256": "0"}, r"weights has other, expected generator or discriminator"),
        ("weights.generator.aliases", {"G.x": "../y"}, r"aliases should be names of tensors"),
        ("weights.generator.aliases", {"G.x": "G.y"}, r"has an alias for or of 'G.y', which does not fit"),
        ("plugin.revision", "1", r"plugin: revision is 1, expected a whole number"),
        ("plugin.version", "1; rm -rf /", r"plugin: version is 1; rm -rf /, expected"),
        ("plugin.distribution", "--index-url=x", r"plugin: distribution is --index-url=x, expected"),
    ],
)  # fmt: skip
def test_13_a_config_that_is_wrong(forge, path, value, message):
    refused(forge(config=put(path, value)), message)


@pytest.mark.parametrize("name", ["os.system", "../x", "", "x" * 10_000, "vаnilla-mlp", "Vanilla-MLP", None, 3, ["a"]])
def test_14_a_plugins_name_that_is_none(forge, name):
    refused(forge(config=put("plugin.name", name)), r"plugin: name is ")


def test_14_a_plugin_that_is_not_installed(forge, monkeypatch, tmp_path):
    folder = forge(config=put("plugin.name", "toy-gan"))
    text = refused(folder, r"needs the GAN plugin 'toy-gan', which is not installed")
    assert "the package is 'ganzoo', which the registry does not list: read its code before installing it" in text
    assert "installed are: aae, " in text
    mine = tmp_path / "mine.toml"
    mine.write_text('schema = 1\n[plugins.toy-gan]\ndistribution = "ganzoo-toy"\nrequires = ">=0.2,<1"')
    monkeypatch.setenv("GANZOO_REGISTRY", str(mine))
    assert 'the registry lists it as: ganzoo plugins install "ganzoo-toy>=0.2,<1"' in refused(folder, "not installed")


def test_14_weights_of_another_revision(model, monkeypatch):
    other = replace(catalogue.load("vanilla-mlp"), revision=2)
    monkeypatch.setattr(catalogue, "load", lambda gan: other)
    refused(model, r"made with revision 1 of vanilla-mlp, installed is revision 2.*type: pip install ganzoo==")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (99, r"has format 99, this ganzoo reads 1; type: pip install --upgrade ganzoo"),
        (0, r"ganzoo_format is 0, expected"),
        ("1", r"ganzoo_format is 1, expected a whole number"),
        (True, r"ganzoo_format is True"),
        (None, r"ganzoo_format is missing"),
    ],
)
def test_15_another_format(forge, value, message):
    refused(forge(config=put("ganzoo_format", value)), message)


def test_15_weights_that_say_they_are_others(forge, model):
    refused(
        forge(metadata=lambda said: said | {"role": "discriminator"}),
        r"says that it is a discriminator, expected a generator: the files are swapped",
    )
    refused(forge(metadata=lambda said: said | {"role": "generator", "config_sha256": "0" * 64}),
            r"was written for another config.json")  # fmt: skip
    refused(forge(metadata=lambda said: {"format": "pt"}), r"says that it is a nothing")


def test_15_a_config_that_names_other_weights(model, forge):
    forge()
    config = json.loads((model / CONFIG).read_text())
    config["weights"]["generator"]["sha256"] = "0" * 64
    contents = json.dumps(config).encode()
    (model / CONFIG).write_bytes(contents)
    manifest = json.loads((model / MANIFEST).read_text())
    from ganzoo.engine.layout import Pin

    manifest["files"][CONFIG] = vars(Pin.of(contents))
    (model / MANIFEST).write_text(json.dumps(manifest))
    refused(model, r"does not match the sha256 in .*config.json")


def test_a_discriminator_beside_it_is_checked_and_not_needed(generator, tmp_path):
    tensors = {f"D.{n}": torch.ones(2) for n in range(2)}
    write_model(tmp_path, generator, PLUGIN, {}, discriminator=tensors)
    assert read(tmp_path).about == {"dataset": "", "steps": 0, "seed": 0}
    path = tmp_path / "discriminator.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    refused(tmp_path, r"discriminator.safetensors has the sha256")
    path.unlink()
    read(tmp_path)


def test_files_for_people_do_not_affect_loading(model):
    (model / "README.md").write_text("---\n!!python/object/apply:os.system ['x']\n---" + "x" * 20_000_000)
    (model / "hubconf.py").write_text("raise SystemExit")
    (model / "pytorch_model.bin").write_bytes(pickle.dumps({}))
    read(model)


def test_networks_that_cannot_be_built_are_said_in_a_line(model, monkeypatch):
    def fail(config, space):
        raise ZeroDivisionError("an odd size")

    other = replace(catalogue.load("vanilla-mlp"), networks=fail)
    monkeypatch.setattr(catalogue, "load", lambda gan: other)
    refused(model, r"vanilla-mlp builds no networks for this: ZeroDivisionError: an odd size")


def test_more_weights_than_any_model_has_are_refused_before_there_is_memory_for_them(forge, monkeypatch):
    from ganzoo.hub import load

    monkeypatch.setattr(load, "_MOST_NUMBERS", 100)
    refused(forge(), r"asks for .* weights, at most 100 are loaded")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"format": 2, "files": {}}, r"has format 2, this ganzoo reads 1"),
        ({"format": 1}, r"files is missing"),
        ({"format": 1, "files": {}}, r"manifest.json does not list config.json, which every model has"),
        ({"format": 1, "files": {CONFIG: {"sha256": "x", "size": 1}}}, r"config.json: sha256 is x, expected"),
    ],
)
def test_a_manifest_that_is_wrong(model, values, message):
    (model / MANIFEST).write_text(json.dumps(values))
    refused(model, message)


def test_every_refusal_ends_the_program_with_code_two():
    assert ModelError.exit_code == GanzooError.exit_code == 2
    assert safetensors.torch  # what the forger writes with


def test_loading_from_this_machine_imports_nothing_that_it_does_not_need(model):
    code = """
import sys, ganzoo
ganzoo.load("./model").sample(2).save("a.png")
print([name for name in ("huggingface_hub", "matplotlib", "sklearn", "sympy", "torchvision") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert (done.stdout, done.stderr) == ("[]\n", "")
