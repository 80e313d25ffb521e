"""Spectral normalisation: every layer's greatest stretch is held to 1."""

from __future__ import annotations

from typing import TypeVar

from torch import nn
from torch.nn.utils.parametrizations import spectral_norm

__all__ = ["spectral"]

Net = TypeVar("Net", bound=nn.Module)


def spectral(net: Net) -> Net:
    """Divide the weight of every convolution and linear layer by its greatest singular value; the same network back.

    One power iteration per forward pass in training mode. Miyato et al. 2018, section 2.1 and Algorithm 1.
    """
    for layer in list(net.modules()):
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d | nn.Linear | nn.Embedding):
            spectral_norm(layer)
    return net
