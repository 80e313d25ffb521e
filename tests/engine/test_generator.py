from collections import namedtuple
from dataclasses import dataclass, replace
from typing import Annotated

import pytest
import torch
from torch import nn

import ganzoo
from ganzoo import catalogue
from ganzoo.engine.generator import Generator, draw_prior, generate
from ganzoo.engine.modes import evaluating
from ganzoo.errors import PluginError, UsageError

CPU = torch.device("cpu")
IMAGE = ganzoo.Space(kind="image", shape=(1, 16, 16), classes=("zero", "one", "two"))
PLANE = ganzoo.Space(kind="vector", shape=(2,), range=None)


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.Config):
    latent_dim: Annotated[int, "Z"] = 3


def made(generate=None, space=PLANE, prior=None, net=None):
    torch.manual_seed(0)
    nets = {"G": net or nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2), nn.Dropout(0.5))}
    architecture = ganzoo.Architecture(Config, lambda config, space: nets, lambda config: [], prior, generate)
    return Generator("a-gan", architecture, Config(), space, nets)


def of_plugin(name, options):
    architecture = catalogue.load(name)
    config = architecture.config.parse(options)
    torch.manual_seed(0)
    nets = architecture.networks(config, IMAGE)
    return Generator(name, architecture, config, IMAGE, {key: nets[key] for key in architecture.generator})


LOADED = {name: catalogue.load(name) for name in ganzoo.list_models()}
MAKE_IMAGES = [name for name, gan in LOADED.items() if "image" in gan.spaces and not gan.source]  # from noise


@pytest.mark.parametrize("name", MAKE_IMAGES)
def test_few_samples_are_the_first_of_many_bit_for_bit(name, small):
    generator = of_plugin(name, small(name)["options"])
    many = generator.sample(64, seed=3).tensor
    assert many.shape == (64, *IMAGE.shape)
    for n in (1, 16, 17):
        assert torch.equal(generator.sample(n, seed=3).tensor, many[:n])
    assert not torch.equal(generator.sample(64, seed=4).tensor, many)


def test_sampling_leaves_the_modes_and_the_global_random_state_as_they_were():
    generator = made().train()
    before = torch.get_rng_state()
    first = generator.sample(5, seed=1).tensor
    assert torch.equal(torch.get_rng_state(), before)
    assert all(part.training for part in generator.nets["G"].modules())
    assert generator.nets["G"][1].num_batches_tracked == 0
    assert not first.requires_grad
    torch.rand(3)
    assert torch.equal(generator.sample(5, seed=1).tensor, first)


def labelled():
    """A generator that makes each sample out of its label alone."""

    def generate(nets, batch, config):
        return batch.label[:, None].expand(-1, 2).float() + 0 * batch.z[:, :2]

    return made(generate, ganzoo.Space(kind="vector", shape=(2,), classes=("zero", "one", "two"), range=None))


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (None, [0, 1, 2, 0, 1]),
        (["two"], [2, 2, 2, 2, 2]),
        ([1, "zero"], [1, 0, 1, 0, 1]),
        (["2", 1], [2, 1, 2, 1, 2]),
    ],
)
def test_labels_are_asked_for_by_name_or_number_and_repeated(labels, expected):
    assert labelled().sample(5, labels=labels).tensor[:, 0].tolist() == expected


def test_labels_go_on_in_turn_over_many_samples():
    assert labelled().sample(40).tensor[:, 0].tolist() == [i % 3 for i in range(40)]


def test_a_label_that_does_not_exist_is_an_error_that_names_the_classes():
    with pytest.raises(UsageError, match="no class 'four'; the classes are zero, one, two"):
        labelled().sample(2, labels=["four"])
    with pytest.raises(UsageError, match="no class 3"):
        labelled().sample(2, labels=[3])
    with pytest.raises(UsageError, match="trained without labels"):
        made().sample(2, labels=["one"])


def test_a_label_is_refused_by_a_gan_that_looks_at_none():
    unheard = made(space=labelled().space)
    assert labelled().takes_labels
    assert not unheard.takes_labels
    with pytest.raises(UsageError, match="a-gan draws from all classes and takes no label; leave out --labels"):
        unheard.sample(2, labels=["one"])
    assert torch.equal(unheard.sample(2).tensor, made().sample(2).tensor)


@pytest.mark.parametrize("name", MAKE_IMAGES)
def test_whose_samples_depend_on_a_label_is_seen_without_naming_it(name, small):
    generator = of_plugin(name, small(name)["options"])
    z = draw_prior(generator.architecture, 2, generator.config, IMAGE, CPU)
    with evaluating(dict(generator.nets)):
        first, second = (generator(z, torch.full((2,), label)) for label in (0, 1))
    assert generator.takes_labels is not torch.equal(first, second)


def test_no_samples_is_an_error():
    with pytest.raises(UsageError, match="asked for 0 samples"):
        made().sample(0)


def test_a_generator_is_an_ordinary_module():
    generator = made().eval()
    z = torch.randn(4, 3)
    assert torch.equal(generator(z), generator.nets["G"](z))
    assert generator.device == CPU
    assert sum(parameter.numel() for parameter in generator.parameters()) == 3 * 2 + 2 + 4


Codes = namedtuple("Codes", ["noise", "code"])


@pytest.mark.parametrize("structure", [dict, Codes._make, tuple], ids=["dict", "named tuple", "tuple"])
def test_latents_may_be_structured(structure):
    def prior(n, config, space, device):
        parts = {"noise": torch.randn(n, 2, device=device), "code": torch.ones(n, 2, device=device)}
        return structure(parts if structure is dict else parts.values())

    def generate(nets, batch, config):
        noise, code = batch.z.values() if isinstance(batch.z, dict) else batch.z
        assert len(batch) == len(noise)
        return noise + code

    generator = made(generate, prior=prior)
    assert torch.equal(generator.sample(3).tensor, generator.sample(20).tensor[:3])
    with pytest.raises(UsageError, match="structured latents"):
        generator.walk(4)
    generator.space = replace(generator.space, source=generator.space)
    with pytest.raises(UsageError, match="it draws none from noise"):
        generator.walk(4)


def test_a_walk_passes_through_its_stops_and_returns():
    generator = made()
    frames = generator.walk(8, columns=2, stops=2)
    assert len(frames) == 8
    assert frames[0].tensor.shape == (4, 2)
    again = generator.walk(4, columns=2, stops=2)
    torch.testing.assert_close(frames[0].tensor, again[0].tensor)
    torch.testing.assert_close(frames[4].tensor, again[2].tensor)  # the second stop
    steps = [(a.tensor - b.tensor).norm() for a, b in zip(frames, [*frames[1:], frames[0]], strict=True)]
    assert max(steps) < 2 * torch.stack(steps).mean()  # no jump, neither at the end


def test_the_usual_prior_needs_a_length():
    @dataclass(frozen=True, kw_only=True)
    class Bare(ganzoo.Config):
        pass

    architecture = made().architecture
    assert draw_prior(architecture, 5, Config(), PLANE, CPU).shape == (5, 3)
    with pytest.raises(PluginError, match="latent_dim"):
        draw_prior(architecture, 5, Bare(), PLANE, CPU)


@pytest.mark.parametrize(("source", "expected"), [(None, 2.0), ("paired", 6.0)])
def test_what_is_generated_where_nothing_is_said(source, expected):
    """G(z), of a translation G(source); G is the first that is named."""
    architecture = ganzoo.Architecture(Config, dict, list, generator=("F", "G"), source=source)
    fetch = {"z": lambda: torch.ones(1, 1), "source": lambda: torch.full((1, 1), 3.0)}
    batch = ganzoo.Batch(1, step=torch.tensor(0.0), progress=torch.tensor(0.0), device=CPU, fetch=fetch)
    assert generate(architecture, {"F": lambda x: 2 * x, "G": None}, batch, Config()).item() == expected
