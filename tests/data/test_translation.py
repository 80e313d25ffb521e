"""Pairs, two domains, several domains and degraded copies, from what a user may type."""

import numpy as np
import pytest
import torch
from PIL import Image

from ganzoo.data import Stream, open_translation
from ganzoo.errors import DataError, GanzooError, UsageError


@pytest.fixture
def folders(tmp_path, picture):
    """folders(photos={"a": seed, ...}, drawings={...}) -> their paths, as strings; a name may carry a size."""

    def make(**contents):
        paths = []
        for folder, names in contents.items():
            for name, seed in names.items():
                file = tmp_path / folder / (name if "." in name else f"{name}.png")
                file.parent.mkdir(parents=True, exist_ok=True)
                width, height = seed[1:] if isinstance(seed, tuple) else (8, 8)
                picture(seed[0] if isinstance(seed, tuple) else seed, width, height).save(file)
            paths.append(str(tmp_path / folder))
        return paths

    return make


def test_pairs_are_files_of_one_name_whatever_their_endings_and_sizes(folders, request_of):
    photos, drawings = folders(
        photos={"a": 1, "sub/b": 2, "c.bmp": 3}, drawings={"a.bmp": 4, "sub/b": 5, "c": (6, 16, 16)}
    )
    pairs = open_translation(photos, request_of(), "paired", source=drawings)
    assert (len(pairs), pairs.space.shape, pairs.space.source.shape, pairs.unpaired) == (3, (3, 8, 8), (3, 8, 8), False)
    for number, (target, source) in enumerate([("a.png", "a.bmp"), ("c.bmp", "c.png"), ("sub/b.png", "sub/b.png")]):
        index = torch.tensor([number])
        assert torch.equal(pairs.real(index)[0], read(photos, target))
        if number != 1:
            assert torch.equal(pairs.source(index)[0], read(drawings, source))


def read(folder, name):
    pixels = np.asarray(Image.open(f"{folder}/{name}")).transpose(2, 0, 1)
    return torch.from_numpy(pixels.copy()).float() / 127.5 - 1


def test_pairs_whose_endings_sort_otherwise_are_still_pairs(folders, request_of):
    photos, drawings = folders(photos={"a.png": 1, "a-b.png": 2}, drawings={"a.bmp": 1, "a-b.png": 2})
    pairs = open_translation(photos, request_of(), "paired", source=drawings)
    assert torch.equal(pairs.real(torch.arange(2)), pairs.source(torch.arange(2)))


@pytest.mark.parametrize(("half", "other"), [("left", 1), ("right", 0)])
def test_side_by_side_images_are_cut_in_two(tmp_path, request_of, half, other):
    (tmp_path / "both").mkdir()
    pixels = np.random.default_rng(0).integers(0, 256, (8, 16, 3), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "both" / "a.png")
    pairs = open_translation(str(tmp_path / "both"), request_of(), "paired", source=half)
    halves = [pixels[:, :8].transpose(2, 0, 1), pixels[:, 8:].transpose(2, 0, 1)]
    assert np.array_equal(pairs.samples[0].numpy(), halves[other])
    assert np.array_equal(pairs.sources[0].numpy(), halves[1 - other])


@pytest.mark.parametrize(
    ("photos", "drawings", "expected"),
    [
        (
            {"a": 1, "b": 2, "x": 3},
            {"a": 1, "y": 2, "z": 2},
            [
                "2 of 3 images of photos have no partner of that name in drawings: b.png, x.png",
                "2 of 3 images of drawings have no partner of that name in photos: y.png, z.png",
            ],
        ),
        (
            {"a": 1, "b": 2},
            {"a": 1, "b": 2, "c": 3},
            ["1 of 3 images of drawings have no partner of that name in photos: c.png"],
        ),
        (
            {"a": 1, "b": (2, 16, 8)},
            {"a": 1, "b": 2},
            ["1 of 2 pairs have pictures of two different proportions, which do not match: b.png"],
        ),
    ],
)
def test_pairs_that_do_not_match_are_named(folders, request_of, photos, drawings, expected):
    places = folders(photos=photos, drawings=drawings)
    with pytest.raises(DataError) as caught:
        open_translation(places[0], request_of(), "paired", source=places[1])
    assert str(caught.value).splitlines() == expected
    apart = open_translation(places[0], request_of(), "unpaired", source=places[1])  # which needs no pairs
    assert apart.unpaired
    assert apart.source_count == len(drawings)


def test_an_empty_side_is_one_line(folders, request_of, tmp_path):
    (photos,) = folders(photos={"a": 1})
    (tmp_path / "none").mkdir()
    for data, source in ((photos, str(tmp_path / "none")), (str(tmp_path / "none"), photos)):
        with pytest.raises(DataError, match="none: no images in it; found no files") as caught:
            open_translation(data, request_of(), "unpaired", source=source)
        assert "\n" not in str(caught.value)


def test_arrays_are_paired_by_their_order(tmp_path, request_of):
    images = np.random.default_rng(0).integers(0, 256, (6, 8, 8), np.uint8)
    for name, count in (("x", 6), ("y", 6), ("few", 5)):
        np.savez(tmp_path / f"{name}.npz", images=images[:count])
    pairs = open_translation(str(tmp_path / "x.npz"), request_of(), "paired", source=str(tmp_path / "y.npz"))
    assert torch.equal(pairs.samples, pairs.sources)
    with pytest.raises(DataError, match="x has 6 samples and few 5; pairs need one source for each"):
        open_translation(str(tmp_path / "x.npz"), request_of(), "paired", source=str(tmp_path / "few.npz"))
    with pytest.raises(DataError, match="no folder or zip of side-by-side images"):
        open_translation(str(tmp_path / "x.npz"), request_of(), "paired", source="left")


def test_degraded_copies_are_made_when_asked_for(request_of):
    pairs = open_translation("digits", request_of(size=16), "paired", degrade="downscale:2")
    index = torch.tensor([5, 3])
    assert (pairs.space.source.shape, pairs.sources, pairs.unpaired) == ((1, 8, 8), None, False)
    assert torch.equal(pairs.source(index), pairs.degradation(pairs.real(index), 0))
    assert torch.equal(pairs.source_label(index), pairs.label(index))
    other = open_translation("digits", request_of(size=16), "paired", degrade="edges")
    assert pairs.fingerprint != other.fingerprint
    assert open_translation("digits", request_of(size=16), "paired", preferred="edges").fingerprint == other.fingerprint


def test_noise_is_drawn_anew_in_every_turn_and_the_same_after_a_resume(request_of):
    pairs = open_translation("digits", request_of(), "paired", degrade="noise")
    whole = [Stream(pairs, len(pairs), 0, "D", "cpu").source(k) for k in (0, 1, 0)]
    index = [Stream(pairs, len(pairs), 0, "D", "cpu").index(k).argsort() for k in (0, 1)]
    assert torch.equal(whole[0], whole[2])
    assert not torch.equal(whole[0][index[0]], whole[1][index[1]])


def test_unpaired_sources_are_dealt_in_an_order_of_their_own(folders, request_of):
    photos, drawings = folders(photos={str(i): i for i in range(9)}, drawings={str(i): i for i in range(9)})
    pairs = open_translation(photos, request_of(), "unpaired", source=drawings)
    together, apart = (Stream(pairs, 4, 0, "D", "cpu", unpaired=unpaired) for unpaired in (False, True))
    assert all(torch.equal(together.source(k), together.real(k)) for k in range(9))
    assert not any(torch.equal(apart.source(k), apart.real(k)) for k in range(9))
    dealt = torch.cat([apart.source_index(k) for k in range(9)]).view(4, 9)
    assert dealt.sort(1).values.tolist() == [list(range(9))] * 4
    assert len(apart._permutations) <= 4


def test_a_batch_is_no_greater_than_the_smaller_domain(folders, request_of):
    photos, drawings = folders(photos={str(i): i for i in range(5)}, drawings={"a": 1, "b": 2})
    domains = open_translation(photos, request_of(), "unpaired", source=drawings)
    with pytest.raises(DataError, match=r"photos's source has 2 samples, fewer than a batch of 3; type --batch 2"):
        Stream(domains, 3, 0, "D", "cpu", unpaired=True)


def test_samples_of_several_domains_are_sources_of_each_other(folders, request_of):
    (photos,) = folders(photos={"red/a": 1, "red/b": 2, "blue/c": 3})
    domains = open_translation(photos, request_of(), "itself")
    assert domains.space.source.classes == ("blue", "red")
    assert torch.equal(domains.source(torch.arange(3)), domains.real(torch.arange(3)))
    assert domains.source_label(torch.arange(3)).tolist() == [0, 1, 1]
    with pytest.raises(UsageError, match=r"translates samples of .* into each other; leave it out"):
        open_translation(photos, request_of(), "itself", degrade="edges")


@pytest.mark.parametrize(("source", "message"), [(None, "holds no pairs; type --degrade edges"), ("ring8", "one kind")])
def test_what_is_no_pair_is_one_line(folders, request_of, source, message):
    (photos,) = folders(photos={"a": 1})
    with pytest.raises(GanzooError, match=message) as caught:
        open_translation(photos, request_of(), "paired", source=source)
    assert "\n" not in str(caught.value)
