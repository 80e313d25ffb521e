from types import SimpleNamespace

import pytest
import torch
from ganzoo_plugins.tables import medgan

from ganzoo.testing.case import TABLES, made_up

CONFIG = medgan.Config(latent_dim=4, units=8)


def test_the_objectives_are_the_papers(batch):
    """Section 3.3: each row stands beside the mean of its own batch, reals' and fakes' apart."""
    torch.manual_seed(0)
    nets = SimpleNamespace(**medgan.networks(CONFIG, TABLES[0]))
    for net in (nets.G, nets.decoder):
        net.eval()
    real = made_up(TABLES[0], 5).samples
    given = batch(real, torch.randn(5, 4))
    torch.manual_seed(1)
    found = medgan.value(nets, given, CONFIG)
    torch.manual_seed(1)
    fake = nets.head(nets.decoder(nets.G(given.z)))

    def judge(rows):
        return torch.sigmoid(torch.stack([nets.D(torch.cat([row, rows.mean(0)])[None])[0] for row in rows]))

    assert found["real"].item() == pytest.approx(judge(real).log().mean().item(), rel=1e-5)
    assert found["fake"].item() == pytest.approx((1 - judge(fake)).log().mean().item(), rel=1e-5)
    torch.manual_seed(1)
    fooled = medgan.fooling(nets, given, CONFIG)["fooled"].item()
    assert fooled == pytest.approx(judge(fake).log().mean().item(), rel=1e-5)
    error = nets.head.error(nets.decoder(torch.tanh(nets.E[0](real))), real)
    assert medgan.reconstruction(nets, given, CONFIG)["error"].item() == pytest.approx(error.item())


def test_the_autoencoder_plays_alone_first():
    first, *others = medgan.players(medgan.Config(pretraining=7))
    assert [first.plays(step) for step in (0, 6, 7)] == [True, True, False]
    assert all([player.plays(step) for step in (6, 7)] == [False, True] for player in others)
