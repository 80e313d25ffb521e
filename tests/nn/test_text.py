import pytest
import torch
from torch import nn

from ganzoo.nn import Reader, RelationalMemory, Writer, chosen, likelihood


def test_a_token_is_chosen_by_its_place_in_the_cumulated_probabilities():
    logits = torch.tensor([0.5, 0.0, 0.25, 0.25]).log().expand(5, 4)
    assert chosen(logits, torch.tensor([0.0, 0.49, 0.5, 0.76, 1.0])).tolist() == [0, 0, 2, 3, 3]
    shares = torch.arange(1000) / 1000
    counts = chosen(logits[:1].expand(1000, 4), shares).bincount(minlength=4)
    assert counts.tolist() == pytest.approx([500, 0, 250, 250], abs=1)


def test_likelihood_is_of_each_token():
    logits = torch.randn(2, 3, 4, dtype=torch.float64)
    texts = torch.tensor([[0, 3, 1], [2, 2, 0]])
    shares = logits.exp() / logits.exp().sum(2, keepdim=True)
    expected = [[shares[n, t, texts[n, t]].log().item() for t in range(3)] for n in range(2)]
    assert likelihood(logits, texts).tolist() == [pytest.approx(row) for row in expected]


@pytest.mark.parametrize("kind", ["lstm", "memory"])
def test_what_is_written_is_what_is_likely(kind):
    """Texts written from many latents are as frequent as the writer says that they are."""
    torch.manual_seed(0)
    cell, widths = (nn.LSTMCell(4, 4), (4, 4)) if kind == "lstm" else (RelationalMemory(4, heads=2, size=2), (4,))
    writer = Writer(3, 4, cell, widths)
    with torch.no_grad():
        for parameter in writer.parameters():
            parameter.mul_(8)
    texts, logits = writer.write(torch.rand(20_000, 2))
    assert torch.allclose(logits, writer(texts), atol=1e-5)
    every = torch.tensor([[a, b] for a in range(3) for b in range(3)])
    likely = likelihood(writer(every), every).sum(1).exp()
    shares = (texts @ torch.tensor([3, 1])).bincount(minlength=9) / len(texts)
    assert likely.sum().item() == pytest.approx(1)
    assert (shares - likely).abs().max() < 0.02
    assert likely.max() > 2 * likely.min()


def test_a_reader_takes_texts_and_shares_of_tokens_alike():
    reader = Reader(5, length=2, embedding=3, width=4, windows=9)  # of windows, those that a text is long enough for
    texts = torch.tensor([[0, 4], [3, 3]])
    shares = torch.nn.functional.one_hot(texts, 5).float()
    assert torch.allclose(reader(texts), reader(shares))
    assert reader(texts).shape == (2, 1)


def test_views_are_read_alike():
    reader = Reader(5, length=4, embedding=3, width=4, windows=2, views=2)
    texts = torch.randint(5, (6, 4))
    logits = reader(texts)
    assert logits.shape == (6, 2)
    single = Reader(5, length=4, embedding=3, width=4, windows=2)
    weights = {name: value for name, value in reader.state_dict().items() if name != "embedding.weight"}
    for view in (0, 1):
        part = reader.embedding.weight.detach()[3 * view : 3 * view + 3]
        single.load_state_dict({**weights, "embedding.weight": part})
        assert torch.allclose(single(texts)[:, 0], logits[:, view])


def test_a_memory_remembers_what_came_first():
    torch.manual_seed(0)
    memory = RelationalMemory(3, heads=2, size=2)
    states = [(torch.zeros(1, 4),), (torch.zeros(1, 4),)]
    first = torch.randn(2, 1, 3)
    for step in range(5):
        shared = torch.randn(1, 3)
        states = [memory(first[n] if step == 0 else shared, state) for n, state in enumerate(states)]
    assert states[0][0].shape == (1, 4)
    assert (states[0][0] - states[1][0]).abs().max() > 1e-3
