import math

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter

from ganzoo.judge.fidelity import psnr, ssim


def pair(channels=1, side=24):
    rng = np.random.default_rng(0)
    first = rng.integers(0, 256, (2, channels, side, side))
    second = np.clip(first + rng.integers(-40, 41, first.shape), 0, 255)
    return first, second


def tensor(levels):
    return torch.from_numpy(levels / 127.5 - 1)


def test_psnr_of_grey_pictures_is_of_their_levels():
    first, second = pair()
    expected = [10 * math.log10(255**2 / ((a - b) ** 2).mean()) for a, b in zip(first, second, strict=True)]
    assert psnr(tensor(first), tensor(second)).tolist() == pytest.approx(expected, rel=1e-9)
    inner = [
        10 * math.log10(255**2 / ((a - b) ** 2).mean())
        for a, b in zip(first[..., 4:-4, 4:-4], second[..., 4:-4, 4:-4], strict=True)
    ]
    assert psnr(tensor(first), tensor(second), border=4).tolist() == pytest.approx(inner, rel=1e-9)
    assert psnr(tensor(first), tensor(first)).tolist() == [math.inf] * 2


def test_colours_are_compared_by_their_luma():
    """White to black is 16 to 235, so a wholly wrong picture has 10 log(255^2 / 219^2) decibels."""
    white = torch.ones(1, 3, 12, 12)
    assert psnr(white, -white).item() == pytest.approx(20 * math.log10(255 / 219), rel=1e-6)
    first, second = pair(3)
    weights = np.array([65.481, 128.553, 24.966]).reshape(1, 3, 1, 1) / 255
    error = (((first - second) * weights).sum(1) ** 2).mean((1, 2))
    assert psnr(tensor(first), tensor(second)).tolist() == pytest.approx(10 * np.log10(255**2 / error), rel=1e-9)


def test_pictures_are_rounded_as_files_are():
    first, second = pair()
    assert torch.equal(psnr(tensor(first) + 0.003, tensor(second)), psnr(tensor(first), tensor(second)))


def test_ssim_is_wangs():
    """By scipy's Gaussian filter, cut at the window's 5 pixels, where the window lies inside."""
    first, second = pair()

    def smooth(image):
        return gaussian_filter(image, 1.5, radius=5)[5:-5, 5:-5]

    for number, (a, b) in enumerate(zip(first[:, 0].astype(float), second[:, 0].astype(float), strict=True)):
        mean_a, mean_b = smooth(a), smooth(b)
        var_a, var_b, cov = smooth(a * a) - mean_a**2, smooth(b * b) - mean_b**2, smooth(a * b) - mean_a * mean_b
        c1, c2 = 2.55**2, 7.65**2
        expected = (2 * mean_a * mean_b + c1) * (2 * cov + c2) / ((mean_a**2 + mean_b**2 + c1) * (var_a + var_b + c2))
        assert ssim(tensor(first), tensor(second))[number].item() == pytest.approx(expected.mean(), rel=1e-9)
    assert ssim(tensor(first), tensor(first)).tolist() == pytest.approx([1, 1])
