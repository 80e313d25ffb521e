import pytest
import torch

from ganzoo.contract import Space
from ganzoo.errors import UsageError
from ganzoo.nn import PhaseShuffle, wave_encoder, wave_generator


def sounds(length):
    return Space(kind="audio", shape=(1, length), details={"rate": 8000})


@pytest.mark.parametrize("length", [32, 64, 2048, 16384])
def test_networks_fit_lengths(length):
    made = wave_generator(sounds(length), 5, 2)(torch.randn(3, 5))
    assert made.shape == (3, 1, length)
    assert made.abs().max() <= 1
    assert wave_encoder(sounds(length), 2, 2)(made).shape[0] == 3


def test_the_papers_networks():
    """Tables 3 and 4 for 16,384 numbers: 16 x 1024 channels at the smallest, five layers."""
    generator, encoder = wave_generator(sounds(16384), 100, 64), wave_encoder(sounds(16384), 64, 2)
    assert generator[0].out_features == 16 * 1024
    convolutions = [layer for layer in generator if isinstance(layer, torch.nn.ConvTranspose1d)]
    assert [layer.out_channels for layer in convolutions] == [512, 256, 128, 64, 1]
    assert [layer.out_channels for layer in encoder if isinstance(layer, torch.nn.Conv1d)] == [64, 128, 256, 512, 1024]
    assert sum(isinstance(layer, PhaseShuffle) for layer in encoder) == 4


def test_other_lengths_are_refused():
    with pytest.raises(UsageError, match="type --size"):
        wave_generator(sounds(102), 5, 2)


def test_phase_shuffle_shifts_with_reflection():
    x = torch.arange(6.0)[None, None].repeat(200, 1, 1)
    torch.manual_seed(0)
    found = {tuple(row[0].tolist()) for row in PhaseShuffle(2)(x)}
    assert found == {(2, 1, 0, 1, 2, 3), (1, 0, 1, 2, 3, 4), (0, 1, 2, 3, 4, 5), (1, 2, 3, 4, 5, 4), (2, 3, 4, 5, 4, 3)}
    assert PhaseShuffle(2).eval()(x) is x
