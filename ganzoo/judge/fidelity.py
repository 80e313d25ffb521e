"""How near a picture is to another: PSNR and SSIM as papers of super-resolution have them. N batch, C H W image.

On the luma of 8-bit pictures, with a border left out: as wide as pictures are enlarged (Timofte et al. 2013 and on).
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from ganzoo.hookspecs import hookimpl
from ganzoo.judge.metric import Metric, Part, Subject

__all__ = ["psnr", "ssim", "starting"]

WINDOW = 11  # pixels of SSIM's
STUDIO = (65.481, 128.553, 24.966)  # ITU-R BT.601 for R, G, B in [0, 1], onto 16..235


def psnr(made: Tensor, target: Tensor, border: int = 0) -> Tensor:
    """The peak signal-to-noise ratio in decibels of images (N, C, H, W) in [-1, 1]: (N,); infinite where equal."""
    error = (_luma(made, border) - _luma(target, border)).square().mean((1, 2, 3))
    return 10 * torch.log10(255**2 / error)


def ssim(made: Tensor, target: Tensor, border: int = 0) -> Tensor:
    """The mean structural similarity of images (N, C, H, W) in [-1, 1], 11 pixels or wider inside: (N,), at most 1.

    Wang et al. 2004, eq. 13, with their window: Gaussian, 11x11, deviation 1.5; constants .01 and .03.
    """
    x, y = _luma(made, border), _luma(target, border)
    place = torch.arange(-(WINDOW // 2), WINDOW // 2 + 1, dtype=torch.float64)
    weights = torch.exp(-place.square() / (2 * 1.5**2))
    window = (weights[:, None] * weights / weights.sum() ** 2)[None, None]
    mean_x, mean_y = F.conv2d(x, window), F.conv2d(y, window)
    variance_x, variance_y = F.conv2d(x * x, window) - mean_x**2, F.conv2d(y * y, window) - mean_y**2
    together = F.conv2d(x * y, window) - mean_x * mean_y
    first, second = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    likeness = (2 * mean_x * mean_y + first) * (2 * together + second)
    return (likeness / ((mean_x**2 + mean_y**2 + first) * (variance_x + variance_y + second))).mean((1, 2, 3))


def starting(source: Tensor, target: Tensor) -> tuple[Tensor, int]:
    """What translations of sources (N, C', h, w) start from beside targets (N, C, H, W), and the border to leave out.

    A grey source has the target's channels, all alike; one of another size is resampled by the cubic of published
    figures, which torch has with antialias alone.
    """
    start = source.expand(-1, max(source.shape[1], target.shape[1]), -1, -1)
    border = target.shape[2] // start.shape[2] if start.shape[2] < target.shape[2] else 0
    if start.shape[2:] != target.shape[2:]:
        start = F.interpolate(start, target.shape[2:], mode="bicubic", antialias=True)
    return start, border


def _luma(images: Tensor, border: int) -> Tensor:
    """Brightness in 0..255 (N, 1, H', W') of the images as 8-bit files would keep them; grey ones are it themselves."""
    levels = (images.double() * 127.5 + 127.5).round().clamp(0, 255)
    if levels.shape[1] == 3:
        levels = 16 + (levels / 255 * torch.tensor(STUDIO, dtype=torch.float64).view(1, 3, 1, 1)).sum(1, keepdim=True)
    return levels[:, :, border : levels.shape[2] - border, border : levels.shape[3] - border]


class _Tally:
    """Sums over pairs of each translation beside its target, and of its source, enlarged if it is smaller."""

    def __init__(self, subject: Subject) -> None:
        self._sums: dict[str, float] = {}
        self._seen = 0

    def real(self, part: Part) -> None:
        pass

    def fake(self, part: Part) -> None:
        assert part.source is not None
        assert part.target is not None
        target, (start, border) = part.target, starting(part.source, part.target)
        self._seen += len(target)
        measures = {"psnr": psnr}
        if min(target.shape[2:]) - 2 * border >= WINDOW:
            measures["ssim"] = ssim
        for name, measure in measures.items():
            for key, images in ((name, part.samples), (f"{name}_of_source", start)):
                self._sums[key] = self._sums.get(key, 0.0) + float(measure(images, target, border).sum())

    def values(self) -> dict[str, float]:
        return {key: total / self._seen for key, total in self._sums.items()}


@hookimpl
def ganzoo_metric() -> Metric:
    """`fidelity`."""
    return Metric(
        tally=_Tally,
        protocol="means over pairs, on the luma of 8-bit pictures, a border as wide as the enlargement left out",
        least=lambda subject: 1,
        needs=("images", "pairs"),
        compares=False,
    )
