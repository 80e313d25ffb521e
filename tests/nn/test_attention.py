import numpy as np
import torch

from ganzoo.nn import SelfAttention


def test_it_starts_as_the_identity():
    x = torch.randn(2, 16, 4, 4)
    assert torch.equal(SelfAttention(16)(x), x)


def test_equations_1_to_3():
    torch.manual_seed(0)
    layer, x = SelfAttention(16).double(), torch.randn(1, 16, 3, 2, dtype=torch.float64)
    with torch.no_grad():
        layer.gamma.fill_(0.7)
        y = layer(x)[0].flatten(1).numpy()
    f, g, h, v = (part.weight.detach().flatten(1).numpy() for part in (layer.key, layer.query, layer.value, layer.out))
    places = x[0].flatten(1).numpy()
    s = (f @ places).T @ (g @ places)  # s_ij = f(x_i) . g(x_j), eq. 1
    beta = np.exp(s) / np.exp(s).sum(0)  # over i, for each j
    expected = 0.7 * v @ (h @ places @ beta) + places
    assert f.shape == (2, 16)
    assert np.allclose(y, expected)


def test_few_channels_keep_one_key():
    assert SelfAttention(4).key.out_channels == 1
