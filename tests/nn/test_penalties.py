import pytest
import torch
from torch import nn

from ganzoo.nn import divergence_penalty, gradient_penalty, lecam, local_gradient_penalty, r1, r2, scores_and_slopes


def linear_critic(shape):
    weight = torch.randn(shape)
    return weight, lambda x: (x * weight).flatten(1).sum(1)


@pytest.mark.parametrize("shape", [(3,), (2, 4, 4)])
def test_a_linear_critic_has_the_slope_of_its_weights(shape):
    torch.manual_seed(0)
    weight, critic = linear_critic(shape)
    real, fake = torch.randn(2, 5, *shape)
    slope = weight.norm()
    assert gradient_penalty(critic, real, fake).item() == pytest.approx((slope - 1).square().item(), rel=1e-4)
    assert local_gradient_penalty(critic, real, 0.5).item() == pytest.approx((slope - 1).square().item(), rel=1e-4)
    assert divergence_penalty(critic, real, fake, 3.0).item() == pytest.approx(slope.item() ** 3, rel=1e-4)
    assert r1(critic, real).item() == pytest.approx(slope.square().item(), rel=1e-4)
    assert r2(critic, fake).item() == pytest.approx(slope.square().item(), rel=1e-4)


@pytest.mark.parametrize(("size", "expected"), [(0.5, 0.0), (3.0, 4.0)])
def test_a_one_sided_penalty_leaves_gentle_slopes_alone(size, expected):
    direction = torch.tensor([0.6, 0.8]) * size
    real, fake = torch.randn(2, 5, 2)
    penalty = gradient_penalty(lambda x: x @ direction, real, fake, one_sided=True)
    assert penalty.item() == pytest.approx(expected, abs=1e-5)


def test_one_pass_gives_scores_and_slopes():
    """Of x^4 / 4 the slope is x^3."""
    x = torch.randn(5, 2, dtype=torch.float64, requires_grad=True)
    scores, slopes = scores_and_slopes(lambda x: x.pow(4).sum(1) / 4, x)
    assert scores.tolist() == pytest.approx((x**4).sum(1).div(4).tolist())
    assert slopes.tolist() == pytest.approx((x**6).sum(1).tolist())
    assert not torch.autograd.grad(slopes.sum() + scores.sum(), x, allow_unused=True)[0]


def test_lecam_equals_its_formula():
    real, fake = torch.tensor([1.0, 3.0]), torch.tensor([-2.0, 0.5, 0.0])
    penalty = lecam(real, fake, torch.tensor(2.5), torch.tensor(-1.0))
    expected = ((1 + 1) ** 2 + (3 + 1) ** 2) / 2 + ((-2 - 2.5) ** 2 + (0.5 - 2.5) ** 2 + 2.5**2) / 3
    assert penalty.item() == pytest.approx(expected)


def test_each_sample_is_mixed_by_its_own_number():
    """The slope of |x|^2 / 2 is x itself, so that the penalty shows at which points it was taken."""
    real, fake = torch.randn(2, 6, 2, 3, 3, dtype=torch.float64)
    torch.manual_seed(0)
    penalty = gradient_penalty(lambda x: x.flatten(1).square().sum(1) / 2, real, fake)
    torch.manual_seed(0)
    share = torch.rand(6, 1, 1, 1, dtype=torch.float64).numpy()
    between = (share * real.numpy() + (1 - share) * fake.numpy()).reshape(6, -1)
    assert len(set(share.flatten())) == 6
    assert penalty.item() == pytest.approx(((((between**2).sum(1)) ** 0.5 - 1) ** 2).mean(), rel=1e-9)


@pytest.mark.parametrize("penalty", ["gradient_penalty", "r1"])
def test_second_derivatives_equal_finite_differences(penalty):
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1), nn.Flatten(0)).double()
    real, fake = torch.randn(2, 5, 3, dtype=torch.float64)

    def value():
        torch.manual_seed(1)
        return gradient_penalty(net, real, fake) if penalty == "gradient_penalty" else r1(net, real)

    weight, step = net[0].weight, 1e-6
    (exact,) = torch.autograd.grad(value(), weight)
    measured = torch.zeros_like(weight)
    with torch.no_grad():
        for i in range(weight.numel()):
            at = weight.view(-1)
            at[i] += step
            above = value()
            at[i] -= 2 * step
            below = value()
            at[i] += step
            measured.view(-1)[i] = (above - below) / (2 * step)
    assert torch.allclose(exact, measured, rtol=1e-5, atol=1e-8)
    assert exact.abs().max() > 1e-3


def test_a_flat_critic_has_a_finite_gradient():
    scale = torch.zeros((), requires_grad=True)
    penalty = gradient_penalty(lambda x: (x * scale).flatten(1).sum(1), torch.randn(4, 2), torch.randn(4, 2))
    (gradient,) = torch.autograd.grad(penalty, scale)
    assert penalty.item() == pytest.approx(1, rel=1e-4)
    assert gradient.isfinite()


def test_autocast_is_off_inside():
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 1), nn.Flatten(0))
    real = torch.randn(32, 8)
    with torch.autocast("cpu", torch.bfloat16):
        inside = r1(net, real), r1(net, real.bfloat16())
    assert inside[0] == r1(net, real)
    assert inside[1].dtype is torch.float32


def test_no_gradient_flows_to_the_samples():
    _, critic = linear_critic((3,))
    fake = torch.randn(4, 3, requires_grad=True)
    assert not r2(critic, fake).requires_grad  # a critic without parameters leaves nothing to move
    assert not gradient_penalty(critic, torch.randn(4, 3), fake).requires_grad


def test_local_noise_has_a_share_of_the_datas_deviation():
    """The slope of |x|^2 / 2 is x itself; at the origin the penalty shows the noise alone."""
    torch.manual_seed(0)
    real = torch.randn(2000, 50, dtype=torch.float64) * 3
    slopes = []
    local_gradient_penalty(lambda x: slopes.append(x.detach()) or x.flatten(1).sum(1), real, 0.5)
    assert (slopes[0] - real).std().item() == pytest.approx(0.5 * 3, rel=0.01)
    assert (slopes[0] - real).mean().abs() < 0.05


def test_no_gradient_flows_to_the_samples_of_a_divergence():
    fake = torch.randn(4, 3, requires_grad=True)
    weight = torch.randn(3, requires_grad=True)
    penalty = divergence_penalty(lambda x: (x.tanh() * weight).sum(1), torch.randn(4, 3), fake, 6.0)
    penalty.backward()
    assert fake.grad is None
    assert weight.grad.abs().sum() > 0
