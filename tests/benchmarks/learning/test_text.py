import pytest

from benchmarks.learning import text


def test_play_and_more_likelihood_begin_at_one_generator(monkeypatch):
    monkeypatch.setattr(text, "SAMPLES", 200)
    monkeypatch.setenv("GANZOO_BLOCK_PLUGINS", text.OBSERVERS)
    options = {"pretrain": "20", "reading": "0", "rollouts": "1", "units": "8", "policy_lr": "0"}
    found = text.play("seqgan", 0, options, steps=22, size=3, batch=16)
    assert 2 < found["real"] < 4 < found["likelihood"]
    assert found["play"] == pytest.approx(found["likelihood"], abs=1e-6), "nothing has moved"
    assert found["more_likelihood"] != found["likelihood"]
    assert found["held_out"]["more_likelihood"] < found["held_out"]["likelihood"]
    assert (found["pretrain"], found["steps"]) == (20, 22)
