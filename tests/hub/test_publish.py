import json
import os
import re
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
import safetensors.torch
import torch

import ganzoo
from ganzoo import catalogue
from ganzoo.engine import model
from ganzoo.engine.generator import Generator
from ganzoo.errors import CheckpointError, GanzooError, ModelError, UsageError
from ganzoo.hub import prepare, registry, zoo
from ganzoo.hub import publish as publishing
from ganzoo.hub.card import MARKER, licence_in
from ganzoo.hub.publish import publish

TO = "file:./zoo/me/my-gan"
TOKEN = "hf_" + "aB3" * 12


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """The folder of a run that is only read."""
    folder = tmp_path_factory.mktemp("trained")
    settings = {"steps": 3, "size": 8, "threads": 1, "batch": 8, "options": {"width": 8, "latent_dim": 4}}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GANZOO_BLOCK_PLUGINS", "log,pictures,probes")
        ganzoo.train("vanilla-mlp", out=str(folder / "run"), seed=5, **settings)
        ganzoo.evaluate(folder / "run", n=1000, metrics=["frechet"], extractor="raw")
    return folder / "run"


@pytest.fixture
def run(trained, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return shutil.copytree(trained, tmp_path / "runs" / "mine")


@pytest.fixture
def told():
    return []


def newest(path="zoo/me/my-gan"):
    return zoo.revision_folder(Path(path), "")


def test_a_run_is_published_deleted_and_loaded_to_the_same_samples(run, told):
    before = ganzoo.load(run).sample(7, seed=3)
    done = publish(run, TO, tag="v1", license="mit", tell=told.append)
    shutil.rmtree(run)
    for name in (done.name, TO, f"{TO}@v1", "zoo/me/my-gan", Path("zoo/me/my-gan")):
        assert torch.equal(ganzoo.load(name).sample(7, seed=3).tensor, before.tensor)
    assert done.name == f"{TO}@{newest().name}"
    assert {path.name for path in newest().iterdir()} == {
        "config.json", "generator.safetensors", "manifest.json", "metrics.json", "samples.png", "README.md"
    }  # fmt: skip
    assert not told


def test_what_it_prints_is_an_entry_of_the_registry(run, told, monkeypatch):
    done = publish(run, TO, license="mit", tell=told.append)
    Path("mine.toml").write_text(f"schema = 1\noverride = true\n{done.entry}")
    monkeypatch.setenv("GANZOO_REGISTRY", "mine.toml")
    model = registry.read().models["vanilla-mlp.digits"]
    assert (model.license, model.shape, model.classes) == ("mit", (1, 8, 8), 0)
    assert model.metrics[0].name == "frechet_distance"
    assert model.metrics[0].n == 1000
    assert torch.equal(ganzoo.load("vanilla-mlp.digits").sample(2).tensor, ganzoo.load(TO).sample(2).tensor)
    weights = newest() / "generator.safetensors"
    os.chmod(weights, 0o644)
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    with pytest.raises(ModelError, match=r"has the sha256 .*, the registry says"):
        ganzoo.load("vanilla-mlp.digits")


def test_the_command_of_the_card_trains_the_same_bytes_again(run, told, installed):
    publish(run, TO, tell=told.append)
    card = (newest() / "README.md").read_text()
    command = re.search(r"^ganzoo train .*", card, re.MULTILINE)[0]
    assert command.startswith("ganzoo train vanilla-mlp --data digits --size 8 --steps 3 --batch 8 --seed 5")
    assert "-o latent_dim=4 -o width=8" in command
    done = installed.run(*command.split()[1:], "--out", "again", "-q", GANZOO_BLOCK_PLUGINS="log,pictures,probes")
    assert done.returncode == 0, done.stderr
    again = ganzoo.load(installed.folder / "again")
    assert torch.equal(again.sample(4).tensor, ganzoo.load(TO).sample(4).tensor)


def test_the_card_says_what_it_is_and_how_good(run, told):
    publish(run, TO, license="apache-2.0", tell=told.append)
    card = (newest() / "README.md").read_text()
    data = card.split("---")[1]
    for line in ("license: apache-2.0", "library_name: ganzoo", "pipeline_tag: unconditional-image-generation",
                 "- vanilla-mlp", "- gan", "model-index:", "type: frechet"):  # fmt: skip
        assert line in data
    for part in (MARKER, "# my-gan", "![samples of seed 0](samples.png)", "Goodfellow et al. 2014",
                 "| frechet_distance |", f"ganzoo sample {TO}", "raw", "| makes | images of 1x8x8 |"):  # fmt: skip
        assert part in card
    assert str(run.parent) not in card


def test_nothing_of_the_runs_folder_but_what_is_known_goes(run, told):
    (run / ".env").write_text(TOKEN)
    (run / "model" / "id_rsa").symlink_to("/etc/passwd")
    (run / "model" / "evil.py").write_text("raise SystemExit")
    publish(run, TO, tell=told.append)
    for path in newest().iterdir():
        assert TOKEN.encode() not in path.read_bytes()
    assert not {"id_rsa", "evil.py", ".env"} & {path.name for path in newest().iterdir()}


def test_a_token_in_what_would_go_is_refused(run, told):
    metrics = json.loads((run / "metrics.json").read_text())
    metrics["data"] = TOKEN
    (run / "metrics.json").write_text(json.dumps(metrics))
    with pytest.raises(UsageError, match="would hold what looks like an access token") as caught:
        publish(run, TO, tell=told.append)
    assert TOKEN not in str(caught.value)
    assert not Path("zoo").exists()


def test_metrics_of_halves_are_those_of_the_weights_before_and_of_no_others(run, told):
    publish(run, TO, half=True, tell=told.append)
    assert not told
    assert "by `ganzoo evaluate`, before the weights were stored as float16." in (newest() / "README.md").read_text()
    publish(run, TO, half=True, step=0, tell=told.append)
    assert "metrics.json is left out: it is of other weights" in told[0]
    assert not (newest() / "metrics.json").exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "it is not what `ganzoo evaluate` writes"),
        ("[]", "it is not what `ganzoo evaluate` writes"),
        ('{"weights": "0", "values": {}}', "it is of other weights; type: ganzoo evaluate"),
        ('{"weights": "0", "values": {"a": {"value": "x"}}}', "it is of other weights"),
        ("[" * 3000, "it is not what"),
    ],
)
def test_metrics_that_are_not_of_these_weights_are_left_out(run, told, text, message):
    (run / "metrics.json").write_text(text)
    publish(run, TO, tell=told.append)
    assert message in told[0]
    assert not (newest() / "metrics.json").exists()


def test_numbers_that_are_not_finite_are_in_no_card(run, told):
    metrics = json.loads((run / "metrics.json").read_text())
    metrics["values"]["odd"] = metrics["values"]["frechet_distance"] | {"value": float("nan")}
    (run / "metrics.json").write_text(json.dumps(metrics))
    publish(run, TO, tell=told.append)
    assert "odd" not in (newest() / "README.md").read_text()
    assert json.loads((newest() / "metrics.json").read_text())["values"]["odd"]["value"] is None


def test_a_card_of_ones_own_is_kept_and_ganzoos_own_is_not(run, told):
    publish(run, TO, license="mit", tell=told.append)
    publish(run, TO, license="apache-2.0", tell=told.append)
    card = newest() / "README.md"
    assert "license: apache-2.0" in card.read_text()
    card.write_text("# Mine\n")
    publish(run, TO, license="bsd", step=0, tell=told.append)
    assert (newest() / "README.md").read_text() == "# Mine\n"


@pytest.mark.parametrize(
    ("readme", "licence"),
    [
        ("---\nlicense: bsd\n---\n# Mine\n", "bsd"),
        ("---\nlicense: [mit]\n---\n", ""),
        ("---\nlicense: mit\nno: [yaml\n---\n", ""),
        ("---\nlicense: mit\n", ""),
        ("---\n- mit\n---\n", ""),
        ("license: mit", ""),
        ("", ""),
    ],
)
def test_the_licence_that_a_readme_names(readme, licence):
    assert licence_in(readme) == licence


def test_a_licence_stays_until_another_is_given(run, told):
    publish(run, TO, license="mit", tell=told.append)
    assert not told
    publish(run, TO, tell=told.append)
    assert told == ["it stays under the licence mit, as before; --license NAME changes it"]
    assert "license: mit" in (newest() / "README.md").read_text()
    publish(run, TO, license="bsd", tell=told.append)
    assert "license: bsd" in (newest() / "README.md").read_text()


def test_nothing_is_sent_if_it_does_not_come_back_the_same(run, told, monkeypatch):
    real = prepare.read

    def other(folder, pins, **keywords):
        generator = real(folder, pins, **keywords)
        next(generator.parameters()).add_(1)
        return generator

    monkeypatch.setattr(prepare, "read", other)
    with pytest.raises(ModelError, match="draws other samples once it is read back; nothing was published"):
        publish(run, TO, tell=told.append)
    assert not Path("zoo").exists()


@pytest.mark.parametrize(("when", "line"), [
    ("written", "does not hold what was written to it: it is damaged"),
    ("read", "draws other samples once it is read back; nothing was published"),
    ("compared", "has the sha256 .*: it is damaged"),
])  # fmt: skip
def test_nothing_is_sent_if_a_byte_of_what_was_written_is_another(run, told, monkeypatch, when, line):
    write, read, describe = model.write_whole, prepare.read, publishing.described

    def damage(weights):
        if weights.suffix == ".safetensors":
            weights.write_bytes(weights.read_bytes()[:-1] + b"x")

    def written(path, *parts, **keywords):
        write(path, *parts, **keywords)
        damage(path)

    def reading(folder, pins, **keywords):
        damage(folder / "generator.safetensors")
        return read(folder, pins, **keywords)

    def describing(ready, license):
        damage(ready.folder / "generator.safetensors")
        return describe(ready, license)

    match when:
        case "written":
            monkeypatch.setattr(model, "write_whole", written)
        case "read":
            monkeypatch.setattr(prepare, "read", reading)
        case "compared":
            monkeypatch.setattr(publishing, "described", describing)
    with pytest.raises(ModelError, match=line):
        publish(run, TO, tell=told.append)
    assert not Path("zoo").exists()


def test_a_translation_is_compared_on_sources_that_are_noise():
    def generate(nets, batch, config):
        return nets.G(batch.source)

    space = ganzoo.Space(kind="image", shape=(1, 4, 4), source=ganzoo.Space(kind="image", shape=(1, 4, 4)))
    architecture = replace(catalogue.load("vanilla-mlp"), generate=generate)
    translates = Generator("a-gan", architecture, architecture.config(), space, {"G": torch.nn.Conv2d(1, 1, 1)})
    first = prepare._drawn(translates).tensor
    assert first.shape == (4, 1, 4, 4)
    assert torch.equal(first, prepare._drawn(translates).tensor)
    translates.nets["G"].bias.data += 1
    assert not torch.equal(first, prepare._drawn(translates).tensor)


@pytest.mark.parametrize("contents", [b"<svg>", b"\x89PNG\r\n\x1a\n" + bytes(5 << 20)])
def test_a_picture_that_is_none_or_too_large_is_left_out(run, told, monkeypatch, contents):
    monkeypatch.setattr(prepare, "PICTURED", ())  # as of a kind that has no picture but the run's own
    (run / "samples.png").write_bytes(contents)
    publish(run, TO, tell=told.append)
    assert told == ["samples.png is left out: it is no PNG of at most 4,194,304 bytes"]
    assert not (newest() / "samples.png").exists()


def test_a_full_disk_is_said_and_nothing_is_left(run, told, monkeypatch, tmp_path):
    def full(path, *parts, durable):
        raise OSError(28, "No space left on device")

    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr("ganzoo.engine.model.write_whole", full)
    with pytest.raises(GanzooError, match=r"nothing was published: No space left on device; make room in .*TMPDIR"):
        publish(run, TO, tell=told.append)
    assert {path.name for path in tmp_path.iterdir()} == {"runs"}


def test_half_and_the_discriminator(run, told):
    done = publish(run, TO, half=True, with_discriminator=True, tell=told.append)
    weights = safetensors.torch.load_file(newest() / "generator.safetensors")
    assert {value.dtype for value in weights.values()} == {torch.float16}
    judge = safetensors.torch.load_file(newest() / "discriminator.safetensors")
    assert all(name.startswith("D.") for name in judge)
    assert "discriminator.safetensors" in done.pins
    difference = (ganzoo.load(TO).sample(4).tensor - ganzoo.load(run).sample(4).tensor).abs().max()
    assert 0 < difference < 0.01


def test_dry_run_makes_everything_and_sends_nothing(run, told):
    done = publish(run, TO, dry_run=True, tell=told.append)
    assert (done.revision, done.entry) == ("", "")
    assert "generator.safetensors" in done.pins
    assert not Path("zoo").exists()


@pytest.mark.parametrize(
    ("to", "options", "message"),
    [
        ("a/b/c", {}, r"cannot publish to 'a/b/c'; type user/repo for the Hub, file:"),
        ("gan", {}, r"cannot publish to 'gan'"),
        ("./zoo/gan", {}, r"cannot publish to './zoo/gan'"),
        ("https://x.org/me/gan", {}, r"cannot publish to"),
        (f"{TO}@v1", {}, r"names a revision, which publishing makes; --tag NAME"),
        (TO, {"private": True}, r"--private is for the Hub"),
        (TO, {"tag": "../x"}, r"--tag ../x is no tag"),
        (TO, {"license": "mit\nx"}, r"--license .* is no licence's name"),
        (TO, {"step": 2}, r"has no checkpoint of step 2; there are: 0, 3"),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_made(run, told, to, options, message):
    with pytest.raises(UsageError, match=message):
        publish(run, to, tell=told.append, **options)
    assert not Path("zoo").exists()


def test_a_crashed_run_and_what_is_no_run(run, told):
    publish(run, TO, tell=told.append)
    with pytest.raises(UsageError, match="is not a run; ganzoo publish takes a run's folder"):
        publish(TO, "file:other/me/gan", tell=told.append)
    shutil.rmtree(run / "checkpoints")
    (run / "checkpoints").mkdir()
    with pytest.raises(CheckpointError, match="it holds none"):
        publish(run, TO, tell=told.append)
