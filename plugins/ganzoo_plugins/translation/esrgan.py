"""ESRGAN: enlarges pictures; D says which of two looks more real.

    L_G = L_percep + lambda L_G^Ra + eta E |G(x) - y|_1                              eq. 3
    L_D^Ra = -E log D_Ra(y, G(x)) - E log(1 - D_Ra(G(x), y))                         eq. 1
    L_G^Ra = -E log(1 - D_Ra(y, G(x))) - E log D_Ra(G(x), y)                         eq. 2
    D_Ra(a, b) = sigmoid(D(a) - E D(b)),   L_percep = E |phi(G(x)) - phi(y)|_1

x is the small picture, y the large. phi are the pixels, or with content=vgg the last features of VGG-19 before their
activation (section 3.3). G of residual-in-residual dense blocks, which adds to the enlarged x (ours), first learns the
mean absolute distance alone.

Paper: Wang et al. 2018, ESRGAN: Enhanced Super-Resolution Generative Adversarial Networks, arXiv:1809.00219
Tasks: super-resolution, deblurring, editing, translation
"""
# Shapes: N batch, C h w the small picture, C H W the large, f = H / h.

from dataclasses import dataclass
from typing import Annotated, Literal

from torch import Tensor, nn

import ganzoo
from ganzoo.nn import content, dense_block, enlarged, enlarging_networks, relativistic_average


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.AdamConfig):
    """Sections 3.3 and 4.1; the networks are smaller and phases shorter, for a CPU."""

    content: Annotated[Literal["pixels", "vgg"], "phi, what L_percep compares (the paper's is vgg)"] = "pixels"
    adversarial: Annotated[float, "lambda: weight of L_G^Ra (the paper's)", ganzoo.Range(0, 1e4)] = 5e-3
    distance: Annotated[float, "eta: weight of the distance of pixels (the paper's)", ganzoo.Range(0, 1e4)] = 1e-2
    pretrain: Annotated[int, "steps of the distance of pixels alone (the paper's are 10^6)", ganzoo.Range(1)] = 1000
    lr: Annotated[float, "Adam's step size (ours; the paper's is 1e-4)", ganzoo.Range(0, 1)] = 5e-4
    beta1: Annotated[float, "Adam's decay of the mean gradient (the paper's)", ganzoo.Range(0, 0.9999)] = 0.9
    width: Annotated[int, "channels (the paper's are 64)", ganzoo.Range(1, 512)] = 16
    blocks: Annotated[int, "dense blocks (the paper's are 23)", ganzoo.Range(0, 64)] = 1


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G: (N, C, h, w) -> (N, C, fh, fw), unbounded.  D: (N, C, H, W) -> (N,) logits.  phi: what is compared."""
    return enlarging_networks(space, config.width, config.blocks, dense_block, content(config.content, activated=False))


def pretraining(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """G descends it."""
    return {"error": (batch.real - nets.G(batch.source)).abs().mean()}


def more_real(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """D climbs it: -L_D^Ra."""
    return relativistic_average(nets.D(batch.real), nets.D(nets.G(batch.source)))


def perceptual(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """G descends L_G."""
    fake = nets.G(batch.source)
    fooled = sum(relativistic_average(nets.D(fake), nets.D(batch.real)).values())
    return {
        "content": (nets.phi(fake) - nets.phi(batch.real)).abs().mean(),
        "fooled": -config.adversarial * fooled,
        "distance": config.distance * (fake - batch.real).abs().mean(),
    }


def players(config: Config) -> list[ganzoo.Player]:
    """G alone, then D and G."""
    return [
        ganzoo.minimize(pretraining, over="G", by=config.adam, stop=config.pretrain),
        ganzoo.maximize(more_real, over="D", by=config.adam, start=config.pretrain),
        ganzoo.minimize(perceptual, over="G", by=config.adam, start=config.pretrain),
    ]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for small pictures and large ones, of which it knows the factor from the data."""
    return ganzoo.Architecture(
        Config, networks, players, generate=enlarged, source="paired", degrade="downscale:4", multiple=1, batch=16,
        steps=2000, revision=2,
    )  # fmt: skip
