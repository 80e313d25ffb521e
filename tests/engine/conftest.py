"""What tests of the engine share: small settings for any plugin, and games of two tiny networks."""

from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

import ganzoo
from ganzoo import catalogue
from ganzoo.data import Request, open_dataset, open_translation
from ganzoo.data.arrays import vector_dataset
from ganzoo.engine.game import Game
from ganzoo.engine.state import State
from ganzoo.testing.case import Case, made_up

SMALL = {"width": 8, "units": 8, "latent_dim": 8, "window": 32}  # options that many plugins have


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.Config):
    latent_dim: Annotated[int, "Z"] = 3


def networks(config=None, space=None):
    middle = [("norm", nn.BatchNorm1d(4)), ("bend", nn.LeakyReLU(0.2)), ("drop", nn.Dropout(0.5))]
    layers = [("in", nn.Linear(2, 4)), *middle, ("out", nn.Linear(4, 1)), ("flat", nn.Flatten(0))]
    discriminator = nn.Sequential(OrderedDict(layers))
    discriminator.out = nn.utils.parametrizations.spectral_norm(discriminator.out)
    return {"G": nn.Linear(3, 2), "D": discriminator}


def value(nets, batch, config):
    real, fake = nets.D(batch.real), nets.D(nets.G(batch.z))
    return {"real": F.logsigmoid(real).mean(), "fake": F.logsigmoid(-fake).mean()}


def fooling(nets, batch, config):
    return {"fake": F.logsigmoid(nets.D(nets.G(batch.z))).mean()}


def usual(by=ganzoo.Adam(lr=1e-2)):  # noqa: B008  # a frozen value
    return [ganzoo.maximize(value, over="D", by=by), ganzoo.maximize(fooling, over="G", by=by)]


@pytest.fixture(autouse=True)
def _quiet(tmp_path, monkeypatch):
    """Runs go into tmp_path, on one thread, without observers."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GANZOO_BLOCK_PLUGINS", "log,pictures,probes")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


@pytest.fixture
def toy():
    """Forty points in the plane of two classes."""
    generator = torch.Generator().manual_seed(0)
    points = torch.randn(40, 2, generator=generator)
    return vector_dataset("toy", points.numpy(), (points[:, 0] > 0).long().numpy(), ["left", "right"])


@pytest.fixture
def make_game(toy):
    """make_game(players, modules, ...) -> a Game on the toy data, of two tiny networks unless others are given."""

    def make(players=None, modules=None, *, ema=0.0, schedule="constant", steps=20, **settings):
        players = usual() if players is None else players
        if modules is None:
            torch.manual_seed(0)
            modules = networks()
        generator = tuple(name for name in modules if name == "G")
        prior = settings.pop("prior", None)
        architecture = ganzoo.Architecture(Config, networks, lambda config: players, prior, generator=generator)
        state = State(modules, players, generator, average=bool(ema), schedule=schedule)
        given = {"device": torch.device("cpu"), "seed": 0, "batch": 4, "steps": steps, "ema": ema} | settings
        return Game(architecture, Config(), toy.space, players, state, toy, **given)

    return make


@pytest.fixture(scope="session")
def images(tmp_path_factory):
    """The path of forty small images of noise in ten classes: opened in no time, and few enough to be augmented."""
    path = tmp_path_factory.mktemp("data") / "noise.npz"
    pixels = np.random.default_rng(0).integers(0, 256, (40, 16, 16), dtype=np.uint8)
    np.savez(path, images=pixels, labels=np.arange(40) % 10)
    return path


@pytest.fixture
def make_plugin_game(images):
    """make_plugin_game(name, change) -> a small Game of an installed plugin whose players went through `change`."""

    def make(name, change, **settings):
        architecture = catalogue.load(name)
        config = architecture.config.parse(small_options(name))
        dataset, space = None, ganzoo.Space(kind="game", shape=())
        if architecture.spaces != ("game",):
            kind = architecture.spaces[0]
            data = {"image": str(images), "audio": "tones"}.get(kind, "iris")
            request = Request(root=None, size=512 if kind == "audio" else 16, channels=None)
            if architecture.source:
                dataset = open_translation(data, request, architecture.source, preferred=architecture.degrade)
            elif kind == "image":
                dataset = open_dataset(data, request)
            else:
                dataset = made_up(Case(name).spaces[0])
            space = dataset.space
        torch.manual_seed(0)
        modules = dict(architecture.networks(config, space))
        players = [change(player) for player in architecture.players(config)]
        state = State(modules, players, architecture.generator, average=True)
        given = {"device": torch.device("cpu"), "seed": 0, "batch": 4, "steps": 20, "ema": 0.9} | settings
        return Game(architecture, config, space, players, state, dataset, **given)

    return make


def small_options(name):
    known = {option.name for option in catalogue.load(name).config.options()}
    return {key: number for key, number in SMALL.items() if key in known}


@pytest.fixture
def small(images):
    """small(name, ...) -> settings with which any installed plugin takes a few steps in no time."""

    def make(name, **settings):
        given = {"size": 16, "batch": 4, "threads": 1, "log_every": 1000, "options": small_options(name)}
        spaces = catalogue.load(name).spaces
        if "image" in spaces:
            given["data"] = str(images)
        elif "table" in spaces:
            given["data"] = "iris"
        elif "audio" in spaces:
            given["size"] = 512
        elif "tokens" in spaces:
            given["data"], given["size"] = "numbers", 4
        return given | settings

    return make


@pytest.fixture
def tiny_networks():
    """tiny_networks() -> G and D on the toy data, D with batch norm, dropout and spectral norm."""
    return networks


@pytest.fixture
def usual_players():
    """usual_players(by) -> D climbs the minimax value, then G the non-saturating one."""
    return usual


@pytest.fixture
def copied():
    """copied(game) -> all tensors of its state by name, as they are now."""
    return lambda game: {name: value.clone() for name, value in game.state.tensors().items()}


@pytest.fixture
def differences():
    """differences(a, b) -> the names of tensors that do not have the same bits in both."""

    def find(a, b):
        assert a.keys() == b.keys()
        return [name for name in a if not torch.equal(a[name], b[name])]

    return find


@pytest.fixture
def poisoned():
    """poisoned(player, when) -> the player with a term that is not a number where when(batch) holds."""

    def make(player, when=lambda batch: True):
        def objective(nets, batch, config):
            terms = dict(player.objective(nets, batch, config))
            first = next(iter(terms))
            if when(batch):
                terms[first] = terms[first] * float("nan")
            return terms

        return replace(player, objective=objective)

    return make


class Told:
    """A listener that remembers what it was told."""

    def __init__(self):
        self.lines, self.events = [], []

    def started(self, run):
        self.events.append("started")

    def progress(self, run):
        self.events.append("progress")

    def tell(self, text):
        self.lines.append(text)

    def ended(self, run):
        self.events.append("ended")


@pytest.fixture
def told():
    return Told()


@pytest.fixture
def tiny(installed):
    """The name of an installed GAN that takes a thousand steps in a second."""
    installed.add("tiny", installed.good)
    return "tiny"


@pytest.fixture
def sicken(monkeypatch, poisoned):
    """sicken(when, player) -> from here on, that player of a GAN that is loaded is poisoned where when(step) holds."""

    def make(when, name="value"):
        real = catalogue.load

        def load(gan):
            architecture = real(gan)

            def players(config):
                return [
                    poisoned(player, lambda batch: when(int(batch.step))) if player.name == name else player
                    for player in architecture.players(config)
                ]

            return replace(architecture, players=players)

        monkeypatch.setattr(catalogue, "load", load)

    return make
