"""Penalties on the slope of a discriminator at given points. Shapes: N batch; x is (N, ...); net(x) is (N,).

They take the network, not its logits, and run it in full precision whatever the surrounding autocast: under
bf16 the slope of R1 is off by about 1 %. Weights (lambda, gamma / 2) are the plugin's to multiply by.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from ganzoo.nn.precision import full
from ganzoo.nn.whole import whole_batch

__all__ = [
    "divergence_penalty", "gradient_penalty", "lecam", "local_gradient_penalty", "r1", "r2", "scores_and_slopes",
]  # fmt: skip

TINY = 1e-12  # inside the root, so that the penalty's own gradient is finite where the slope is 0


def gradient_penalty(net: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor, *, one_sided: bool = False) -> Tensor:
    """E (|grad D(x^)| - 1)^2 at x^ = e x + (1 - e) G(z), with one e ~ U(0, 1) per sample; 0-d.

    real, fake: (N, ...), of which no gradient flows. Gulrajani et al. 2017, eq. 3 and Algorithm 1.
    one_sided: E max(0, |grad D(x^)| - 1)^2, for slopes above 1 alone. Petzka et al. 2018, eq. 8.
    """
    return _off_one(net, _between(real, fake), one_sided=one_sided)


def local_gradient_penalty(net: Callable[[Tensor], Tensor], real: Tensor, spread: float) -> Tensor:
    """E (|grad D(x + d)| - 1)^2 with noise d ~ N(0, s^2 I), s being `spread` times the batch's standard deviation; 0-d.

    real: (N, ...), N > 1 or several numbers each. Kodali et al. 2017, Algorithm 1; the scale as in the authors' code.
    """
    return _off_one(net, real + spread * whole_batch(real).std() * torch.randn_like(real))


def divergence_penalty(net: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor, power: float) -> Tensor:
    """E |grad D(x^)|^p at points between reals and fakes, as in `gradient_penalty`; 0-d, to be weighed by k.

    Wu et al. 2018, Algorithm 1.
    """
    return (_slope_squared(net, _between(real, fake)) + TINY).pow(power / 2).mean()


def r1(net: Callable[[Tensor], Tensor], real: Tensor) -> Tensor:
    """E |grad D(x)|^2 on the data; 0-d, to be weighed by gamma / 2. Mescheder et al. 2018, eq. 9."""
    return _slope_squared(net, real).mean()


def r2(net: Callable[[Tensor], Tensor], fake: Tensor) -> Tensor:
    """E |grad D(G(z))|^2 on what is generated, as `r1` on the data. Mescheder et al. 2018, eq. 10."""
    return _slope_squared(net, fake).mean()


def scores_and_slopes(net: Callable[[Tensor], Tensor], x: Tensor) -> tuple[Tensor, Tensor]:
    """net(x) and |grad net(x)|^2, both (N,), from one pass: where an objective needs D's answers and R1 or R2 at once.

    The mean slope is `r1` of reals and `r2` of what is generated; no gradient flows into x.
    """
    with torch.enable_grad(), torch.autocast(x.device.type, enabled=False):
        x = full(x.detach()).requires_grad_()
        scores = net(x)
        (slope,) = torch.autograd.grad(scores.sum(), x, create_graph=True)
        return scores, slope.flatten(1).square().sum(1)


def lecam(real: Tensor, fake: Tensor, real_mean: Tensor, fake_mean: Tensor) -> Tensor:
    """E (D(x) - a_F)^2 + E (D(G(z)) - a_R)^2, which holds D's answers together where data are few; 0-d.

    real, fake: logits (N,). a_R, a_F: 0-d, moving averages of D's answers to reals and to fakes, which the plugin
    keeps in a `Scalar` each and moves in `after`. Unlike the penalties above it takes logits: no slope is needed.
    Tseng et al. 2021, Regularizing Generative Adversarial Networks under Limited Data, arXiv:2104.03310, section 3.
    """
    return (full(real) - fake_mean).square().mean() + (full(fake) - real_mean).square().mean()


def _between(real: Tensor, fake: Tensor) -> Tensor:
    """A point between each real and its fake, by one number ~ U(0, 1) per sample: (N, ...)."""
    mix = torch.rand(len(real), *[1] * (real.dim() - 1), device=real.device, dtype=real.dtype)
    return torch.lerp(fake.detach().to(real.dtype), real, mix)


def _off_one(net: Callable[[Tensor], Tensor], x: Tensor, *, one_sided: bool = False) -> Tensor:
    """E (|grad D(x)| - 1)^2, of slopes above 1 alone if one_sided; 0-d."""
    above = (_slope_squared(net, x) + TINY).sqrt() - 1
    return (above.relu() if one_sided else above).square().mean()


def _slope_squared(net: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """Each sample's squared norm of d net(x) / d x over all other dimensions: (N,), differentiable."""
    return scores_and_slopes(net, x)[1]
