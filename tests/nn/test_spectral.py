import torch
from torch import nn

from ganzoo.nn import spectral


def test_layers_are_divided_by_their_greatest_singular_value():
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 1))
    given = net[0].weight.detach().clone()
    assert spectral(net) is net
    for _ in range(100):
        net(torch.randn(2, 6))
    expected = given / torch.linalg.matrix_norm(given, 2)
    assert torch.allclose(net[0].weight, expected, atol=1e-4)


def test_convolutions_too_and_a_pass_in_eval_mode_changes_nothing():
    net = spectral(nn.Sequential(nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3), nn.ConvTranspose2d(3, 2, 3)))
    net(torch.randn(2, 2, 5, 5))
    before = {name: value.clone() for name, value in net.state_dict().items()}
    net.eval()(torch.randn(2, 2, 5, 5))
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())
    assert sum("parametrizations" in name and name.endswith("original") for name in before) == 2


def test_a_chain_of_layers_stretches_no_distance():
    torch.manual_seed(0)
    net = spectral(nn.Sequential(nn.Linear(4, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1)))
    with torch.no_grad():
        for layer in net:
            if isinstance(layer, nn.Linear):
                layer.parametrizations.weight.original.mul_(100)
        for _ in range(100):
            net(torch.randn(2, 4))
        x, y = torch.randn(2, 500, 4)
        stretch = (net(x) - net(y)).norm(dim=1) / (x - y).norm(dim=1)
    assert stretch.max() < 1.01
