import pytest
import torch

from ganzoo.contract import Space
from ganzoo.data import Dataset, Stream
from ganzoo.errors import DataError


def stream(count=10, size=4, seed=0, player="D", labels=True):
    samples = torch.arange(count, dtype=torch.float32).view(count, 1)
    codes = torch.arange(count) if labels else None
    dataset = Dataset("numbers", Space(kind="vector", shape=(1,), range=None), samples, codes, "0")
    return Stream(dataset, size, seed, player, "cpu")


@pytest.mark.parametrize(("count", "size"), [(10, 4), (10, 5), (10, 10), (7, 3), (1, 1)])
def test_every_epoch_visits_each_sample_once(count, size):
    cards = stream(count, size)
    dealt = torch.cat([cards.real(k).flatten() for k in range(4 * count)])
    for epoch in range(len(dealt) // count):
        visited = dealt[epoch * count : (epoch + 1) * count]
        assert sorted(visited.tolist()) == list(range(count))


def test_epochs_differ_in_order():
    cards = stream(50, 50)
    assert cards.real(0).tolist() != cards.real(1).tolist()


def test_a_batch_that_crosses_two_epochs_is_whole():
    assert all(len(stream(10, 4).real(k)) == 4 for k in range(10))


def test_the_same_turn_gives_the_same_batch_on_a_fresh_stream():
    played = stream()
    batches = [played.real(k) for k in range(20)]
    for k in (19, 0, 7, 2):
        assert torch.equal(stream().real(k), batches[k])
        assert torch.equal(played.real(k), batches[k])


def test_labels_belong_to_the_samples_of_the_same_turn():
    cards = stream()
    for k in range(6):
        assert cards.real(k).flatten().tolist() == cards.label(k).tolist()


def test_players_and_seeds_walk_their_own_way():
    orders = {tuple(stream(50, 50, seed, player).label(0).tolist()) for seed in (0, 1) for player in "DG"}
    assert len(orders) == 4


def test_no_more_than_two_permutations_are_kept():
    cards = stream()
    for k in range(100):
        cards.real(k)
    assert len(cards._permutations) <= 2


def test_the_global_generator_is_left_alone():
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    stream().real(0)
    assert torch.equal(torch.rand(3), expected)


def test_fewer_samples_than_a_batch():
    with pytest.raises(DataError, match=r"numbers has 10 samples, fewer than a batch of 64; type --batch 10"):
        stream(10, 64)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("resident", [True, False])
def test_on_a_gpu_the_batches_are_the_same(resident):
    samples = torch.randint(256, (40, 3, 4, 4), dtype=torch.uint8)
    dataset = Dataset("noise", Space(kind="image", shape=(3, 4, 4)), samples, torch.arange(40), "0")
    there = Stream(dataset.to("cuda") if resident else dataset, 16, 0, "D", "cuda")
    here = Stream(dataset, 16, 0, "D", "cpu")
    for k in range(5):
        assert there.real(k).device.type == "cuda"
        assert torch.equal(there.real(k).cpu(), here.real(k))
        assert torch.equal(there.label(k).cpu(), here.label(k))
