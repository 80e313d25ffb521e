"""A generator written as ONNX draws torch's samples; what ONNX cannot hold is refused in one line."""

import json
from collections import namedtuple
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import Annotated

import pytest
import torch
from torch import nn

import ganzoo as package
from ganzoo import catalogue
from ganzoo.engine.generator import Generator
from ganzoo.errors import UsageError
from ganzoo.hub import export
from ganzoo.hub.export import export_onnx
from ganzoo.nn import one_hot
from ganzoo.testing.case import TABLES
from ganzoo.tokens import text_space

LABELLED = package.Space(kind="vector", shape=(2,), classes=("zero", "one", "two"), range=None)
IMAGE = package.Space(kind="image", shape=(1, 16, 16), classes=("zero", "one", "two"))
SOUND = package.Space(kind="audio", shape=(1, 1024), classes=("zero", "one", "two"), details={"rate": 8000})
Codes = namedtuple("Codes", ["noise", "code"])

needs_onnx = pytest.mark.skipif(
    any(find_spec(name) is None for name in export.NEEDED), reason="writes ONNX: pip install 'ganzoo[onnx]'"
)


@dataclass(frozen=True, kw_only=True)
class Config(package.Config):
    latent_dim: Annotated[int, "Z"] = 3


def made(generate=None, prior=None, net=None, space=LABELLED):
    torch.manual_seed(0)
    nets = {"G": net or nn.Sequential(nn.Linear(3, 5), nn.BatchNorm1d(5), nn.Tanh(), nn.Linear(5, 2))}
    architecture = package.Architecture(Config, lambda config, space: nets, lambda config: [], prior, generate)
    return Generator("a-gan", architecture, Config(), space, nets).eval()


def run(path, **inputs):
    """The samples of an ONNX file in the runtime that reads it elsewhere."""
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    assert {given.name for given in session.get_inputs()} == inputs.keys()
    (samples,) = session.run(None, {name: value.numpy() for name, value in inputs.items()})
    return torch.from_numpy(samples)


def scaled(nets, batch, config):
    return nets.G(batch.z) * (1 + one_hot(batch.label, 3)[:, 1:])


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A generator that takes labels, and what was written of it."""
    generator = made(scaled)
    return generator, export_onnx(generator, tmp_path_factory.mktemp("onnx") / "a.onnx")


@needs_onnx
def test_latents_and_labels_give_torchs_samples_for_any_number(written):
    generator, found = written
    assert found.inputs == {"z": "(N, 3) float32", "label": "(N,) int64"}
    assert found.output == "(N, 2)"
    assert found.difference < 1e-6
    assert found.size == found.path.stat().st_size
    for n in (1, 4, 33):
        z, label = torch.randn(n, 3), torch.arange(n) % 3
        with torch.no_grad():
            expected = generator(z, label)
        torch.testing.assert_close(run(found.path, z=z, label=label), expected, rtol=1e-5, atol=1e-6)


@needs_onnx
def test_parts_of_a_prior_are_inputs_with_their_names_and_an_unused_label_is_none(tmp_path):
    def prior(n, config, space, device):
        return Codes(torch.rand(n, 3, device=device), torch.randn(n, 1, device=device))

    generator = made(lambda nets, batch, config: nets.G(batch.z.noise) * batch.z.code, prior)
    export_onnx(generator, tmp_path / "a.onnx")
    codes = Codes(torch.randn(6, 3), torch.randn(6, 1))
    with torch.no_grad():
        expected = generator(codes)
    found = run(tmp_path / "a.onnx", z_noise=codes.noise, z_code=codes.code)
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-6)


@needs_onnx
def test_a_translation_starts_from_its_source(tmp_path):
    space = package.Space(kind="image", shape=(1, 4, 4), source=package.Space(kind="image", shape=(1, 2, 2)))
    generator = made(lambda nets, batch, config: nets.G(batch.source), net=nn.ConvTranspose2d(1, 1, 2, 2), space=space)
    found = export_onnx(generator, tmp_path / "a.onnx")
    assert found.inputs == {"source": "(N, 1, 2, 2) float32"}
    source = torch.randn(3, 1, 2, 2)
    with torch.no_grad():
        expected = generator(source=source)
    torch.testing.assert_close(run(found.path, source=source), expected, rtol=1e-5, atol=1e-6)


def jittered(nets, batch, config):
    n = batch.z.shape[0]
    return nets.G(batch.z) + torch.rand(n, 1) * torch.randn_like(nets.G(batch.z))


@needs_onnx
def test_what_is_drawn_beside_the_latents_is_an_input_of_its_own(tmp_path):
    """The same samples as torch's, whose generator is seeded so that it draws what the file is given."""
    generator = made(jittered)
    found = export_onnx(generator, tmp_path / "a.onnx")
    assert found.inputs == {"z": "(N, 3) float32", "uniform_1": "(N, 1) float32", "normal_2": "(N, 2) float32"}
    z = torch.randn(6, 3)
    torch.manual_seed(1)
    with torch.no_grad():
        expected = generator(z)
    torch.manual_seed(1)
    uniform, normal = torch.rand(6, 1), torch.randn(6, 2)
    found = run(tmp_path / "a.onnx", z=z, uniform_1=uniform, normal_2=normal)
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-6)
    others = run(tmp_path / "a.onnx", z=z, uniform_1=uniform, normal_2=-normal)
    assert not torch.allclose(others, expected, atol=1e-2)


@needs_onnx
def test_the_file_says_what_it_is_and_names_no_file_of_this_machine(written):
    import onnx

    path = written[1].path
    facts = {entry.key: entry.value for entry in onnx.load(path).metadata_props}
    assert facts["gan"] == "a-gan"
    assert package.Space.from_dict(json.loads(facts["space"])) == LABELLED
    assert b".py" not in path.read_bytes()


class Constant(nn.Module):
    def forward(self, z):
        return z[:, :2] + torch.zeros(len(z), 2)


class Without(nn.Module):
    def forward(self, z):
        return torch.linalg.eigvals(torch.diag_embed(z)).real[:, :2]


@needs_onnx
@pytest.mark.parametrize(
    ("net", "line"),
    [
        (nn.Sequential(nn.Linear(3, 2), Constant()), "in a plugin, write z.shape[0] in place of len(z)"),
        (nn.Sequential(nn.Linear(3, 3), Without()), "a-gan cannot be exported to ONNX: "),
    ],
)
def test_what_onnx_cannot_hold_is_refused_in_a_line_and_nothing_is_written(tmp_path, net, line):
    with pytest.raises(UsageError) as error:
        export_onnx(made(net=net), tmp_path / "a.onnx")
    assert line in str(error.value)
    assert "\n" not in str(error.value)
    assert list(tmp_path.iterdir()) == []


@needs_onnx
@pytest.mark.parametrize("drawn", [lambda x: torch.poisson(x.abs()), lambda x: torch.randn(2)])
def test_other_noise_and_noise_that_all_samples_share_are_refused(tmp_path, drawn):
    noisy = made(lambda nets, batch, config: nets.G(batch.z) + drawn(nets.G(batch.z)))
    with pytest.raises(UsageError, match="a-gan draws noise while it generates, and not by"):
        export_onnx(noisy, tmp_path / "a.onnx")
    assert list(tmp_path.iterdir()) == []


@needs_onnx
def test_a_wrong_name_a_file_that_exists_and_a_game_are_refused(tmp_path):
    with pytest.raises(UsageError, match=r"ends in \.onnx, and 'a.pb' does not"):
        export_onnx(made(), tmp_path / "a.pb")
    with pytest.raises(UsageError, match="a game without samples"):
        export_onnx(made(space=package.Space(kind="game", shape=())), tmp_path / "a.onnx")
    (tmp_path / "a.onnx").write_text("mine")
    with pytest.raises(UsageError, match="overwrite it with --force"):
        export_onnx(made(), tmp_path / "a.onnx")
    assert (tmp_path / "a.onnx").read_text() == "mine"


@needs_onnx
def test_samples_that_differ_are_not_written(written, tmp_path, monkeypatch):
    import onnx

    monkeypatch.setattr(export, "_converted", lambda graph: onnx.load(written[1].path))
    other = made(lambda nets, batch, config: scaled(nets, batch, config) + 0.125)
    with pytest.raises(UsageError, match=r"ONNX's samples differ from torch's by 0\.1[23], of numbers up to "):
        export_onnx(other, tmp_path / "a.onnx")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_package_is_named_with_what_to_type(tmp_path, monkeypatch):
    monkeypatch.setattr(export, "find_spec", lambda name: None if name == "onnxruntime" else name)
    with pytest.raises(UsageError, match=r"needs onnxruntime; type: pip install 'ganzoo\[onnx\]'"):
        export_onnx(made(), tmp_path / "a.onnx")


@needs_onnx
@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        *["acgan", "clustergan", "cogan", "ctgan", "dcgan", "medgan", "munit", "r3gan", "sagan", "seqgan", "specgan"],
        *["stylegan2-lite", "tablegan", "vanilla-mlp"],
    ],
)
def test_generators_of_every_kind_of_network_are_exported(name, tmp_path):
    architecture = catalogue.load(name)
    config = architecture.config()
    torch.manual_seed(0)
    kinds = {"tokens": text_space(["", *"abc"], "characters", 5), "table": TABLES[0], "audio": SOUND}
    space = IMAGE if "image" in architecture.spaces else kinds.get(architecture.spaces[0], IMAGE)
    space = replace(space, source=IMAGE) if architecture.source else space
    nets = architecture.networks(config, space)
    generator = Generator(name, architecture, config, space, {key: nets[key] for key in architecture.generator})
    found = export_onnx(generator, tmp_path / "a.onnx")
    drawn = {part for part in found.inputs if part.startswith(("uniform", "normal"))}
    assert {part.partition("_")[0] for part in {*found.inputs} - drawn - {"label", "source"}} == {"z"}
    assert len(drawn) == {"stylegan2-lite": 3, "ctgan": 1, "medgan": 1, "tablegan": 1}.get(name, 0)
    assert found.output == f"(N, {', '.join(map(str, space.shape))})"
