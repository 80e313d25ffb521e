"""How real the discriminator finds real and generated samples."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from ganzoo.contract import Batch
from ganzoo.data import Dataset
from ganzoo.engine.device import drawing
from ganzoo.engine.game import Game
from ganzoo.engine.generator import draw_prior, generate
from ganzoo.engine.modes import evaluating

__all__ = ["score_samples"]


def score_samples(game: Game, dataset: Dataset, n: int, seed: int) -> tuple[Tensor, Tensor] | None:
    """Scores (n,) of n real and n generated samples, in eval mode; None if the GAN has no discriminator.

    One that judges packs of samples gives a score for each pack, so fewer than n.

    The generated ones are of the networks that play, not of their moving average, and draw on the reals' labels;
    computed in the precision of the game.
    """
    architecture, modules, device = game.architecture, game.state.modules, game.device
    judges = [name for name in architecture.discriminator if name in modules]
    if not (architecture.score or judges):
        return None
    index = torch.randint(len(dataset), (n,), generator=torch.Generator().manual_seed(seed))
    with evaluating(modules), drawing(device, seed), game.autocast:
        fetch: dict[str, Any] = {"z": lambda: draw_prior(architecture, n, game.config, game.space, device)}
        if game.space.classes:
            fetch["label"] = lambda: dataset.label(index, device)
        if game.space.source:
            fetch["source"] = lambda: dataset.source(index, device)
        zero = torch.zeros((), device=device)
        batch = Batch(n, step=zero, progress=zero, device=device, fetch=fetch)
        pair = []
        for samples in (dataset.real(index, device), generate(architecture, modules, batch, game.config)):
            score = (
                architecture.score(game.state.nets, samples, batch, game.config)
                if architecture.score
                else (modules[judges[0]](samples))
            )
            # the mean of the patches, if it judges these; of each pack, if it judges several samples at once
            pair.append(score.float().reshape(min(n, score.numel()), -1).mean(1).cpu())
    return pair[0], pair[1]
