import torch

from ganzoo.nn import ImagePool


def images(*values):
    return torch.tensor(values)[:, None, None, None]


def test_while_it_fills_all_are_shown_and_kept():
    pool = ImagePool(5, (1, 1, 1))
    for fresh, kept in ((images(1.0, 2.0, 3.0), [1, 2, 3, 0, 0]), (images(4.0, 5.0, 6.0), [1, 2, 3, 4, 5])):
        shown, places = pool.shown(fresh)
        assert torch.equal(shown, fresh)
        pool.keep(fresh, places)
        assert pool.images.flatten().tolist() == kept
    assert pool.count == 5


def test_then_half_are_old_ones_whose_places_the_new_ones_take():
    torch.manual_seed(0)
    pool, swaps, total = ImagePool(8, (1, 1, 1)), 0, 400
    pool.keep(images(*range(-8, 0)).float(), torch.arange(8))
    for turn in range(total // 4):
        fresh, before = images(*(4.0 * turn + i for i in range(4))), pool.images.flatten().tolist()
        shown, places = pool.shown(fresh)
        assert pool.images.flatten().tolist() == before  # shown writes nothing
        pool.keep(fresh, places)
        for new, seen, place in zip(fresh.flatten().tolist(), shown.flatten().tolist(), places.tolist(), strict=True):
            if place < 0:
                assert seen == new
            else:
                assert seen == before[place]
                assert pool.images[place].item() == new
                swaps += 1
        assert len(set(pool.images.flatten().tolist())) == 8
    assert 0.4 < swaps / total < 0.6


def test_a_batch_greater_than_the_pool():
    pool = ImagePool(2, (1, 1, 1))
    for _ in range(3):
        fresh = images(1.0, 2.0, 3.0, 4.0, 5.0)
        shown, places = pool.shown(fresh)
        pool.keep(fresh, places)
        assert shown.shape == fresh.shape
    assert pool.count == 2


def test_two_parts_of_a_batch_that_take_the_same_places_fill_them_once():
    pool = ImagePool(4, (1, 1, 1))
    pool.keep(images(1.0, 2.0, 3.0, 4.0), torch.tensor([0, 1, 0, 1]))
    assert pool.images.flatten().tolist() == [1, 2, 0, 0]
    assert pool.count == 2


def test_gradients_flow_through_what_is_shown_fresh():
    pool, fresh = ImagePool(3, (1, 1, 1)), images(1.0, 2.0).requires_grad_()
    pool.shown(fresh)[0].sum().backward()
    assert fresh.grad.flatten().tolist() == [1, 1]
