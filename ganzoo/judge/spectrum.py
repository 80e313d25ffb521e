"""The eigenvalues of a game's vector field: whether play near a point converges, and how it turns.

    v = (d f_1 / d theta_1, d f_2 / d theta_2, ...),   lambda of v'(theta)

Mescheder et al. 2018, Which Training Methods for GANs do actually Converge?, arXiv:1801.04406, sec. 2: simultaneous
steps of h converge where |1 + h lambda| < 1 for every lambda; a positive real part never does.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ganzoo.counted import counted
from ganzoo.engine.device import drawing
from ganzoo.engine.game import Game
from ganzoo.engine.seat import Seat

__all__ = ["spectrum"]


def spectrum(game: Game, step: int = 0) -> Tensor:
    """The eigenvalues (P,), complex128, of the Jacobian of all players' ascent directions, P parameters in all.

    Each player climbs its objective, or descends it if it minimizes, as evaluated in its first turn of the step;
    where players share parameters their directions add. A row of the Jacobian is one pass backwards: for small
    games. Weights and buffers are left as they were.
    """
    weights = list({id(weight): weight for seat in game.seats for weight in seat.on}.values())
    learning = [weight.requires_grad for weight in weights]
    buffers = [(buffer, buffer.clone()) for buffer in game.state.buffers()]
    field = {id(weight): torch.zeros_like(weight) for weight in weights}
    try:
        for weight in weights:
            weight.requires_grad = True
        for seat in game.seats:
            for weight, direction in zip(seat.on, _ascent(game, seat, step), strict=True):
                field[id(weight)] = field[id(weight)] + direction
        rows = [_row(number, weights) for direction in field.values() for number in direction.flatten()]
    finally:
        for weight, learns in zip(weights, learning, strict=True):
            weight.requires_grad = learns
        for buffer, before in buffers:
            buffer.copy_(before)
    eigenvalues: Tensor = torch.linalg.eigvals(torch.stack(rows))
    return eigenvalues


def _ascent(game: Game, seat: Seat, step: int) -> list[Tensor]:
    """Where the player would go: its objective's gradient with its sign, for each parameter that it moves."""
    batch = game.batch(seat, step, 0)
    with drawing(game.device, counted(game.seed, "turn", step, seat.player.name, 0)):
        terms = seat.player.objective(game.state.nets, batch, game.config)
    objective = torch.stack([term for term in terms.values() if term.requires_grad]).sum()
    gradients = torch.autograd.grad(objective, seat.on, create_graph=True, materialize_grads=True)
    return [gradient if seat.player.goal == "maximize" else -gradient for gradient in gradients]


def _row(number: Tensor, weights: list[torch.nn.Parameter]) -> Tensor:
    """The gradient of one number of the field by all weights: (P,) float64 on the CPU."""
    if not number.requires_grad:  # it is the same wherever the weights are
        return torch.zeros(sum(weight.numel() for weight in weights), dtype=torch.float64)
    gradients = torch.autograd.grad(number, weights, retain_graph=True, materialize_grads=True)
    return torch.cat([gradient.flatten() for gradient in gradients]).double().cpu()
