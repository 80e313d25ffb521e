import pytest

import ganzoo
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


def test_a_lower_temperature_is_found_by_what_it_costs(monkeypatch, tmp_path):
    monkeypatch.setattr(text, "SAMPLES", 500)
    monkeypatch.setenv("GANZOO_BLOCK_PLUGINS", text.OBSERVERS)
    options = {"pretrain": "150", "units": "8"}
    run = ganzoo.train("seqgan", data="oracle", size=4, steps=150, ema=0, checkpoint_every=150, options=options,
                       out=str(tmp_path / "run"), sample_every=10**9)  # fmt: skip
    logits, texts = run.game.state.nets.G(text.held_out(run)).detach(), text.held_out(run)
    own = -(logits / 0.7).log_softmax(2).gather(2, texts[..., None]).mean().item()
    assert own > text.nats(run, 150, 0)[1], "a lower temperature is dear"
    temperature, sure = text.as_sure(run, 150, own, 0)
    assert temperature == pytest.approx(0.7, abs=1e-3)
    assert text.as_sure(run, 150, 0, 0)[0] == pytest.approx(1), "when nothing is as cheap"
    assert sure < text.nats(run, 150, 0)[0], "but better"
