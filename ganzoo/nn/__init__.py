"""Small blocks, losses and penalties that plugins import; each is the paper's, with its shapes."""

from ganzoo.nn.blocks import conv_discriminator, conv_generator, mlp, normal_init
from ganzoo.nn.dropout import Dropout, dropout
from ganzoo.nn.losses import (
    hinge,
    least_squares_discriminator,
    least_squares_generator,
    minimax,
    non_saturating,
    saturating,
    score,
    wasserstein,
)
from ganzoo.nn.penalties import gradient_penalty, r1, r2
from ganzoo.nn.together import together

__all__ = [
    "Dropout",
    "conv_discriminator",
    "conv_generator",
    "dropout",
    "gradient_penalty",
    "hinge",
    "least_squares_discriminator",
    "least_squares_generator",
    "minimax",
    "mlp",
    "non_saturating",
    "normal_init",
    "r1",
    "r2",
    "saturating",
    "score",
    "together",
    "wasserstein",
]
