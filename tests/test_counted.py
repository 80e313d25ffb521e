from ganzoo.counted import counted


def test_a_seed_never_changes_between_versions():
    """Resuming an older run gives the same draws only while these stay."""
    assert counted(0, "turn", 12, "D", 0) == 187965721164113811
    assert counted(0) == 4246866556266386882


def test_every_part_of_the_place_counts():
    places = [
        (s, "turn", step, name, turn) for s in range(3) for step in range(20) for name in "DG" for turn in range(5)
    ]
    assert len({counted(*place) for place in places}) == len(places)
    assert counted(1, 23) != counted(12, 3)
    assert counted(0, "a", "b") != counted(0, "b", "a")


def test_a_seed_has_63_bits_that_are_each_set_half_of_the_time():
    seeds = [counted(seed, "x") for seed in range(2000)]
    assert all(0 <= seed < 2**63 for seed in seeds)
    for bit in range(63):
        assert 850 < sum(seed >> bit & 1 for seed in seeds) < 1150
