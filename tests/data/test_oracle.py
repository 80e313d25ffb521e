import numpy as np
import pytest
import torch

from ganzoo.data import open_dataset
from ganzoo.data.oracle import Oracle, oracle_of


def test_its_likelihood_is_that_of_torchs_lstm():
    """The same weights in torch: gates are in another order there, and there are two biases."""
    made = Oracle(7, units=4)
    cell = torch.nn.LSTMCell(4, 4).double()
    order = np.r_[0:4, 4:8, 12:16, 8:12]  # ours: enter, forget, leave, new; torch's: enter, forget, new, leave
    with torch.no_grad():
        for name, value in {
            "weight_ih": made.input.T[order],
            "weight_hh": made.recurrent.T[order],
            "bias_ih": made.bias[order],
            "bias_hh": 0 * made.bias,
        }.items():
            getattr(cell, name).copy_(torch.from_numpy(value))
    text = torch.tensor([3, 0, 6, 6])
    state, token, total = None, 7, 0.0
    for following in text.tolist():
        state = cell(torch.from_numpy(made.embedding[token])[None], state)
        logits = state[0] @ torch.from_numpy(made.output) + torch.from_numpy(made.shift)
        total -= logits.log_softmax(1)[0, following].item()
        token = following
    assert made.nll(text[None].numpy()) == pytest.approx(total / 4)


def test_it_draws_what_it_finds_likely():
    made = Oracle(5, units=3)
    texts = made.sample(20_000, 2)
    every = np.array([[a, b] for a in range(5) for b in range(5)])
    chance = np.exp(-2 * made.nll(every))
    assert chance.sum() == pytest.approx(1)
    shares = np.bincount(texts @ [5, 1], minlength=25) / len(texts)
    assert np.abs(shares - chance).max() < 0.01
    assert made.nll(texts).mean() == pytest.approx(made.nll(every) @ chance, abs=0.02)


def test_the_texts_are_the_same_for_everybody_and_know_their_oracle(request_of):
    one, other = open_dataset("oracle", request_of(size=5)), open_dataset("oracle", request_of(size=8))
    assert (len(one), str(one.space)) == (10_000, "5 words of 100")
    assert one.fingerprint != other.fingerprint
    assert one.samples[:3].tolist() == [[6, 46, 91, 98, 18], [6, 2, 31, 48, 51], [76, 67, 37, 59, 43]]
    found = oracle_of(one.space)
    random = np.random.default_rng(0).integers(100, size=(500, 5))
    assert found.nll(one.samples.numpy()).mean() < 3 < 5 < found.nll(random).mean()
