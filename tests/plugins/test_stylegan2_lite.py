from types import SimpleNamespace

import numpy as np
import pytest
import torch
from ganzoo_plugins.images import stylegan2_lite
from ganzoo_plugins.images.stylegan2_lite import Config

import ganzoo
from ganzoo.nn import Scalar
from ganzoo.testing.case import Case

IMAGES = ganzoo.Space(kind="image", shape=(1, 16, 16))
SMALL = Config(latent_dim=8, style_dim=8, layers=2, width=4)


def log_sigmoid(x):
    return -np.log(1 + np.exp(-x))


def test_objectives_are_the_non_saturating_game_and_r1(batch):
    """With D(x) = |x|^2 / 2 the slope is x itself."""
    nets = SimpleNamespace(M=lambda z: z, G=lambda w: 2 * w, D=lambda x: x.square().flatten(1).sum(1) / 2)
    config = Config(gamma=3.0, gamma_every=5)
    value, slope, fooling, _ = stylegan2_lite.players(config)
    real, z = torch.randn(2, 6, 1, 2, 2, dtype=torch.float64)
    on_real, on_fake = ((x.flatten(1).numpy() ** 2).sum(1) / 2 for x in (real, 2 * z))
    found = [sum(p.objective(nets, batch(real, z), config).values()).item() for p in (value, slope, fooling)]
    assert [player.goal for player in (value, slope, fooling)] == ["maximize", "minimize", "maximize"]
    assert found[0] == pytest.approx(log_sigmoid(on_real).mean() + log_sigmoid(-on_fake).mean(), rel=1e-6)
    assert found[1] == pytest.approx(3.0 / 2 * 5 * 2 * on_real.mean(), rel=1e-6)
    assert found[2] == pytest.approx(log_sigmoid(on_fake).mean(), rel=1e-6)


def test_path_lengths_are_held_to_their_mean(batch):
    """A linear G of one style number has the Jacobian A, so that |J^T y| = |A . y|."""
    a, path = torch.randn(1, 3, 3, dtype=torch.float64), Scalar().double()
    path.value.fill_(0.5)
    nets = SimpleNamespace(M=lambda z: z, G=lambda w: w[:, :, None, None] * a, path=path)
    config = Config(path=3.0, path_every=4, path_pace=0.1)
    player = stylegan2_lite.players(config)[3]
    given = batch(torch.zeros(5, 1, 3, 3), torch.randn(5, 1, dtype=torch.float64, requires_grad=True))
    torch.manual_seed(0)
    terms = player.objective(nets, given, config)
    torch.manual_seed(0)
    noise = torch.randn(5, 1, 3, 3, dtype=torch.float64).numpy() / 3
    lengths = np.abs((noise * a.numpy()).sum((1, 2, 3)))
    mean = 0.5 + 0.1 * (lengths.mean() - 0.5)
    assert player.goal == "minimize"
    assert terms["paths"].item() == pytest.approx(3 * 4 * ((lengths - mean) ** 2).mean(), rel=1e-5)
    assert path.value == 0.5
    player.after(nets, terms, given.kept, config)
    assert path.value.item() == pytest.approx(mean, rel=1e-6)


def test_lazy_penalties_share_the_optimisers_of_the_game():
    value, slope, fooling, paths = stylegan2_lite.players(Config())
    assert (value.every, slope.every, fooling.every, paths.every) == (1, 16, 1, 8)
    movers = Case("stylegan2-lite").game().state.movers
    assert movers["value"] is movers["slope"]
    assert movers["fooling"] is movers["paths"]
    assert movers["value"] is not movers["fooling"]
    assert slope.by.lr == pytest.approx(2e-3 * 16 / 17)
    assert paths.by.betas[1] == pytest.approx(0.99 ** (8 / 9))


def test_gradients_reach_exactly_the_networks_that_move():
    game = Case("stylegan2-lite").game()
    for seat in game.seats:
        _, objective = game.evaluate(seat, game.batch(seat, 0, 0), 0, 0)
        reached = {name.partition(".")[0] for name, gradient in zip(seat.mover.names, game.gradients(seat, objective),
                   strict=True) if gradient is not None and gradient.abs().sum() > 0}  # fmt: skip
        assert reached == set(seat.player.over)
