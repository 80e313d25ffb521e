import pytest
import torch

from ganzoo.nn import Vocoder, WaveJudges
from ganzoo.nn.vocoder import Judge


@pytest.mark.parametrize("frames", [1, 8, 13])
def test_a_frame_is_64_numbers(frames):
    made = Vocoder(5, 16)(torch.randn(2, 5, frames))
    assert made.shape == (2, 1, 64 * frames)
    assert made.abs().max() <= 1


def test_eight_judges_give_all_their_feature_maps():
    maps = WaveJudges(4)(torch.randn(2, 1, 512))
    assert [len(one) for one in maps] == [5] * 8
    assert [one[0].shape[1] for one in maps] == [4] * 8
    assert [one[-1].shape[1] for one in maps] == [1] * 8
    assert [one[-1].shape[-1] for one in maps[:5]] == [2, 3, 5, 7, 11]


def test_a_judge_of_a_period_sees_each_phase_alone():
    judge, sound = Judge(4, period=3), torch.randn(1, 1, 60)
    other = sound.clone()
    other[..., 1::3] = torch.randn(20)
    changed = (judge(sound)[-1] - judge(other)[-1]).abs().amax((0, 1, 2)) > 1e-6
    assert changed.tolist() == [False, True, False]


def test_a_judge_of_a_scale_sees_what_is_left_after_halvings():
    judge, sound = Judge(4, scale=1), torch.randn(1, 1, 64)
    fast = torch.tensor([1.0, -1.0]).repeat(32)
    assert torch.allclose(judge(sound)[-1][..., 1:-1], judge(sound + fast)[-1][..., 1:-1], atol=0.2)
    assert judge(sound)[0].shape[-1] == 11
