import subprocess
import sys
from dataclasses import dataclass
from typing import Annotated

import pytest
import torch
from torch import nn

import ganzoo
from ganzoo import catalogue
from ganzoo.engine.building import blank, build, differences, filled
from ganzoo.errors import CheckpointError

IMAGE = ganzoo.Space(kind="image", shape=(1, 16, 16), classes=("zero", "one", "two"))
SEVERAL = ["cogan", "dcgan", "pacgan", "sngan", "stylegan2-lite"]  # tied, fixed-up, normalised, two networks


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.Config):
    latent_dim: Annotated[int, "Z"] = 3


class Shifted(nn.Module):
    """A constant that is no state, in each of the ways that a module can have one."""

    def __init__(self):
        super().__init__()
        self.line = nn.Linear(3, 256)
        self.register_buffer("shift", torch.arange(256.0), persistent=False)
        self.scale = torch.tensor(0.01)

    def forward(self, z):
        return torch.tanh((self.line(z) + self.shift) * self.scale).unflatten(1, (1, 16, 16))


class Measured(nn.Linear):
    """Looks at its own numbers while it is built, which only works where there are some."""

    def __init__(self):
        super().__init__(3, 256)
        assert float(self.weight.detach().abs().max()) < 1

    def forward(self, z):
        return super().forward(z).unflatten(1, (1, 16, 16))


def of(make):
    return ganzoo.Architecture(Config, lambda config, space: {"G": make()}, lambda config: [])


def tensors_of(generator):
    return {key.removeprefix("nets."): value for key, value in generator.state_dict().items()}


@pytest.fixture
def vanilla(small):
    architecture = catalogue.load("vanilla-mlp")
    config = architecture.config.parse(small("vanilla-mlp")["options"])
    torch.manual_seed(0)
    modules = {"G": architecture.networks(config, IMAGE)["G"]}
    return ganzoo.engine.generator.Generator("vanilla-mlp", architecture, config, IMAGE, modules)


def rebuilt(good, tensors, where="a file"):
    return build(good.name, good.architecture, good.config, good.space, tensors, where)


def test_a_generator_is_built_from_its_tensors(vanilla):
    again = rebuilt(vanilla, tensors_of(vanilla))
    assert torch.equal(again.sample(2).tensor, vanilla.eval().sample(2).tensor)
    assert not again.training
    assert not any(parameter.requires_grad for parameter in again.parameters())


def test_what_does_not_fit_is_named(vanilla):
    tensors = tensors_of(vanilla)
    first = next(iter(tensors))
    wrong = {
        rf"does not fit vanilla-mlp: '{first}' is missing": {k: v for k, v in tensors.items() if k != first},
        r"'other' is not a tensor of it": tensors | {"other": tensors[first]},
        r"should have the shape \(8, 8\), not \(7, 8\)": tensors | {first: tensors[first][:-1]},
        r"should hold torch.float32, not torch.int64": tensors | {first: tensors[first].long()},
        r"is missing.*; 6 differ in all": {},
        r"not finite": tensors | {first: tensors[first] * float("nan")},
    }
    for message, damaged in wrong.items():
        with pytest.raises(CheckpointError, match=message) as caught:
            rebuilt(vanilla, damaged)
        assert "a file" in str(caught.value)


def test_halves_are_loaded_as_the_networks_numbers(vanilla):
    halves = {key: value.half() for key, value in tensors_of(vanilla).items()}
    again = rebuilt(vanilla, halves)
    assert all(value.dtype == torch.float32 for value in again.parameters())
    assert torch.equal(next(again.parameters()), next(iter(halves.values())).float())


def test_the_tensors_become_the_generators_own_without_a_copy(vanilla):
    tensors = tensors_of(vanilla)
    again = rebuilt(vanilla, tensors)
    assert {key: value.data_ptr() for key, value in tensors_of(again).items()} == {
        key: value.data_ptr() for key, value in tensors.items()
    }


@pytest.mark.parametrize("make", [Shifted, Measured])
def test_what_is_not_in_the_file_is_there_all_the_same(make):
    torch.manual_seed(0)
    good = ganzoo.engine.generator.Generator("a-gan", of(make), Config(), IMAGE, {"G": make()})
    again = rebuilt(good, tensors_of(good))
    assert torch.equal(again.sample(2).tensor, good.eval().sample(2).tensor)


def test_a_huge_network_costs_nothing_before_it_is_compared():
    huge = blank("a-gan", of(lambda: nn.Linear(10**6, 10**7)), Config(), IMAGE)
    assert sum(value.numel() for value in huge.parameters()) > 10**13
    assert differences(huge, {"G.weight": (torch.float32, (2, 2))}).startswith("'G.bias' is missing")


@pytest.mark.parametrize("name", SEVERAL)
def test_a_gan_is_built_without_memory_and_filled(name, small):
    architecture = catalogue.load(name)
    config = architecture.config.parse(small(name)["options"])
    before = torch.get_rng_state()
    generator = blank(name, architecture, config, IMAGE)
    assert torch.equal(torch.get_rng_state(), before)
    assert all(value.is_meta for value in generator.state_dict().values())
    torch.manual_seed(0)
    modules = architecture.networks(config, IMAGE)
    tensors = {f"{net}.{key}": v for net in architecture.generator for key, v in modules[net].state_dict().items()}
    assert not differences(generator, {key: (value.dtype, tuple(value.shape)) for key, value in tensors.items()})
    samples = filled(generator, tensors, "a file").sample(2).tensor
    assert samples.shape == (2, *IMAGE.shape)


def test_no_symbolic_algebra_is_imported_on_the_way():
    code = """
import sys, torch
with torch.device("meta"):
    torch.nn.Linear(2, 2)
torchs_own = "sympy" in sys.modules  # torch 2.6 imports it for any tensor without memory
from ganzoo import Space, catalogue
from ganzoo.engine.building import blank
for name in ("dcgan", "vanilla-mlp"):
    architecture = catalogue.load(name)
    blank(name, architecture, architecture.config(), Space(kind="image", shape=(1, 32, 32)))
assert torchs_own or "sympy" not in sys.modules
"""
    assert subprocess.run([sys.executable, "-c", code], timeout=120).returncode == 0
