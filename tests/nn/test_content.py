import pytest
import torch
from torch import nn

from ganzoo import GanzooError
from ganzoo.nn import content
from ganzoo.nn import content as content_of
from ganzoo.nn.content import FILE, MEAN, STD, WIDTHS


def test_pixels_are_compared_as_they_are():
    x = torch.rand(1, 3, 4, 4)
    assert torch.equal(content("pixels")(x), x)


def test_without_the_weights_one_line_says_what_to_type(tmp_path, monkeypatch):
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    with pytest.raises(GanzooError, match="type -o content=pixels") as caught:
        content("vgg")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("activated", "convolutions", "layers_in_it", "shape"),
    [(True, 16, 36, (16, 2, 2)), (False, 16, 35, (16, 2, 2)), (True, 9, 21, (16, 4, 4)), (True, 5, 12, (8, 8, 8))],
)
def test_features_are_those_of_torchvisions_layers(tmp_path, monkeypatch, activated, convolutions, layers_in_it, shape):
    """On a thin VGG of the same layers, whose weights are in torchvision's form."""
    import sys

    module = sys.modules["ganzoo.nn.content"]
    widths = tuple(width // 32 for width in WIDTHS)
    layers, before = [], 3
    for width in widths:
        layers += [nn.Conv2d(before, width, 3, padding=1), nn.ReLU()] if width else [nn.MaxPool2d(2)]
        before = width or before
    features = nn.Sequential(*layers)
    (tmp_path / "checkpoints").mkdir()
    torch.save({f"features.{name}": v for name, v in features.state_dict().items()}, tmp_path / "checkpoints" / FILE)
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    monkeypatch.setattr(module, "WIDTHS", widths)
    net = content_of("vgg", activated=activated, convolutions=convolutions)
    x = torch.rand(2, 1, 32, 32) * 2 - 1
    mean, std = (torch.tensor(v).view(1, 3, 1, 1) for v in (MEAN, STD))
    expected = features[:layers_in_it](((x + 1) / 2 - mean) / std)
    assert torch.allclose(net(x), expected, atol=1e-6)
    assert net(x).shape == (2, *shape)
    assert list(net.parameters()) == []
    assert net.state_dict() == {}
