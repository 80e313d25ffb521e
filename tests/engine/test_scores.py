import pytest
import torch

from ganzoo.engine.scores import score_samples
from ganzoo.testing.case import Case, made_up


def test_one_number_for_each_sample_also_of_a_judge_of_patches():
    game = Case("cyclegan").game()
    data = made_up(game.space)
    real, fake = score_samples(game, data, 6, seed=0)
    assert real.shape == fake.shape == (6,)
    index = torch.randint(len(data), (6,), generator=torch.Generator().manual_seed(0))
    judge = game.state.modules["DY"].eval()
    expected = [judge(sample[None]).mean().item() for sample in data.real(index)]
    assert torch.allclose(real, torch.tensor(expected), atol=1e-5)


@pytest.mark.parametrize("name", ["pacgan", "ctgan"])
def test_one_number_for_each_pack_of_a_judge_of_packs(name):
    game = Case(name).game()
    real, fake = score_samples(game, made_up(game.space), 25, seed=0)
    assert real.shape == fake.shape
    assert 1 < len(real) < 25
    assert torch.isfinite(real).all()
