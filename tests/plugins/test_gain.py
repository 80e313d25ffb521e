import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from ganzoo_plugins.tables import gain

import ganzoo
from ganzoo.data.degrade import Degradation
from ganzoo.testing.case import TABLES, made_up

HIDE = Degradation.read("hide:0.4")
SPACE = dataclasses.replace(TABLES[0], source=HIDE.space(TABLES[0]))
CONFIG = gain.Config(units=6, hint=0.5, weight=7.0)


def test_the_objectives_are_the_papers():
    """Eq. 2, 3, 7 and 8 row by row and cell by cell, with the hint of the same draws."""
    torch.manual_seed(0)
    nets = SimpleNamespace(**gain.networks(CONFIG, SPACE))
    source = HIDE(made_up(TABLES[0], 6).samples, 0, TABLES[0])
    zero = torch.zeros(())
    fetch = {"source": lambda: source, "z": lambda: gain.prior(6, CONFIG, SPACE, zero.device)}
    given = ganzoo.Batch(6, step=zero, progress=zero, device=zero.device, fetch=fetch)
    torch.manual_seed(1)
    z = given.z
    assert 0 <= z.min() < z.max() <= 0.01
    x, owner = nets.cells(source), [0, 1, 1, 1, 2, 2]  # size, class a b c, open no yes
    m = torch.tensor([[float(row[place] == 0) for place in (3, 7, 10)] for row in source])  # the entries of absent ones
    assert 0 < m.sum() < m.numel()
    wide = m[:, owner]
    made = nets.G.net(torch.cat([wide * x + (1 - wide) * z, m], 1))
    made = torch.cat([made[:, :1].sigmoid(), made[:, 1:4].softmax(1), made[:, 4:].softmax(1)], 1)
    whole = wide * x + (1 - wide) * made
    torch.manual_seed(2)
    told = torch.rand(6, 3) < 0.5
    hint = torch.where(told, m, torch.full_like(m, 0.5))
    d = nets.D.net(torch.cat([whole, hint], 1)).sigmoid().detach().numpy()
    cells = [(i, j) for i in range(6) for j in range(3) if not told[i, j]]
    judged = [m[i, j].item() * np.log(d[i, j]) + (1 - m[i, j].item()) * np.log(1 - d[i, j]) for i, j in cells]
    torch.manual_seed(2)
    assert sum(gain.telling(nets, given, CONFIG).values()).item() == pytest.approx(-np.mean(judged), rel=1e-5)
    torch.manual_seed(2)
    found = gain.imputing(nets, given, CONFIG)
    fooled = [(1 - m[i, j].item()) * np.log(d[i, j]) for i, j in cells]
    assert found["fooled"].item() == pytest.approx(-np.mean(fooled), rel=1e-5)
    known = [
        ((x[i, e] - made[i, e]) ** 2 if e == 0 else -x[i, e] * made[i, e].log()).item()
        for i in range(6)
        for e in range(6)
        if wide[i, e]
    ]
    assert found["error"].item() == pytest.approx(7 * np.mean(known), rel=1e-5)


def test_what_is_known_stays():
    torch.manual_seed(0)
    nets = SimpleNamespace(**gain.networks(CONFIG, SPACE))
    rows = made_up(TABLES[0], 6).samples
    source = HIDE(rows, 0, TABLES[0])
    fetch = {"source": lambda: source, "z": lambda: gain.prior(6, CONFIG, SPACE, torch.device("cpu"))}
    zero = torch.zeros(())
    made = gain.generate(nets, ganzoo.Batch(6, step=zero, progress=zero, device=zero.device, fetch=fetch), CONFIG)
    known = nets.cells.known(source)
    for place, part in enumerate((slice(0, 4), slice(4, 7), slice(7, 9))):
        held = known[:, place] > 0
        assert torch.equal(made[held][:, part], rows[held][:, part])
        assert made[:, part][:, 1 if place == 0 else 0 :].sum(1).eq(1).all()
    assert made[:, 3].eq(0).all()  # no cell is absent
