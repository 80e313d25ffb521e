import torch
from torch import nn

from ganzoo.nn import together


def test_one_pass_equals_two():
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(3, 8), nn.LeakyReLU(0.2), nn.Linear(8, 1), nn.Flatten(0))
    real, fake = torch.randn(5, 3), torch.randn(4, 3, requires_grad=True)
    on_real, on_fake = together(net, real, fake)
    assert torch.allclose(on_real, net(real))
    assert torch.allclose(on_fake, net(fake))
    (gradient,) = torch.autograd.grad(on_fake.sum(), fake)
    assert torch.allclose(gradient, torch.autograd.grad(net(fake).sum(), fake)[0])


def test_reals_take_the_precision_of_fakes():
    seen = []
    together(lambda x: seen.append(x.dtype) or x.sum(1), torch.ones(2, 3), torch.ones(2, 3).bfloat16())
    assert seen == [torch.bfloat16]
