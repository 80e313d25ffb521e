from types import SimpleNamespace

import pytest
import torch
from ganzoo_plugins.audio import wavegan

from ganzoo.contract import Space

SPACE = Space(kind="audio", shape=(1, 64), classes=("a", "b"), details={"rate": 8000})
CONFIG = wavegan.Config(latent_dim=4, width=2, shuffle=0)


def test_the_objectives_are_the_papers(batch):
    """WGAN-GP's, with projection: the score of a sound of class y has v_y . phi(x) + psi(phi(x)); and AC-GAN's."""
    torch.manual_seed(0)
    nets = SimpleNamespace(**wavegan.networks(CONFIG, SPACE))
    label = torch.tensor([0, 1, 1])
    given = batch(torch.rand(3, 1, 64) * 2 - 1, torch.randn(3, 4), label)
    fake = nets.G.net(torch.cat([given.z, torch.eye(2)[label]], 1))

    def critic(x):
        phi = nets.C.body(x)
        return torch.stack([nets.C.head.classes.weight[y] @ f for y, f in zip(label, phi, strict=True)]) + (
            phi @ nets.C.head.any.weight[0] + nets.C.head.any.bias
        )

    def likelihood(x):  # of the labels, by the softmax written out
        odds = (nets.C.body(x) @ nets.C.classes.weight.T + nets.C.classes.bias).exp()
        return torch.stack([(row[y] / row.sum()).log() for y, row in zip(label, odds, strict=True)]).mean()

    torch.manual_seed(1)
    found = wavegan.distance(nets, given, CONFIG)
    expected = critic(given.real).mean() - critic(fake).mean()
    assert found["distance"].item() == pytest.approx(expected.item(), abs=1e-5)
    torch.manual_seed(1)
    mix = torch.rand(3, 1, 1)
    between = (mix * given.real + (1 - mix) * fake).detach().requires_grad_()
    (slope,) = torch.autograd.grad(critic(between).sum(), between)
    penalty = ((slope.flatten(1).norm(dim=1) - 1) ** 2).mean()
    assert found["penalty"].item() == pytest.approx(-10 * penalty.item(), rel=1e-4)
    assert found["naming"].item() == pytest.approx(10 * likelihood(given.real).item(), rel=1e-3)
    found = wavegan.fooling(nets, given, CONFIG)
    assert found["score"].item() == pytest.approx(critic(fake).mean().item(), abs=1e-5)
    assert found["naming"].item() == pytest.approx(10 * likelihood(fake).item(), rel=1e-3)


def test_sounds_without_labels_have_a_score_alone(batch):
    space = Space(kind="audio", shape=(1, 64), details={"rate": 8000})
    nets = SimpleNamespace(**wavegan.networks(CONFIG, space))
    found = wavegan.fooling(nets, batch(torch.rand(3, 1, 64), torch.randn(3, 4)), CONFIG)
    assert found.keys() == {"score"}
