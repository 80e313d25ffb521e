"""HiFi-GAN: a vocoder, which makes sounds of mel spectrograms.

    min_D  sum_k E (D_k(x) - 1)^2 + E D_k(G(s))^2                                            eq. 1 and 6
    min_G  sum_k E (D_k(G(s)) - 1)^2 + 2 sum_i E |D_k^i(x) - D_k^i(G(s))|                    eq. 2, 4 and 5
           + 45 E |phi(x) - phi(G(s))|                                                       eq. 3

x is a sound, s = phi(x) its mel spectrogram. D_k are five judges of numbers at a distance (periods) and three of sounds
at a scale; D_k^i is layer i of one, as a mean over its numbers.

Paper: Kong et al. 2020, HiFi-GAN: Generative Adversarial Networks for Efficient and High Fidelity Speech Synthesis,
  arXiv:2010.05646
Tasks: audio, vocoder, translation
"""
# Shapes: N batch, T numbers of a sound, M bands, L = T / 64 frames.

from dataclasses import dataclass
from typing import Annotated

import torch
from torch import Tensor, nn

import ganzoo
from ganzoo.nn import Vocoder, WaveJudges, mel_of


@dataclass(frozen=True, kw_only=True)
class Config(ganzoo.Config):
    """Weights and AdamW's numbers are those of section 3.2, where the step size is also lowered every epoch."""

    width: Annotated[int, "G's channels at the length of frames; 512 to 128 in the paper", ganzoo.Range(8, 1024)] = 64
    judges: Annotated[int, "channels of each judge's first layer; 32 in the paper", ganzoo.Range(4, 256)] = 8
    features: Annotated[float, "lambda_fm: weight of feature matching", ganzoo.Range(0, 1e4)] = 2.0
    mel: Annotated[float, "lambda_mel: weight of the mel spectrograms' distance", ganzoo.Range(0, 1e4)] = 45.0
    lr: Annotated[float, "AdamW's step size for both players (ours; 2e-4 in the paper)", ganzoo.Range(0, 1)] = 5e-4
    beta1: Annotated[float, "AdamW's decay of the mean gradient", ganzoo.Range(0, 0.9999)] = 0.8
    beta2: Annotated[float, "AdamW's decay of the mean square", ganzoo.Range(0, 0.999999)] = 0.99


def networks(config: Config, space: ganzoo.Space) -> dict[str, nn.Module]:
    """G: s (N, M, L) -> (N, 1, T) in [-1, 1].  D: (N, 1, T) -> feature maps of each judge.  phi: (N, 1, T) -> s."""
    phi = mel_of(space)
    return {"G": Vocoder(phi.bands.shape[0], config.width), "D": WaveJudges(config.judges), "phi": phi}


def score(nets: ganzoo.Nets, sounds: Tensor, batch: ganzoo.Batch, config: Config) -> Tensor:
    """The mean over all judges of what each says, (N,)."""
    return torch.stack([maps[-1].flatten(1).mean(1) for maps in nets.D(sounds)]).mean(0)


def judging(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """Squared errors of all judges."""
    real, fake = nets.D(batch.real), nets.D(nets.G(batch.source))
    return {
        "real": torch.stack([(maps[-1] - 1).square().mean() for maps in real]).sum(),
        "fake": torch.stack([maps[-1].square().mean() for maps in fake]).sum(),
    }


def speaking(nets: ganzoo.Nets, batch: ganzoo.Batch, config: Config) -> dict[str, Tensor]:
    """Squared errors of fooling them, distances of their features, and of mel spectrograms."""
    made = nets.G(batch.source)
    real, fake = nets.D(batch.real), nets.D(made)
    apart = [(x - y).abs().mean() for a, b in zip(real, fake, strict=True) for x, y in zip(a, b, strict=True)]
    return {
        "fooled": torch.stack([(maps[-1] - 1).square().mean() for maps in fake]).sum(),
        "features": config.features * torch.stack(apart).sum(),
        "mel": config.mel * (batch.source - nets.phi(made)).abs().mean(),
    }


def players(config: Config) -> list[ganzoo.Player]:
    """D, then G."""
    adam = ganzoo.AdamW(lr=config.lr, betas=(config.beta1, config.beta2))
    return [ganzoo.minimize(judging, over="D", by=adam), ganzoo.minimize(speaking, over="G", by=adam)]


@ganzoo.hookimpl
def ganzoo_architecture() -> ganzoo.Architecture:
    """The game for sounds, of any length where they are translated."""
    return ganzoo.Architecture(
        Config, networks, players, discriminator=(), score=score, source="paired", degrade="mel", spaces=("audio",),
        multiple=1, data="tones", size=2048, batch=16, steps=2000,
    )  # fmt: skip
