import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from ganzoo import catalogue
from ganzoo.data import Request, open_dataset, open_translation
from ganzoo.errors import DataError, PluginError, UsageError
from ganzoo.judge.evaluation import evaluate_generator, open_reals
from ganzoo.judge.fidelity import psnr, ssim

MINE = """
import ganzoo
from ganzoo.judge.metric import Metric

class Mean:
    def __init__(self, subject):
        self.sums, self.sizes = {"real": 0.0, "fake": 0.0}, []

    def real(self, part):
        self.sums["real"] += float(part.samples.sum())

    def fake(self, part):
        self.sizes.append(len(part.samples))
        self.sums["fake"] += float(part.samples.sum())

    def values(self):
        return {"gap": abs(self.sums["real"] - self.sums["fake"]), "largest_part": max(self.sizes)}

@ganzoo.hookimpl
def ganzoo_metric():
    return Metric(tally=Mean, protocol="of sums", least=lambda subject: 3, most=700)
"""


def test_a_copier_of_the_ring_scores_as_true_samples_do(opened, copier):
    ring = opened("ring8")
    found = evaluate_generator(copier(ring), ring, n=1797, seed=1)
    assert found["modes"] == 8
    assert found["high_quality"] == pytest.approx(0.98889, abs=0.005)
    assert found["reverse_kl"] < 0.01
    assert found["frechet_distance"] < 0.01
    assert abs(found["kernel_distance"]) < 0.01
    assert min(found["precision"], found["recall"]) > 0.95
    assert found["coverage"] > 0.9
    assert set(found.left_out) == {"agreement", "classes", "fidelity", "inception-score", "likelihood"}
    assert {value.extractor for value in found.values.values()} == {"raw"}
    assert found.values["modes"].real == 0
    assert (found.values["precision"].generated, found.values["precision"].real) == (1797, 1797)


def test_a_generator_of_one_mode_is_found_out(opened, copier):
    ring = opened("ring8")
    one = (ring.labels == 3).nonzero().flatten()
    lonely = copier(ring, lambda rank, label: one[(rank * len(one)).long()])
    found = evaluate_generator(lonely, ring, n=1000)
    assert found["modes"] == 1
    assert found["reverse_kl"] == pytest.approx(math.log(8))
    assert found["recall"] < 0.2
    assert found["precision"] > 0.95
    assert found["frechet_distance"] > 0.5


def test_an_obedient_generator_agrees_and_a_contrary_one_does_not(opened, copier, quick_classifier):
    digits = opened("digits")
    members = [(digits.labels == label).nonzero().flatten() for label in range(10)]

    def showing(shift):
        return copier(
            digits,
            lambda rank, label: torch.stack(
                [
                    members[(n + shift) % 10][int(r * len(members[(n + shift) % 10]))]
                    for r, n in zip(rank, label, strict=True)
                ]
            ),
        )

    metrics = ["agreement", "classes", "inception-score"]
    obedient = evaluate_generator(showing(0), digits, n=600, metrics=metrics)
    assert obedient["label_agreement"] > 0.9
    assert obedient["classes"] == 10
    assert obedient["class_reverse_kl"] < 0.05
    assert obedient["inception_score"] > 6
    assert evaluate_generator(showing(1), digits, n=600, metrics=metrics)["label_agreement"] < 0.1
    deaf = copier(digits)
    with pytest.raises(UsageError, match="--metric agreement: the generator does not take labels"):
        evaluate_generator(deaf, digits, n=600, metrics=["agreement"])


def test_equal_seeds_give_equal_numbers_and_others_other_ones(opened, copier):
    ring = opened("ring8")

    def judged(seed):
        return evaluate_generator(copier(ring), ring, n=600, seed=seed, metrics=["frechet", "kid"]).to_dict()

    assert judged(0) == judged(0)
    assert judged(0)["values"]["frechet_distance"]["value"] != judged(1)["values"]["frechet_distance"]["value"]


def test_a_strangers_metric_is_shown_parts_up_to_what_it_takes(opened, copier, installed):
    installed.add("mine", MINE, group="ganzoo.metrics")
    ring = opened("ring8")
    found = evaluate_generator(copier(ring), ring, n=1200, metrics=["mine"])
    assert found["largest_part"] == 512
    value = found.values["gap"]
    assert (value.metric, value.generated, value.real, value.protocol) == ("mine", 700, 700, "of sums")
    assert "gap" in evaluate_generator(copier(ring), ring, n=500).values

    installed.add("wrong", MINE.replace("return Metric(", "return dict("), group="ganzoo.metrics")
    with pytest.raises(PluginError, match="metric 'wrong': ganzoo_metric returned dict, expected Metric"):
        evaluate_generator(copier(ring), ring, n=1200, metrics=["wrong"])
    installed.add("gone", "import nowhere_at_all", group="ganzoo.metrics")
    left_out = evaluate_generator(copier(ring), ring, n=500).left_out
    assert "expected Metric" in left_out["wrong"]
    assert "No module named 'nowhere_at_all'" in left_out["gone"]


def test_too_few_samples_are_refused_in_one_line(opened, copier):
    ring = opened("ring8")
    with pytest.raises(UsageError, match=r"-n 200: too few .*; frechet needs 500; type a greater -n") as caught:
        evaluate_generator(copier(ring), ring, n=200)
    assert len(caught.value.mistakes) == 1
    few = replace(ring, samples=ring.samples[:90], labels=ring.labels[:90])
    assert evaluate_generator(copier(few), few, n=500).left_out["kid"] == (
        "it needs at least 100 real samples, and ring8 has 90"
    )
    with pytest.raises(UsageError, match="--metric kid: it needs at least 100 real samples, and ring8 has 90"):
        evaluate_generator(copier(few), few, n=500, metrics=["kid"])


def test_data_of_another_kind_are_refused(opened, copier):
    ring, digits = opened("ring8"), opened("digits")
    with pytest.raises(DataError, match=r"copier makes vectors of 2, and digits holds images of 1x8x8; type --data"):
        evaluate_generator(copier(ring), digits)


def test_undefined_values_are_null_in_json(opened, copier):
    ring = opened("ring8")
    nowhere = copier(replace(ring, samples=ring.samples + 50))
    found = evaluate_generator(nowhere, ring, n=100, metrics=["modes"])
    assert found["reverse_kl"] == math.inf
    written = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert written["values"]["reverse_kl"]["value"] is None
    assert written["values"]["modes"] == {
        "value": 0.0,
        "metric": "modes",
        "generated": 100,
        "real": 0,
        "extractor": "raw",
        "protocol": found.values["modes"].protocol,
        "seed": 0,
    }


def test_reals_are_opened_as_the_generator_makes_them(opened, copier):
    assert open_reals(copier(opened("digits", 20)), "digits", None).space.shape == (1, 20, 20)
    game = copier(opened("ring8"))
    game.space = replace(game.space, kind="game")
    with pytest.raises(UsageError, match="copier is a game without data"):
        open_reals(game, "ring8", None)


@pytest.fixture
def translator(copier):
    """translator(space) -> a generator that enlarges its sources without smoothing, and does nothing else."""

    def make(space):
        generator = copier(replace(open_dataset("digits", SMALL), space=space))
        generator.architecture = replace(
            generator.architecture,
            source="paired",
            generate=lambda nets, batch, config: nearest(batch.source, space),
        )
        return generator

    return make


SMALL = Request(root=None, size=24, channels=None)


def nearest(source, space):
    return torch.nn.functional.interpolate(source, space.shape[1:])


@pytest.mark.parametrize("degrade", ["noise:0.3", "downscale:2"])
def test_translations_are_judged_beside_their_targets(translator, degrade):
    learned = open_translation("digits", SMALL, "paired", degrade=degrade)
    generator = translator(learned.space)
    held = open_reals(generator, "digits", None)
    assert str(held.degradation) == degrade  # as it learned it
    few = replace(held, samples=held.samples[:600], labels=held.labels[:600])
    found = evaluate_generator(generator, few, metrics=["fidelity", "frechet"], extractor="raw")
    assert {found.values[name].generated for name in ("psnr", "frechet_distance")} == {600}
    if degrade == "noise:0.3":  # drawn anew
        assert found["psnr"] == found["psnr_of_source"] == pytest.approx(12.7, abs=0.2)
        assert found["ssim"] == found["ssim_of_source"]
    else:
        every, border = torch.arange(600), 2
        source, target = few.source(every), few.real(every)
        smooth = torch.nn.functional.interpolate(source, (24, 24), mode="bicubic", antialias=True)
        assert found["psnr"] == pytest.approx(float(psnr(nearest(source, held.space), target, border).mean()), rel=1e-5)
        assert found["psnr_of_source"] == pytest.approx(float(psnr(smooth, target, border).mean()), rel=1e-5)
        assert found["ssim_of_source"] == pytest.approx(float(ssim(smooth, target, border).mean()), rel=1e-4)
        assert found["psnr_of_source"] > found["psnr"]


def test_translations_without_pairs_are_judged_as_samples_are(translator):
    data = open_translation("digits", SMALL, "paired", degrade="noise:0.3")
    found = evaluate_generator(
        translator(data.space), replace(data, unpaired=True), n=600, metrics=["frechet"], extractor="raw"
    )
    assert found["frechet_distance"] > 0
    with pytest.raises(UsageError, match="--metric fidelity: nothing says what each sample should be"):
        evaluate_generator(translator(data.space), replace(data, unpaired=True), metrics=["fidelity"], extractor="raw")


def test_other_sources_are_refused(translator, opened, copier):
    data = open_translation("digits", SMALL, "paired", degrade="noise:0.3")
    smaller = open_translation("digits", SMALL, "paired", degrade="downscale:2")
    with pytest.raises(DataError, match="copier starts from 1x24x24, and the sources of digits are 1x12x12"):
        evaluate_generator(translator(data.space), smaller)
    few = replace(data, samples=data.samples[:90], labels=data.labels[:90])
    with pytest.raises(UsageError, match="--metric kid: it needs at least 100 real samples"):
        evaluate_generator(translator(data.space), few, metrics=["kid"], extractor="raw")
    with pytest.raises(UsageError, match="copier translates nothing; leave out --degrade"):
        open_reals(copier(opened("digits")), "digits", None, degrade="edges")


def test_the_documents_example_is_a_metric_and_every_metric_is_in_it(opened, copier, installed):
    text = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text()
    assert all(f"| `{name}` |" in text for name in catalogue.names(catalogue.METRICS))
    installed.add("brightness", text.split("```python\n")[1].split("```")[0], group="ganzoo.metrics")
    digits = opened("digits")
    found = evaluate_generator(copier(digits), digits, n=500, metrics=["brightness"], extractor="raw")
    assert 0 < found["brightness_gap"] < 0.05
