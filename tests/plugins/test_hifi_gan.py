import dataclasses
from types import SimpleNamespace

import pytest
import torch
from ganzoo_plugins.audio import hifi_gan

from ganzoo.contract import Space
from ganzoo.data.degrade import Degradation

SOUNDS = Space(kind="audio", shape=(1, 512), details={"rate": 8000})
MEL = Degradation.read("mel:10")
SPACE = dataclasses.replace(SOUNDS, source=MEL.space(SOUNDS))
CONFIG = hifi_gan.Config(width=8, judges=4)


def test_the_objectives_are_the_papers(pairs):
    """Eq. 1 to 6, judge by judge and layer by layer."""
    torch.manual_seed(0)
    nets = SimpleNamespace(**hifi_gan.networks(CONFIG, SPACE))
    x = torch.rand(3, 1, 512) * 2 - 1
    s = MEL(x, 0, SOUNDS)
    given = pairs(x, s)
    given._fetch = {"real": lambda: x, "source": lambda: s}  # in single precision, as sounds are
    made = nets.G(s)
    judges = [*nets.D.judges]
    assert len(judges) == 8
    real, fake = ([judge(sound) for judge in judges] for sound in (x, made))
    found = hifi_gan.judging(nets, given, CONFIG)
    expected = sum(((a[-1] - 1) ** 2).mean() + (b[-1] ** 2).mean() for a, b in zip(real, fake, strict=True))
    assert sum(found.values()).item() == pytest.approx(expected.item(), rel=1e-5)

    found = hifi_gan.speaking(nets, given, CONFIG)
    assert found["fooled"].item() == pytest.approx(sum(((b[-1] - 1) ** 2).mean() for b in fake).item(), rel=1e-5)
    apart = sum(
        (first - second).abs().sum() / first.numel()
        for a, b in zip(real, fake, strict=True)
        for first, second in zip(a, b, strict=True)
    )
    assert found["features"].item() == pytest.approx(2 * apart.item(), rel=1e-5)
    assert found["mel"].item() == pytest.approx(45 * (s - MEL(made, 0, SOUNDS)).abs().mean().item(), rel=1e-5)


def test_each_player_reaches_its_own(reached):
    found = reached("hifi-gan", SOUNDS, {"width": "8", "judges": "4"})
    assert found == {"judging": {"D"}, "speaking": {"G"}}
