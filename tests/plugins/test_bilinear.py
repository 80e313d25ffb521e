"""The bilinear game's objective; its course under every dynamics is in tests/engine/test_joint.py."""

from types import SimpleNamespace

import torch
from ganzoo_plugins.games import bilinear


def test_the_objective_is_the_papers_formula():
    nets = SimpleNamespace(x=bilinear.Number(3.0), y=bilinear.Number(-2.0))
    terms = bilinear.product(nets, None, bilinear.Config())
    assert terms["product"].item() == -6.0
    assert terms["radius"].item() == torch.tensor(13.0).sqrt().item()
    assert not terms["radius"].requires_grad
