from types import SimpleNamespace

import pytest
import torch
from ganzoo_plugins.tables import tablegan

from ganzoo.errors import UsageError
from ganzoo.testing.case import TABLES, made_up

CONFIG = tablegan.Config(latent_dim=4, width=2, features=6, memory=0.75, privacy=0.01)


@pytest.fixture
def nets():
    torch.manual_seed(0)
    made = tablegan.networks(CONFIG, TABLES[0])
    for net in made.values():
        net.eval()
    made["statistics"].running.copy_(torch.rand(4, 6))
    return SimpleNamespace(**made)


def test_the_objectives_are_the_papers(nets, batch):
    """Eq. 1 to 5: running statistics of D's features, and the cross-entropy of the label that a row has."""
    real = made_up(TABLES[0], 5).samples
    given = batch(real, torch.randn(5, 4))
    torch.manual_seed(1)
    found = tablegan.misfit(nets, given, CONFIG)
    torch.manual_seed(1)
    fake = nets.head(nets.G(given.z)[:, :9])
    (f_real, _), (f_fake, logit) = nets.D(real), nets.D(fake)
    old = nets.statistics.running
    new = [f_real.mean(0), f_real.std(0, correction=0), f_fake.mean(0), f_fake.std(0, correction=0)]
    m_real, s_real, m_fake, s_fake = (0.75 * before + 0.25 * now for before, now in zip(old, new, strict=True))
    expected = max(0, (m_real - m_fake).norm().item() - 0.01) + max(0, (s_real - s_fake).norm().item() - 0.01)
    assert found["information"].item() == pytest.approx(expected, rel=1e-4)
    assert given.kept["means"][2].tolist() == pytest.approx(m_fake.tolist(), rel=1e-4)
    assert found["caught"].item() == pytest.approx(-torch.sigmoid(logit).log().mean().item(), rel=1e-5)

    def entropy(rows):
        without = torch.cat([rows[:, :7], torch.zeros(5, 2)], 1)
        return -(rows[:, 7:] * nets.C.net(without).log_softmax(1)).sum(1).mean().item()

    assert found["label"].item() == pytest.approx(entropy(fake), rel=1e-5)
    assert tablegan.mislabelling(nets, given, CONFIG)["label"].item() == pytest.approx(entropy(real), rel=1e-5)
    torch.manual_seed(1)
    value = tablegan.value(nets, given, CONFIG)
    assert value["real"].item() == pytest.approx(torch.sigmoid(nets.D(real)[1]).log().mean().item(), rel=1e-5)
    assert value["fake"].item() == pytest.approx((1 - torch.sigmoid(logit)).log().mean().item(), rel=1e-5)


def test_the_label_is_a_category():
    assert tablegan.networks(tablegan.Config(target="class"), TABLES[0])["C"].entries.tolist() == [4, 5, 6]
    with pytest.raises(UsageError, match="known: class, open"):
        tablegan.networks(tablegan.Config(target="size"), TABLES[0])
    with pytest.raises(UsageError, match="has no category"):
        tablegan.networks(tablegan.Config(), TABLES[1])
