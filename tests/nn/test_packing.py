import pytest
import torch
from torch import nn

import ganzoo
from ganzoo.nn import together
from ganzoo.nn.packing import Packed, packed_space


def test_a_packed_space_has_m_times_the_channels_or_features():
    image = ganzoo.Space(kind="image", shape=(3, 8, 9), classes=("a",))
    assert packed_space(image, 4) == ganzoo.Space(kind="image", shape=(12, 8, 9), classes=("a",))
    assert packed_space(ganzoo.Space(kind="vector", shape=(2,)), 3).shape == (6,)


@pytest.mark.parametrize(("n", "packs"), [(6, 2), (8, 2)])
def test_neighbours_form_a_pack_and_the_rest_is_left_out(n, packs):
    seen = []
    net = Packed(nn.Flatten(), 3)
    net.net.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    x = torch.arange(float(n))[:, None, None, None].expand(n, 2, 4, 4)
    assert len(net(x)) == packs
    assert seen[0].shape == (packs, 6, 4, 4)
    assert seen[0][:, :, 0, 0].tolist() == [[0, 0, 1, 1, 2, 2], [3, 3, 4, 4, 5, 5]][:packs]


def test_too_few_samples_are_told():
    with pytest.raises(ganzoo.GanzooError, match="2 samples make no pack of 3; try --batch 3"):
        Packed(nn.Identity(), 3)(torch.zeros(2, 1))


@pytest.mark.parametrize("n", [4, 5])
def test_reals_and_fakes_are_never_in_one_pack(n):
    net = Packed(lambda packs: packs[:, 0] - packs[:, 1], 2)
    real, fake = together(net, torch.ones(n, 1), torch.zeros(n, 1))
    assert real.tolist() == fake.tolist() == [0, 0]
