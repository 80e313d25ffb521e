"""Networks in eval mode for a while, each part as it was afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import nn

__all__ = ["eval_mode", "evaluating"]


@contextmanager
def eval_mode(modules: Mapping[str, nn.Module]) -> Iterator[None]:
    """Inside, the modules are in eval mode, in which layers write no buffers; gradients are still recorded."""
    modes = [(part, part.training) for module in modules.values() for part in module.modules()]
    for part, _ in modes:
        part.training = False
    try:
        yield
    finally:
        for part, mode in modes:
            part.training = mode


@contextmanager
def evaluating(modules: Mapping[str, nn.Module]) -> Iterator[None]:
    """Inside, the modules are in eval mode and nothing records gradients."""
    with eval_mode(modules), torch.no_grad():
        yield
