"""The Dirac-GAN's objectives by the paper's formulas; where it ends is in tests/engine/test_joint.py."""

from types import SimpleNamespace

import numpy as np
import pytest
from ganzoo_plugins.games import dirac_gan


def nets(theta, psi):
    return SimpleNamespace(G=dirac_gan.Number(theta), D=dirac_gan.Number(psi))


def total(terms):
    return sum(term.item() for term in terms.values() if term.requires_grad)


def f(t):
    return -np.log1p(np.exp(-t))


def test_the_objective_is_the_papers_formula():
    config = dirac_gan.Config(r1=0.3)
    assert total(dirac_gan.value(nets(0.7, -1.2), None, config)) == pytest.approx(
        f(-1.2 * 0.7) + f(0.0) - 0.15 * 1.44, abs=1e-6
    )
    assert total(dirac_gan.fooling(nets(0.7, -1.2), None, config)) == pytest.approx(f(-1.2 * 0.7), abs=1e-6)


def test_the_non_saturating_loss():
    config = dirac_gan.Config(loss="nonsaturating")
    assert total(dirac_gan.fooling(nets(0.7, -1.2), None, config)) == pytest.approx(-f(1.2 * 0.7), abs=1e-6)


def test_the_wasserstein_loss_and_its_penalty():
    config = dirac_gan.Config(loss="wgan", penalty=2.0, slope=0.5)
    assert total(dirac_gan.value(nets(0.7, -1.2), None, config)) == pytest.approx(-0.84 - 0.7**2, abs=1e-6)


def test_instance_noise_is_the_mean_over_a_normal():
    """Against a quadrature of its own: 32 nodes of equal weight are near Gauss-Hermite."""
    config = dirac_gan.Config(noise=0.7)
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    expected = sum(weights * f(-1.2 * (0.7 + 0.7 * nodes)) + weights * f(1.2 * 0.7 * nodes)) / weights.sum()
    assert total(dirac_gan.value(nets(0.7, -1.2), None, config)) == pytest.approx(expected, abs=5e-3)
