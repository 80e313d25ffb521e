"""How far two images are apart in what they show: in their pixels, or in the features of a network that knows images.

Shapes: N batch, C H W image in [-1, 1].
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ganzoo.errors import UsageError

__all__ = ["VGG", "content"]

FILE = "vgg19-dcbb9e9d.pth"  # torchvision's weights of ImageNet, as torch.hub keeps them
WIDTHS = (64, 64, 0, 128, 128, 0, 256, 256, 256, 256, 0, 512, 512, 512, 512, 0, 512, 512, 512, 512)  # 0: pooling
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class VGG(nn.Module):
    """VGG-19 up to a convolution, frozen: (N, 1 or 3, H, W) -> (N, C', h, w). Simonyan et al. 2015.

    convolutions: how many: all 16 to conv5_4 (512 channels, H / 16), 9 to conv4_1 (512, H / 8), 5 to conv3_1 (256,
    H / 4). activated: after the last ReLU (SRGAN's), or before it (ESRGAN's). The weights are no part of a run's state.
    Raises UsageError where torchvision's file of them is not at hand.
    """

    def __init__(self, *, activated: bool, convolutions: int) -> None:
        super().__init__()
        self.activated = activated
        places = [place for place, width in enumerate(WIDTHS) if width]
        widths = WIDTHS[: places[convolutions - 1] + 1]
        path = Path(torch.hub.get_dir(), "checkpoints", FILE)
        if not path.is_file():
            raise UsageError(
                f"content=vgg needs torchvision's weights in {path}, which are not there; type -o content=pixels, or "
                "fetch them once: python -c 'import torchvision; torchvision.models.vgg19(weights=\"DEFAULT\")'"
            )
        weights = torch.load(path, map_location="cpu", weights_only=True)
        place = 0
        self.steps: list[str] = []
        for width in widths:
            if width:
                for part in ("weight", "bias"):
                    self.register_buffer(f"{part}{place}", weights[f"features.{place}.{part}"], persistent=False)
                self.steps.append(str(place))
            else:
                self.steps.append("")
            place += 2 if width else 1

    def forward(self, images: Tensor) -> Tensor:  # noqa: D102
        mean, std = (torch.tensor(v, device=images.device).view(1, 3, 1, 1) for v in (MEAN, STD))
        x = ((images + 1) / 2 - mean) / std
        for step in self.steps:
            if not step:
                x = F.max_pool2d(x, 2)
                continue
            x = F.conv2d(x, getattr(self, f"weight{step}"), getattr(self, f"bias{step}"), padding=1)
            if self.activated or step != self.steps[-1]:
                x = F.relu(x)
        return x


def content(kind: Literal["pixels", "vgg"], *, activated: bool = True, convolutions: int = 16) -> nn.Module:
    """What images are compared by: themselves, or `VGG`'s features of them. Raises UsageError as `VGG` does."""
    return nn.Identity() if kind == "pixels" else VGG(activated=activated, convolutions=convolutions)
