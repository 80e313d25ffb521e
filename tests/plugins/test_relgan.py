from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch
from ganzoo_plugins.text import relgan
from ganzoo_plugins.text.relgan import Config

import ganzoo
from ganzoo.nn import likelihood
from ganzoo.tokens import text_space

SPACE = text_space(list("abc"), "words", 4)
CONFIG = Config(embedding=3, heads=2, head_size=2, views=3, width=4, windows=2, sharpness=100.0, straight=False)
REAL = torch.tensor([[0, 1, 2, 0], [2, 2, 1, 0]])


@pytest.fixture
def nets():
    torch.manual_seed(0)
    return SimpleNamespace(**relgan.networks(CONFIG, SPACE))


@pytest.fixture
def given():
    torch.manual_seed(1)
    noise = relgan.prior(2, CONFIG, SPACE, torch.device("cpu"))
    fetch = {"real": lambda: REAL, "z": lambda: noise}
    return ganzoo.Batch(2, step=torch.tensor(5.0), progress=torch.tensor(0.5), device=torch.device("cpu"), fetch=fetch)


def written(nets, noise):
    """Texts and shares token by token, eqs. 4 and 5, at an inverse temperature of 100^0.5."""
    token, state = nets.G.begin(2)
    texts, shares = [], []
    for place in range(4):
        logits, state = nets.G.step(token, state)
        token = (logits + noise[:, place]).argmax(1)
        texts.append(token)
        shares.append(((logits + noise[:, place]) * 10).softmax(1))
    return torch.stack(texts, 1), torch.stack(shares, 1)


def test_what_d_sees_is_what_is_written_softened(nets, given):
    texts, shares = written(nets, given.z)
    assert torch.equal(relgan.generate(nets, given, CONFIG), texts)
    assert torch.allclose(relgan.softened(nets, given, CONFIG), shares, atol=1e-6)
    assert torch.equal(shares.argmax(2), texts)


def test_straight_through_d_sees_the_tokens_with_the_gradient_of_their_shares(nets, given):
    weight = torch.randn(2, 4, 3, generator=torch.Generator().manual_seed(2))
    gradients = []
    for straight in (False, True):
        seen = relgan.softened(nets, given, replace(CONFIG, straight=straight))
        gradients.append(torch.autograd.grad((weight * seen).sum(), nets.G.out.weight)[0])
    assert torch.allclose(seen, torch.nn.functional.one_hot(written(nets, given.z)[0], 3).float(), atol=1e-6)
    assert torch.allclose(*gradients)
    assert gradients[0].abs().max() > 0


def test_the_objectives_are_the_papers_formulas(nets, given):
    shares = written(nets, given.z)[1]
    real, fake = nets.D(REAL), nets.D(shares)
    assert real.shape == (2, 3)
    telling, fooling = relgan.telling(nets, given, CONFIG), relgan.fooling(nets, given, CONFIG)
    expected = sum(torch.sigmoid(real[n, s] - fake[n, s]).log().item() for n in range(2) for s in range(3)) / 6
    assert sum(telling.values()).item() == pytest.approx(expected, rel=1e-5)
    expected = sum(torch.sigmoid(fake[n, s] - real[n, s]).log().item() for n in range(2) for s in range(3)) / 6
    assert sum(fooling.values()).item() == pytest.approx(expected, rel=1e-5)
    found = relgan.maximum_likelihood(nets, given, CONFIG)["likelihood"]
    assert found.item() == pytest.approx(likelihood(nets.G(REAL), REAL).sum().item() / 2, rel=1e-5)


def test_noise_draws_tokens_as_likely_as_the_logits_have_them():
    torch.manual_seed(2)
    space = text_space(list("abc"), "words", 1)
    noise = relgan.prior(50_000, CONFIG, space, torch.device("cpu"))[:, 0]
    logits = torch.tensor([1.0, 0.0, -1.0])
    shares = relgan.greatest(logits.expand(50_000, 3), noise).bincount(minlength=3) / 50_000
    assert shares.tolist() == pytest.approx(logits.softmax(0).tolist(), abs=0.01)


def test_gradients_reach_exactly_the_network_that_moves(reached):
    assert reached("relgan", SPACE) == {"maximum_likelihood": {"G"}, "telling": {"D"}, "fooling": {"G"}}


def test_phases():
    players = relgan.players(Config(pretrain=7, reading=2))
    assert [[player.plays(step) for player in players] for step in (6, 8, 9)] == [
        [True, False, False],
        [False, True, False],
        [False, True, True],
    ]
