from collections import namedtuple

import torch

from ganzoo.engine.batches import cut, joined, part_of

Codes = namedtuple("Codes", "noise category")


def test_parts_of_structured_latents_are_cut_and_joined():
    z = Codes(torch.arange(6.0).view(3, 2), {"c": torch.arange(3)})
    first, second = cut(z, slice(0, 1)), cut(z, slice(1, 3))
    assert isinstance(first, Codes)
    again = joined([first, second])
    assert torch.equal(again.noise, z.noise)
    assert torch.equal(again.category["c"], z.category["c"])


def test_a_part_of_a_batch_fetches_through_it_and_has_memory_of_its_own(make_game):
    batch = make_game(batch=6).batch(make_game().seats[0], 0, 0)
    part = part_of(batch, slice(2, 5))
    assert len(part) == 3
    assert torch.equal(part.real, batch.real[2:5])
    assert part.real.data_ptr() != batch.real[2:].data_ptr()
    assert batch.touched == ["real"]
