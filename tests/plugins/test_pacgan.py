from types import SimpleNamespace

import numpy as np
import pytest
import torch
from ganzoo_plugins.labels import pacgan
from ganzoo_plugins.labels.pacgan import Config

import ganzoo
from ganzoo.nn.packing import Packed

REAL, FAKE = np.array([-5, 1.4, 12.5, 2.7]), np.array([10, 4.4, -5.5, 3.6])
POINTS = ganzoo.Space(kind="vector", shape=(2,), range=None)
IMAGES = ganzoo.Space(kind="image", shape=(3, 16, 16))


def test_objectives_are_the_bases_on_packs(batch):
    """With D(x_1, x_2) = x_1 - x_2 each pack of neighbours is one logit."""
    nets = SimpleNamespace(G=lambda z: z, D=Packed(lambda pair: pair[:, 0] - pair[:, 1], 2))
    given = batch(torch.tensor(REAL)[:, None], torch.tensor(FAKE)[:, None])
    real, fake = REAL[::2] - REAL[1::2], FAKE[::2] - FAKE[1::2]
    value, fooling = (
        sum(player.objective(nets, given, Config()).values()).item() for player in pacgan.players(Config())
    )
    assert value == pytest.approx(-np.log(1 + np.exp(-real)).mean() - np.log(1 + np.exp(fake)).mean(), rel=1e-9)
    assert fooling == pytest.approx(-np.log(1 + np.exp(-fake)).mean(), rel=1e-9)


@pytest.mark.parametrize("base", ["vanilla-mlp", "dcgan", "wgan-gp"])
@pytest.mark.parametrize("pack", [2, 3])
def test_any_bases_discriminator_sees_that_many_samples(base, pack):
    config = Config(base=base, pack=pack)
    networks = pacgan.networks(config, IMAGES)
    samples = networks["G"](pacgan.prior(6, config, IMAGES, torch.device("cpu")))
    first = next(p for p in networks["D"].parameters() if p.dim() > 1)
    assert samples.shape == (6, 3, 16, 16)
    assert networks["D"](samples).shape == (6 // pack,)
    assert first.shape[1] in (pack * 3, pack * 3 * 16 * 16)


def test_the_bases_options_and_turns_are_kept():
    config = Config(base="wgan-gp", base_options=("critic_turns=3", "penalty=0", "units=8"))
    critic, generator = pacgan.players(config)
    assert (critic.turns, critic.name, generator.turns) == (3, "distance", 1)
    assert pacgan.networks(config, POINTS)["G"][0][0].out_features == 8


def test_the_base_sees_its_own_config(batch):
    nets = SimpleNamespace(G=lambda z: z, D=Packed(lambda pair: pair.sum(1), 2))
    critic = pacgan.players(Config(base="wgan-gp", base_options=("penalty=0",)))[0]
    terms = critic.objective(nets, batch(torch.ones(4, 1), torch.zeros(4, 1)), Config())
    assert terms["penalty"].item() == 0
    assert terms["distance"].item() == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (Config(base="cgan"), "packing takes a GAN of a plain G"),
        (Config(base="pacgan"), "packing takes a GAN of a plain G"),
        (Config(base="dcgann"), "did you mean 'dcgan'"),
        (Config(base_options=("width",)), "should read key=value"),
        (Config(base_options=("wdth=3",)), "unknown option 'wdth'"),
    ],
    ids=str,
)
def test_mistakes_are_told_in_one_line(config, said):
    with pytest.raises(ganzoo.GanzooError, match=said):
        pacgan.networks(config, POINTS)
