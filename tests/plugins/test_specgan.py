from types import SimpleNamespace

import pytest
import torch
from ganzoo_plugins.audio import specgan

from ganzoo.contract import Space

SPACE = Space(kind="audio", shape=(1, 256), classes=("a", "b"), details={"rate": 8000})
CONFIG = specgan.Config(latent_dim=4, width=2, window=32)


def test_the_objectives_are_the_papers(batch):
    """WGAN-GP's on pictures of sounds, with projection, and AC-GAN's; a picture is written out from Fourier sums."""
    torch.manual_seed(0)
    nets = SimpleNamespace(**specgan.networks(CONFIG, SPACE))
    label = torch.tensor([0, 1, 1])
    given = batch(torch.rand(3, 1, 256) * 2 - 1, torch.randn(3, 4), label)
    terms = specgan.distance(nets, given, CONFIG)
    specgan.measure(nets, terms, given.kept, CONFIG)  # the first turn, after which mean and spread are these sounds'

    window = 0.5 - 0.5 * torch.cos(2 * torch.pi * torch.arange(32) / 32)
    around = torch.cat([given.real[:, 0, 1:17].flip(1), given.real[:, 0], given.real[:, 0, -17:-1].flip(1)], 1)
    turn = torch.exp(-2j * torch.pi * torch.outer(torch.arange(16), torch.arange(32)) / 32)
    frames = [(around[:, at : at + 32] * window).to(turn.dtype) @ turn.T for at in range(0, 256, 16)]
    loudness = torch.log(torch.stack(frames, 2).abs() + 1e-3)  # (N, B, M)
    mean, std = loudness.mean((0, 2))[:, None], loudness.transpose(0, 1).flatten(1).std(1, correction=0)[:, None]
    pictures = ((loudness - mean) / (3 * std)).clamp(-1, 1)[:, None]
    torch.testing.assert_close(nets.pictures(given.real), pictures, rtol=1e-3, atol=1e-4)

    def critic(x):
        phi = nets.C.body(x)
        return torch.stack([nets.C.head.classes.weight[y] @ f for y, f in zip(label, phi, strict=True)]) + (
            phi @ nets.C.head.any.weight[0] + nets.C.head.any.bias
        )

    def likelihood(x):  # of the labels, by the softmax written out
        odds = (nets.C.body(x) @ nets.C.classes.weight.T + nets.C.classes.bias).exp()
        return torch.stack([(row[y] / row.sum()).log() for y, row in zip(label, odds, strict=True)]).mean()

    fake = nets.G.net(torch.cat([given.z, torch.eye(2)[label]], 1))
    torch.manual_seed(1)
    found = specgan.distance(nets, given, CONFIG)
    assert found["distance"].item() == pytest.approx((critic(pictures) - critic(fake)).mean().item(), abs=1e-4)
    torch.manual_seed(1)
    mix = torch.rand(3, 1, 1, 1)
    between = (mix * pictures + (1 - mix) * fake).detach().requires_grad_()
    (slope,) = torch.autograd.grad(critic(between).sum(), between)
    penalty = ((slope.flatten(1).norm(dim=1) - 1) ** 2).mean()
    assert found["penalty"].item() == pytest.approx(-10 * penalty.item(), rel=1e-3)
    assert found["naming"].item() == pytest.approx(10 * likelihood(pictures).item(), rel=1e-3)
    found = specgan.fooling(nets, given, CONFIG)
    assert found["score"].item() == pytest.approx(critic(fake).mean().item(), abs=1e-5)
    assert found["naming"].item() == pytest.approx(10 * likelihood(fake).item(), rel=1e-3)


def test_sounds_without_labels_have_a_score_alone(batch):
    space = Space(kind="audio", shape=(1, 256), details={"rate": 8000})
    nets = SimpleNamespace(**specgan.networks(CONFIG, space))
    found = specgan.fooling(nets, batch(torch.rand(3, 1, 256), torch.randn(3, 4)), CONFIG)
    assert found.keys() == {"score"}
