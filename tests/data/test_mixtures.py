import math

import pytest
import torch

from ganzoo.data.mixtures import grid25, ring8


@pytest.mark.parametrize(("mixture", "count", "std"), [(ring8, 8, 0.01), (grid25, 25, 0.05)])
def test_samples_lie_around_the_mode_of_their_label(request_of, mixture, count, std):
    dataset = mixture.ganzoo_dataset(request_of())
    assert dataset.samples.shape == (10_000, 2)
    assert (dataset.space.kind, dataset.space.shape, dataset.space.range) == ("vector", (2,), None)
    assert len(dataset.space.classes) == len(dataset.space.details["modes"]) == count
    assert dataset.space.details["std"] == std
    modes = torch.tensor(dataset.space.details["modes"])
    offsets = dataset.samples - modes[dataset.labels]
    assert offsets.std(0).tolist() == pytest.approx([std, std], rel=0.05)
    assert offsets.mean(0).tolist() == pytest.approx([0, 0], abs=5 * std / 100)
    shares = dataset.labels.bincount(minlength=count) / 10_000
    assert shares.tolist() == pytest.approx([1 / count] * count, abs=0.02)


def test_the_modes_are_pacgans():
    angles = [math.atan2(y, x) % (2 * math.pi) for x, y in ring8.modes]
    assert angles == pytest.approx([i * math.pi / 4 for i in range(8)])
    assert [math.hypot(*mode) for mode in ring8.modes] == pytest.approx([1] * 8)
    assert set(grid25.modes) == {(x, y) for x in (-4, -2, 0, 2, 4) for y in (-4, -2, 0, 2, 4)}


def test_the_draws_are_the_same_every_time(request_of):
    torch.manual_seed(1)
    first = ring8.ganzoo_dataset(request_of())
    torch.manual_seed(2)
    second = ring8.ganzoo_dataset(request_of(size=64))
    assert torch.equal(first.samples, second.samples)
    assert first.fingerprint == second.fingerprint
    assert first.fingerprint != grid25.ganzoo_dataset(request_of()).fingerprint


def test_summary_agrees_with_the_data(request_of, tmp_path):
    for mixture in (ring8, grid25):
        summary, dataset = mixture.ganzoo_dataset_summary(tmp_path), mixture.ganzoo_dataset(request_of())
        assert (summary.count, summary.shape) == (len(dataset), dataset.space.shape)
        assert summary.classes == len(dataset.space.classes)
