"""Everything that there is of three words in texts of three: what the paper takes expectations of is summed up here."""

from itertools import product
from types import SimpleNamespace

import pytest
import torch
from ganzoo_plugins.text import seqgan
from ganzoo_plugins.text.seqgan import Config

from ganzoo.nn import likelihood
from ganzoo.tokens import text_space

SPACE = text_space(list("abc"), "words", 3)
EVERY = torch.tensor(list(product(range(3), repeat=3)))


@pytest.fixture
def nets():
    torch.manual_seed(0)
    made = seqgan.networks(Config(embedding=3, units=4, width=3, windows=2), SPACE)
    with torch.no_grad():
        for net, scale in (("G", 8), ("D", 3)):  # else all texts are alike likely and alike real
            for parameter in made[net].parameters():
                parameter.mul_(scale)
    return SimpleNamespace(**made)


@pytest.fixture
def writing(nets, batch):
    """A batch whose latents make G write every text there is once, and how likely each of them is."""
    chance = nets.G(EVERY).softmax(2)
    ends = chance.cumsum(2).gather(2, EVERY[..., None])[..., 0]
    middle = ends - chance.gather(2, EVERY[..., None])[..., 0] / 2
    likely = likelihood(nets.G(EVERY), EVERY).sum(1).exp()
    return batch(EVERY, middle.detach()), likely


def gradient(value, nets):
    return torch.cat([part.flatten() for part in torch.autograd.grad(value, list(nets.G.parameters()))])


def test_latents_decide_what_is_written(nets, writing):
    given, likely = writing
    assert torch.equal(seqgan.generate(nets, given, Config()), EVERY)
    assert likely.sum().item() == pytest.approx(1)


def test_values_of_beginnings_are_expected_rewards(nets):
    """Q(y_1..t) = E[D(Y) | Y begins with y_1..t], and D(y) of whole texts: eq. 4 with all roll-outs there are."""
    torch.manual_seed(1)
    likely = likelihood(nets.G(EVERY), EVERY).sum(1).exp().detach()
    real = torch.sigmoid(nets.D(EVERY)).detach()
    found = seqgan.action_values(nets, EVERY, Config(rollouts=4000))
    for row, text in enumerate(EVERY):
        for length in (1, 2, 3):
            same = (EVERY[:, :length] == text[:length]).all(1)
            expected = (likely * real)[same].sum() / likely[same].sum()
            assert found[row, length - 1].item() == pytest.approx(expected.item(), abs=0.02)
    assert real.max() - real.min() > 0.2, "rewards that are all alike would show nothing"


@pytest.mark.parametrize("baseline", [False, True])
def test_the_surrogates_gradient_is_the_policy_gradient(nets, writing, baseline):
    """That of J = sum over all texts of P(y) D(y), with the texts in the surrogate as likely as G writes them."""
    likely = writing[1]
    torch.manual_seed(2)
    q = seqgan.action_values(nets, EVERY, Config(rollouts=4000))
    if baseline:  # of a batch as G writes it
        first = (likely @ q[:, 0]).detach().expand(27)
        q = q - torch.stack([first, q[:, 0], q[:, 1]], 1)
    surrogate = (likely.detach() * (likelihood(nets.G(EVERY), EVERY) * q).sum(1)).sum()
    expected = gradient((likely * torch.sigmoid(nets.D(EVERY)).detach()).sum(), nets)
    found = gradient(surrogate, nets)
    assert (found - expected).norm() < 0.05 * expected.norm()


@pytest.mark.parametrize("baseline", [False, True])
def test_the_objective_is_that_surrogate(nets, writing, baseline):
    given, _ = writing
    config = Config(rollouts=3, baseline=baseline)
    torch.manual_seed(3)
    terms = seqgan.policy(nets, given, config)
    torch.manual_seed(3)
    q = seqgan.action_values(nets, EVERY, config)
    logs = likelihood(nets.G(EVERY), EVERY)
    expected = sum(
        logs[row, place] * (q[row, place] - (0 if not baseline else q[row, place - 1] if place else q[:, 0].mean()))
        for row in range(27)
        for place in range(3)
    )
    assert terms["surrogate"].item() == pytest.approx(expected.item() / 27, rel=1e-4)
    assert terms["reward"].item() == pytest.approx(torch.sigmoid(nets.D(EVERY)).mean().item())
    assert not terms["reward"].requires_grad
    found = gradient(terms["surrogate"], nets)
    assert (found - gradient(expected / 27, nets)).norm() < 1e-4 * found.norm()


def test_the_others_are_the_papers_formulas(nets, writing):
    given, likely = writing
    found = seqgan.maximum_likelihood(nets, given, Config())
    assert found["likelihood"].item() == pytest.approx(likely.log().mean().item(), rel=1e-5)
    value = seqgan.value(nets, given, Config())
    real = torch.sigmoid(nets.D(EVERY))
    assert sum(value.values()).item() == pytest.approx((real.log() + (1 - real).log()).mean().item(), rel=1e-5)


def test_gradients_reach_exactly_the_network_that_moves(reached):
    expected = {"maximum_likelihood": {"G"}, "value": {"D"}, "policy": {"G"}}
    assert reached("seqgan", SPACE) == expected


def test_phases():
    players = seqgan.players(Config(pretrain=7, reading=2))
    assert [[player.plays(step) for player in players] for step in (6, 7, 8, 9)] == [
        [True, False, False],
        [False, True, False],
        [False, True, False],
        [False, True, True],
    ]


def test_texts_of_one_token_need_no_roll_outs(batch):
    space = text_space(list("abc"), "words", 1)
    nets = SimpleNamespace(**seqgan.networks(Config(), space))
    terms = seqgan.policy(nets, batch(EVERY[:, :1], torch.rand(27, 1)), Config())
    assert terms["surrogate"].requires_grad
