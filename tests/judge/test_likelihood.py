import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from ganzoo.data import Request, open_dataset
from ganzoo.errors import UsageError
from ganzoo.judge.evaluation import evaluate_generator, open_reals
from ganzoo.judge.likelihood import TextJudge, Trigrams
from ganzoo.tokens import text_space


def test_trigrams_are_those_of_witten_and_bell():
    """By hand: of "ab", "ab", "ac" and three letters, the second after "a" at the beginning."""
    model = Trigrams(np.array([[0, 1], [0, 1], [0, 2]]), 3)
    alone = {0: (3 + 3 / 3) / (6 + 3), 1: (2 + 3 / 3) / (6 + 3)}
    first = (3 + 1 * (3 + 1 * alone[0]) / (3 + 1)) / (3 + 1)
    second = (2 + 2 * (2 + 2 * alone[1]) / (3 + 2)) / (3 + 2)
    assert model.nll(np.array([[0, 1]])) == pytest.approx(-(math.log(first) + math.log(second)) / 2)


def test_trigrams_give_all_continuations_one_chance_together():
    model = Trigrams(np.random.default_rng(0).integers(4, size=(50, 6)), 4)
    for begun in ([0, 1], [3, 3]):
        whole = np.array([[*begun, last] for last in range(4)])
        shares = np.exp([-(3 * model.nll(text[None]) - 2 * model.nll(text[None, :2])) for text in whole])
        assert shares.sum() == pytest.approx(1)


def test_what_fills_a_text_up_is_not_counted():
    texts = np.array([[1, 0, 0, 0], [2, 1, 0, 0]])
    model = Trigrams(texts, 3, end=0)
    assert model.nll(texts) == pytest.approx(Trigrams(texts[:, :3], 3, end=0).nll(texts[:, :3]))


@pytest.fixture
def numbers():
    return open_dataset("numbers", Request(root=None, size=8, channels=None))


def test_copies_are_like_the_data_and_one_good_line_is_found_out(numbers, copier):
    found = evaluate_generator(copier(numbers), numbers, n=5000)
    assert found["trigram_nll"] == pytest.approx(found["trigram_nll_real"], abs=0.02)
    assert found["trigram_nll_back"] == pytest.approx(found["trigram_nll_real"], abs=0.05)
    assert set(found.values) == {"trigram_nll", "trigram_nll_real", "trigram_nll_back"}
    assert found.left_out["frechet"] == "texts are no numbers that have distances"
    lonely = replace(numbers, samples=numbers.samples[6776:6777].expand(9999, -1))
    alone = evaluate_generator(copier(lonely), numbers, n=5000)
    assert alone["trigram_nll"] < 1.2 * found["trigram_nll"]
    assert alone["trigram_nll_back"] > 2 * found["trigram_nll_back"]


def test_texts_of_an_oracle_are_judged_by_it(copier):
    data = open_dataset("oracle", Request(root=None, size=6, channels=None))
    found = evaluate_generator(copier(data), data, n=2000)
    assert found["oracle_nll"] == pytest.approx(found["oracle_nll_real"], abs=0.05)
    ring = open_dataset("ring8", Request(root=None, size=1, channels=None))
    with pytest.raises(UsageError, match="the data are not texts"):
        evaluate_generator(copier(ring), ring, n=200, metrics=["likelihood"])


def test_held_out_lines_are_read_in_the_generators_vocabulary(tmp_path, numbers, copier):
    held = tmp_path / "held.txt"
    held.write_text("two\none hundred\nnonsense\n")
    read = open_reals(copier(numbers), str(held), None)
    assert read.space == numbers.space
    assert torch.equal(read.samples[:, 0], torch.stack([numbers.samples[1, 0], numbers.samples[0, 0]]))


def test_the_measure_is_the_oracles_where_there_is_one():
    real = np.random.default_rng(0).integers(5, size=(40, 3))
    known = TextJudge(text_space(list("abcde"), "words", 3, oracle={"words": 5, "units": 2}), real)
    assert known.title == "oracle NLL"
    assert known.nll(real) == pytest.approx(known.oracle.nll(real).mean())
    assert TextJudge(text_space(list("abcde"), "words", 3), real).title == "trigram NLL"
