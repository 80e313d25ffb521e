from types import SimpleNamespace

import pytest
import torch
from ganzoo_plugins.audio import wavegan

from ganzoo.contract import Space

SPACE = Space(kind="audio", shape=(1, 64), classes=("a", "b"), details={"rate": 8000})
PAPERS = wavegan.Config(latent_dim=4, width=2, shuffle=0, spectra=0)
CONFIG = wavegan.Config(latent_dim=4, width=2, shuffle=0, spectra=2, window=32)
LABEL = torch.tensor([0, 1, 1])


def score(critic, x):
    """Projection: the score of class y is v_y . phi(x) + psi(phi(x))."""
    phi = critic.body(x)
    return torch.stack([critic.head.classes.weight[y] @ f for y, f in zip(LABEL, phi, strict=True)]) + (
        phi @ critic.head.any.weight[0] + critic.head.any.bias
    )


def likelihood(critic, x):
    """Of the labels, by the softmax written out."""
    odds = (critic.body(x) @ critic.classes.weight.T + critic.classes.bias).exp()
    return torch.stack([(row[y] / row.sum()).log() for y, row in zip(LABEL, odds, strict=True)]).mean()


def penalty(critic, real, fake):
    mix = torch.rand(3, *[1] * (real.dim() - 1))
    between = (mix * real + (1 - mix) * fake).detach().requires_grad_()
    (slope,) = torch.autograd.grad(score(critic, between).sum(), between)
    return ((slope.flatten(1).norm(dim=1) - 1) ** 2).mean()


def spectrum(x, window=32):
    """log |STFT x|, by Fourier's sum over frames half a window apart, as numbers of mostly [-1, 1]."""
    place = torch.arange(window)
    hann = torch.sin(torch.pi * place / window) ** 2
    turns = torch.exp(-2j * torch.pi * torch.arange(window // 2 + 1)[:, None] * place / window)
    around = torch.cat([x[:, 0, 1 : 1 + window // 2].flip(1), x[:, 0], x[:, 0, -1 - window // 2 : -1].flip(1)], 1)
    frames = [around[:, begin : begin + window] * hann for begin in range(0, x.shape[-1] + 1, window // 2)]
    found = torch.stack([(frame.to(turns.dtype) @ turns.T).abs() for frame in frames], 2)
    return ((torch.log(found + 0.1) + 0.1) / 2.2)[:, None]


def setting(batch, config):
    torch.manual_seed(0)
    nets = SimpleNamespace(**wavegan.networks(config, SPACE))
    given = batch(torch.rand(3, 1, 64) * 2 - 1, torch.randn(3, 4), LABEL)
    return nets, given, nets.G.net(torch.cat([given.z, torch.eye(2)[LABEL]], 1))


def test_the_objectives_are_the_papers(batch):
    """WGAN-GP's, with projection, and AC-GAN's: C names the classes where it is alone."""
    nets, given, fake = setting(batch, PAPERS)
    torch.manual_seed(1)
    found = wavegan.distance(nets, given, PAPERS)
    torch.manual_seed(1)
    assert found["penalty"].item() == pytest.approx(-10 * penalty(nets.C, given.real, fake).item(), rel=1e-4)
    expected = score(nets.C, given.real).mean() - score(nets.C, fake).mean()
    assert found["distance"].item() == pytest.approx(expected.item(), abs=1e-5)
    assert found["naming"].item() == pytest.approx(10 * likelihood(nets.C, given.real).item(), rel=1e-3)
    found = wavegan.fooling(nets, given, PAPERS)
    assert found["score"].item() == pytest.approx(score(nets.C, fake).mean().item(), abs=1e-5)
    assert found["naming"].item() == pytest.approx(10 * likelihood(nets.C, fake).item(), rel=1e-3)
    assert [player.over for player in wavegan.players(PAPERS)] == [("C",), ("G",)]


def test_a_critic_of_spectra_plays_the_same_game_with_them_and_names_the_classes(batch):
    nets, given, fake = setting(batch, CONFIG)
    assert wavegan.distance(nets, given, CONFIG).keys() == {"distance", "penalty"}
    torch.manual_seed(1)
    found = wavegan.spectral_distance(nets, given, CONFIG)
    real, made = spectrum(given.real), spectrum(fake)
    torch.manual_seed(1)
    assert found["penalty"].item() == pytest.approx(-10 * penalty(nets.S, real, made).item(), rel=1e-4)
    expected = score(nets.S, real).mean() - score(nets.S, made).mean()
    assert found["distance"].item() == pytest.approx(expected.item(), abs=1e-5)
    assert found["naming"].item() == pytest.approx(10 * likelihood(nets.S, real).item(), rel=1e-3)
    found = wavegan.fooling(nets, given, CONFIG)
    assert found["score"].item() == pytest.approx(score(nets.C, fake).mean().item(), abs=1e-5)
    assert found["spectral_score"].item() == pytest.approx(score(nets.S, made).mean().item(), abs=1e-5)
    assert found["naming"].item() == pytest.approx(10 * likelihood(nets.S, made).item(), rel=1e-3)


@pytest.mark.parametrize(("config", "expected"), [(PAPERS, {"score"}), (CONFIG, {"score", "spectral_score"})])
def test_sounds_without_labels_have_scores_alone(batch, config, expected):
    space = Space(kind="audio", shape=(1, 64), details={"rate": 8000})
    nets = SimpleNamespace(**wavegan.networks(config, space))
    found = wavegan.fooling(nets, batch(torch.rand(3, 1, 64), torch.randn(3, 4)), config)
    assert found.keys() == expected


@pytest.mark.parametrize("length", [32, 5120])
def test_spectra_of_any_length_are_judged(length):
    nets = wavegan.networks(wavegan.Config(), Space(kind="audio", shape=(1, length), details={"rate": 8000}))
    seen = wavegan.log_spectra(torch.rand(3, 1, length), 128)
    assert nets["S"](seen)[0].shape == (3,)
