from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

import ganzoo
from ganzoo.engine import drawn
from ganzoo.engine.drawn import save_many, save_walk
from ganzoo.engine.generator import Generator
from ganzoo.errors import UsageError

SPACE = ganzoo.Space(kind="image", shape=(1, 4, 4))


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.Config):
    latent_dim: Annotated[int, "Z"] = 3


@pytest.fixture
def generator():
    torch.manual_seed(0)
    nets = {"G": nn.Sequential(nn.Linear(3, 16), nn.Tanh(), nn.Unflatten(1, SPACE.shape))}
    architecture = ganzoo.Architecture(Config, lambda config, space: nets, lambda config: [])
    return Generator("a-gan", architecture, Config(), SPACE, nets)


def test_what_is_written_as_it_is_made_are_the_samples(generator, monkeypatch):
    now = iter([5.0, 15.0, 20.0, 20.0])
    monkeypatch.setattr(drawn, "monotonic", lambda: next(now))
    assert save_many(generator, 40, Path("many.npz"), files=False, seed=3) == 4.0
    samples = generator.sample(40, seed=3)
    with np.load("many.npz") as archive:
        assert np.array_equal(archive["samples"], samples.numpy())
    assert save_many(generator, 40, Path("many"), files=True, seed=3) > 1e9  # a clock that stands still
    samples.save_files("whole")
    for path in Path("whole").iterdir():
        assert Path("many", path.name).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("asked", [{"labels": ["1"]}, {"where": {"a": "b"}}])
def test_what_is_asked_of_samples_is_asked_of_them(generator, asked):
    with pytest.raises(UsageError, match=r"leave (out --labels|it out)"):
        save_many(generator, 4, Path("many.npz"), files=False, **asked)
    assert not Path("many.npz").exists()


def test_a_walk_is_a_new_animation_of_its_pictures(generator):
    assert save_walk(generator, Path("walk.WEBP"), seed=2) == Path("walk.WEBP")
    with Image.open("walk.WEBP") as animation:
        first = generator.walk(60, seed=2)[0]
        assert (animation.format, animation.n_frames, animation.size) == ("WEBP", 60, first.grid().size)
    with pytest.raises(UsageError, match=r"walk.WEBP exists already"):
        save_walk(generator, Path("walk.WEBP"))
    before = Path("walk.WEBP").read_bytes()
    save_walk(generator, Path("walk.WEBP"), force=True)
    assert Path("walk.WEBP").read_bytes() != before
    with pytest.raises(UsageError, match=r"cannot save an animation as 'walk.png'; known endings: \.webp"):
        save_walk(generator, Path("walk.png"))
