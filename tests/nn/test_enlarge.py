import pytest
import torch

from ganzoo import Space
from ganzoo.nn import Enlarger, dense_block, enlarging_networks, plain_block


@pytest.mark.parametrize("block", [plain_block, dense_block])
def test_it_enlarges_by_the_factor_and_every_weight_is_reached(block):
    net = Enlarger(1, 3, 4, 2, 4, block)
    made = net(torch.rand(2, 1, 5, 3))
    assert made.shape == (2, 3, 20, 12)
    made.square().sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in net.parameters() if p.dim() > 1)


@pytest.mark.parametrize("channels", [(1, 3), (3, 3), (3, 1)])
def test_what_it_makes_is_added_to_the_enlarged_source(channels):
    net = Enlarger(*channels, 4, 0, 2, plain_block)
    torch.nn.init.zeros_(net.last[-1].weight)
    torch.nn.init.constant_(net.last[-1].bias, 0.25)
    made = net(torch.full((1, channels[0], 5, 3), 0.5))
    assert torch.allclose(made, torch.full((1, channels[1], 10, 6), 0.75))


def test_a_dense_block_begins_near_the_identity():
    x = torch.rand(1, 8, 6, 6)
    assert (dense_block(8)(x) - x).norm() < 0.5 * x.norm()


def test_the_networks_know_the_factor_from_the_data():
    space = Space(kind="image", shape=(3, 16, 16), source=Space(kind="image", shape=(1, 8, 8)))
    nets = enlarging_networks(space, 4, 1, plain_block, torch.nn.Identity())
    made = nets["G"](torch.rand(2, 1, 8, 8))
    assert made.shape == (2, 3, 16, 16)
    assert nets["D"](made).shape == (2,)
